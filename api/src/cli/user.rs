//! `linli user`: accounts for staff. Whoever can open the database with its key may make the first operator.

use std::io::{self, BufRead as _};

use clap::{Args, Subcommand};
use domain::identity::{Grant, PasswordPolicy, Role};
use domain::region::DivisionCode;
use domain::vocabulary::Vocabulary;
use persistence::identity::{self, GrantRow, NewStaff};
use persistence::{Store, StoreError, Tx, organisation, region};
use uuid::Uuid;

use super::stop::Stop;
use super::{open, say};
use crate::settings::Settings;

/// Flags of `linli user`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  linli user add operator --role operator --scope 230822
  linli user add wang.fang --role dispatcher --scope 230822106
  linli user grant wang.fang --role social_worker --scope 230822106
  linli user reset-password wang.fang
  printf %s \"$PASSWORD\" | linli user add robot --role supervisor --scope 4514 --password-stdin

A password is made and printed once, to be changed at the first sign-in, or read from stdin; it is never a flag.
The scope is a division that is there: the role holds in it and in everything below it.")]
pub(super) struct Flags {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Make an account, perhaps with its first role
    Add {
        /// Name to sign in with
        name: String,
        #[command(flatten)]
        given: Given,
        #[command(flatten)]
        password: Password,
    },
    /// Give an account another password and end its sessions
    ResetPassword {
        /// Name to sign in with
        name: String,
        #[command(flatten)]
        password: Password,
    },
    /// Give an account a role
    Grant {
        /// Name to sign in with
        name: String,
        #[command(flatten)]
        given: Given,
    },
}

/// A role and where it holds.
#[derive(Args)]
struct Given {
    /// Role, such as operator, administrator, dispatcher, social_worker
    #[arg(long, value_parser = role, requires = "scope")]
    role: Option<Role>,
    /// Division in which it holds
    #[arg(long, value_name = "CODE", requires = "role")]
    scope: Option<DivisionCode>,
    /// Organisation, for an organisation_manager
    #[arg(long, value_name = "ID", requires = "role")]
    organisation: Option<Uuid>,
}

#[derive(Args)]
struct Password {
    /// Read the password from stdin instead of making one
    #[arg(long)]
    password_stdin: bool,
}

fn role(raw: &str) -> Result<Role, String> {
    let grantable = || Role::ALL.iter().copied().filter(|role| role.grantable());
    let found = Role::from_text(raw).filter(|role| role.grantable());
    found.ok_or_else(|| format!("must be one of {}", grantable().map(Vocabulary::as_str).collect::<Vec<_>>().join(", ")))
}

impl Given {
    fn grant(self) -> Result<Option<Grant>, Stop> {
        let (Some(role), Some(scope)) = (self.role, self.scope) else { return Ok(None) };
        if role == Role::OrganisationManager && self.organisation.is_none() {
            return Err(Stop::usage("an organisation_manager manages an organisation: --organisation ID"));
        }
        Ok(Some(Grant { role, scope, organisation: self.organisation }))
    }
}

/// Runs the command.
pub(super) async fn run(settings: &Settings, flags: Flags) -> Result<(), Stop> {
    let store = open::store(settings).await?;
    match flags.what {
        What::Add { name, given, password } => add(&store, name, given.grant()?, password).await,
        What::ResetPassword { name, password } => reset(&store, name, password).await,
        What::Grant { name, given } => {
            let grant = given.grant()?.ok_or_else(|| Stop::usage("which role, and where? --role ROLE --scope CODE"))?;
            let text = format!("{name} is {} in {}", grant.role, grant.scope);
            let work = move |tx: &mut Tx| -> Result<(), Refused> {
                let id = account(tx, &name)?;
                give(tx, id, &grant)
            };
            store.write(work).await?;
            say(&text);
            Ok(())
        }
    }
}

async fn add(store: &Store, name: String, grant: Option<Grant>, password: Password) -> Result<(), Stop> {
    check_name(&name)?;
    let chosen = Chosen::read(&name, &password)?;
    let staff = NewStaff {
        id: Uuid::now_v7(),
        username: name.clone(),
        password_hash: chosen.hash()?,
        must_change_password: chosen.made,
        person: None,
    };
    let role = grant.as_ref().map(|grant| format!(", {} in {}", grant.role, grant.scope)).unwrap_or_default();
    let work = move |tx: &mut Tx| -> Result<(), Refused> {
        identity::add_staff(tx, &staff)?;
        grant.as_ref().map_or(Ok(()), |grant| give(tx, staff.id, grant))
    };
    store.write(work).await.map_err(|refused| match refused {
        Refused::Store(StoreError::Duplicate(_)) => Stop::failed(format!("there is an account named {name} already")),
        other => other.into(),
    })?;
    say(&format!("made {name}{role}"));
    chosen.print();
    Ok(())
}

async fn reset(store: &Store, name: String, password: Password) -> Result<(), Stop> {
    let chosen = Chosen::read(&name, &password)?;
    let (hash, must_change, text) = (chosen.hash()?, chosen.made, format!("{name} has another password; its sessions are over"));
    let work = move |tx: &mut Tx| -> Result<(), Refused> {
        let id = account(tx, &name)?;
        identity::set_password(tx, id, &hash, must_change)?;
        identity::revoke_sessions(tx, id, "password_reset")?;
        Ok(())
    };
    store.write(work).await?;
    say(&text);
    chosen.print();
    Ok(())
}

fn account(tx: &mut Tx, name: &str) -> Result<Uuid, Refused> {
    let found = identity::by_username(tx, name)?;
    found.map(|account| account.id).ok_or_else(|| Refused::Because(format!("there is no account named {name}")))
}

fn give(tx: &mut Tx, account: Uuid, grant: &Grant) -> Result<(), Refused> {
    let missing = |what: String| move |error: StoreError| if error == StoreError::Missing { Refused::Because(what) } else { error.into() };
    region::find(tx, &grant.scope).map_err(missing(format!("there is no division {}", grant.scope)))?;
    if let Some(id) = grant.organisation {
        organisation::load(tx, id).map_err(missing(format!("there is no organisation {id}")))?;
    }
    if identity::grants(tx, account)?.iter().any(|held| held.grant == *grant) {
        return Err(Refused::Because(format!("the account is {} in {} already", grant.role, grant.scope)));
    }
    let given = GrantRow { id: Uuid::now_v7(), account, grant: grant.clone(), granted_by: None, granted_at: tx.now() };
    Ok(identity::grant(tx, &given)?)
}

/// An error inside a transaction, or a sentence that is decided.
#[derive(Debug)]
enum Refused {
    Store(StoreError),
    Because(String),
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl persistence::Failure for Refused {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            Self::Because(_) => None,
        }
    }
}

impl From<Refused> for Stop {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Store(error) => error.into(),
            Refused::Because(text) => Self::failed(text),
        }
    }
}

/// A name that can be typed, spoken and kept for good.
fn check_name(name: &str) -> Result<(), Stop> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_');
    let right = (3..=64).contains(&name.len()) && name.chars().all(plain) && name.starts_with(|c: char| c.is_ascii_lowercase());
    if right { Ok(()) } else { Err(Stop::usage("a name has 3 to 64 small letters, digits and . - _, a letter first")) }
}

/// A password, made or read.
struct Chosen {
    password: String,
    made: bool,
}

impl Chosen {
    fn read(name: &str, flags: &Password) -> Result<Self, Stop> {
        let password = if flags.password_stdin { from_stdin()? } else { crate::identity::temporary_password()? };
        PasswordPolicy::default().check(&password, name).map_err(|refusal| Stop::usage(refusal.to_string()))?;
        Ok(Self { password, made: !flags.password_stdin })
    }

    fn hash(&self) -> Result<String, Stop> {
        Ok(crate::identity::hash_password(&self.password)?)
    }

    fn print(&self) {
        if self.made {
            say(&format!("password, shown only now: {}", self.password));
        }
    }
}

fn from_stdin() -> Result<String, Stop> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).map_err(|error| Stop::failed(format!("cannot read the password: {error}")))?;
    Ok(line.trim_end_matches(['\n', '\r']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::{check_name, role};
    use domain::identity::Role;

    #[test]
    fn roles_that_follow_from_records_are_not_given() {
        assert_eq!(role("dispatcher"), Ok(Role::Dispatcher));
        assert!(role("resident").unwrap_err().contains("operator"));
        assert!(check_name("wang.fang").is_ok() && check_name("Wang").is_err() && check_name("1ab").is_err());
    }
}
