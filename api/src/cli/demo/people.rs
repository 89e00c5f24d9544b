//! Putting everybody in: staff with their roles, people with what they are, organisations with their members.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeDelta};
use domain::identity::{Grant, Role};
use domain::language::Language;
use domain::order::Basis;
use domain::organisation::{Booking, FundAccount, FundEntryState, MemberRole, OrganisationPolicy};
use domain::person::{
    ConsentChannel, ConsentGiver, ConsentKind, Document, DocumentKind, GuardianRelation, IdentityNumber, PersonName, Phone, PrivacyPolicy,
    VolunteerState, age_on,
};
use domain::region::DivisionCode;
use persistence::catalogue::Certification;
use persistence::identity::{self, GrantRow, NewStaff};
use persistence::organisation::{self, FundEntry, Organisation, OrganisationState, Posted};
use persistence::person::{self, Consent, NewPerson};
use persistence::{Tx, catalogue};
use uuid::Uuid;

use super::manifest::Cast;
use super::people_data::{OrganisationData, PersonData, StaffData, Validity, Where};
use super::volunteers;
use crate::problem::{Fault, Problem};

/// What certificates rest on.
const EVIDENCE: &str = "演示数据:技能等级证书核验";

impl Cast {
    /// The division of a place.
    fn at(&self, place: Where) -> DivisionCode {
        match place {
            Where::Region => &self.region,
            Where::County => &self.county,
            Where::Township => &self.township,
            Where::Community => &self.community,
            Where::Neighbour => &self.neighbour,
            Where::Grid => &self.grid,
        }
        .clone()
    }

    /// The id under a key.
    pub(super) fn known(of: &BTreeMap<String, Uuid>, key: &str) -> Result<Uuid, Fault> {
        of.get(key).copied().ok_or_else(|| Problem::internal(format!("the demo has no {key}")).into())
    }
}

/// Opens accounts for staff, each with one role. All have the same password.
pub(super) fn add_staff(tx: &mut Tx, cast: &mut Cast, staff: &[StaffData], password_hash: &str) -> Result<(), Fault> {
    for (key, username, role, place) in staff {
        let id = Uuid::now_v7();
        let opened = NewStaff {
            id,
            username: (*username).to_owned(),
            password_hash: password_hash.to_owned(),
            must_change_password: false,
            person: None,
        };
        identity::add_staff(tx, &opened)?;
        give(tx, id, Grant { role: *role, scope: cast.at(*place), organisation: None })?;
        cast.accounts.insert((*key).to_owned(), id);
        cast.usernames.insert((*key).to_owned(), (*username).to_owned());
    }
    Ok(())
}

fn give(tx: &mut Tx, account: Uuid, grant: Grant) -> Result<(), Fault> {
    let granted_at = tx.now();
    Ok(identity::grant(tx, &GrantRow { id: Uuid::now_v7(), account, grant, granted_by: None, granted_at })?)
}

/// Writes somebody down with their account, and registers and certifies who volunteers. `number` is their place in the list.
pub(super) fn add_person(tx: &mut Tx, cast: &mut Cast, data: &PersonData, openid: &str, phone: &str, number: u16) -> Result<(), Fault> {
    let (id, birth) = (Uuid::now_v7(), data.birth.parse::<NaiveDate>().map_err(Problem::internal)?);
    let account = identity::add_resident(tx, Uuid::now_v7(), openid)?.id;
    let phone = Phone::parse(phone).map_err(Problem::internal)?;
    let written = NewPerson {
        id,
        division: cast.at(data.home),
        name: PersonName::parse(data.name).map_err(Problem::internal)?,
        phone: Some(phone.clone()),
        document: Some(document(data, birth, number)?),
        birth_date: Some(birth),
        claimed: true,
        entered_by: Some(account),
    };
    enter(tx, &written, account)?;
    identity::link_person(tx, account, id)?;
    identity::set_phone(tx, account, &phone)?;
    cast.accounts.insert(data.key.to_owned(), account);
    cast.persons.insert(data.key.to_owned(), id);
    cast.wechat_names.insert(data.key.to_owned(), data.login.to_owned());
    // Some of those who have no craft to show have applied, and wait.
    let is_grown_up = age_on(birth, tx.now().date_naive()).is_some_and(|age| age >= 18);
    if data.crafts.is_none() && is_grown_up && number.is_multiple_of(3) {
        volunteers::apply(tx, cast, id, number)?;
    }
    if let Some(crafts) = data.crafts {
        register(tx, cast, id, number)?;
        let mut skills = Vec::new();
        for (craft, _, _) in crafts {
            let craft = catalogue::load_craft(tx, Cast::known(&cast.crafts, craft)?)?;
            skills.push(craft.names.shown_in(Language::Zh).to_owned());
        }
        volunteers::introduce(tx, id, data, skills, number)?;
        volunteers::insure(tx, id, Cast::known(&cast.accounts, "social_worker")?, number)?;
        for (craft, level, validity) in crafts {
            let (from, until) = term(*validity);
            let certified = Certification {
                id: Uuid::now_v7(),
                person: id,
                craft: Cast::known(&cast.crafts, craft)?,
                level: *level,
                evidence: EVIDENCE.to_owned(),
                verified_by: Cast::known(&cast.accounts, "social_worker")?,
                valid_from: tx.now() + TimeDelta::days(from),
                valid_until: tx.now() + TimeDelta::days(until),
                suspended_at: None,
                version: 1,
            };
            catalogue::add_certification(tx, &certified)?;
        }
    }
    Ok(())
}

/// Grown-ups register themselves. For a minor a guardian has consented; for one under 14 also to sensitive data.
fn enter(tx: &mut Tx, written: &NewPerson, account: Uuid) -> Result<(), Fault> {
    let age = written.birth_date.and_then(|birth| age_on(birth, tx.now().date_naive()));
    if age.is_none_or(|age| age >= 18) {
        return Ok(person::add(tx, written)?);
    }
    person::add_for_another(tx, written, Basis::Guardian)?;
    if age.is_some_and(|age| age < 14) {
        let consent = Consent {
            id: Uuid::now_v7(),
            person: written.id,
            kind: ConsentKind::SensitiveData,
            text_version: PrivacyPolicy::default().version.to_owned(),
            giver: ConsentGiver::Guardian,
            relation: Some(GuardianRelation::Parent),
            channel: ConsentChannel::InPerson,
            evidence: None,
            recorded_by: Some(account),
            given_at: tx.now(),
            withdrawn_at: None,
            withdrawn_by: None,
        };
        person::add_consent(tx, &consent)?;
    }
    Ok(())
}

/// From when to when a certificate holds, in days from when everybody is written down, two months before the demo begins.
const fn term(validity: Validity) -> (i64, i64) {
    match validity {
        Validity::Good => (-300, 600),
        Validity::Ending => (-300, 75),
        Validity::Ended => (-700, 40),
    }
}

/// An identity number of a place that there is not, so that it is nobody's; a passport for who is not Chinese.
fn document(data: &PersonData, birth: NaiveDate, number: u16) -> Result<Document, Problem> {
    if data.name.is_ascii() || data.name.contains(' ') {
        return Document::parse(DocumentKind::Passport, "VN", &format!("C00000{number:02}")).map_err(Problem::internal);
    }
    let body = format!("990000{}{number:03}", birth.format("%Y%m%d"));
    let fits = "0123456789X".chars().find_map(|check| IdentityNumber::parse(&format!("{body}{check}")).ok());
    let fits = fits.ok_or_else(|| Problem::internal(body))?;
    Document::parse(DocumentKind::ResidentIdentityCard, "CN", fits.as_str()).map_err(Problem::internal)
}

/// Applies, and is taken on by the social worker.
fn register(tx: &mut Tx, cast: &Cast, id: Uuid, number: u16) -> Result<(), Fault> {
    let by = Cast::known(&cast.accounts, "social_worker")?;
    volunteers::apply(tx, cast, id, number)?;
    Ok(person::change_volunteer(tx, id, VolunteerState::Applied, VolunteerState::Active, by)?)
}

/// What has come into a fund and gone out of it.
const BOOK: [(FundAccount, i64, &str, &str); 4] = [
    (FundAccount::IncomeGrant, 48_000, "社工部专项补助", "财拨 2026-031"),
    (FundAccount::IncomeDonation, 30_000, "爱心商户捐赠", "票据 00017"),
    (FundAccount::SpendingMaterials, 21_500, "购置水龙头阀芯、灯具", "发票 4410027"),
    (FundAccount::SpendingAllowance, 12_000, "周末集中服务误餐补贴", "签领表 08"),
];

fn fill_fund(tx: &mut Tx, id: Uuid, by: Uuid) -> Result<(), Fault> {
    for (account, amount, purpose, receipt) in BOOK {
        let booking = Booking::new(account, amount).map_err(Problem::internal)?;
        let kind = account.kind().ok_or_else(|| Problem::internal(account))?;
        let entry = FundEntry {
            id: Uuid::now_v7(),
            organisation: id,
            kind,
            booking,
            happened_on: tx.now().date_naive(),
            purpose: purpose.to_owned(),
            receipt: receipt.to_owned(),
            state: FundEntryState::Posted,
            reverses: None,
            policy_version: OrganisationPolicy::default().version,
            entered_by: by,
            entered_at: tx.now(),
            decided: None,
        };
        if organisation::enter(tx, &entry)? != Posted::Done {
            return Err(Problem::internal("the demo's fund is short").into());
        }
    }
    Ok(())
}

/// Founds an organisation with its members and who manages it.
pub(super) fn add_organisation(tx: &mut Tx, cast: &mut Cast, data: &OrganisationData) -> Result<(), Fault> {
    let (key, kind, name, place, manager, members) = data;
    let (id, division) = (Uuid::now_v7(), cast.at(*place));
    let founded = Organisation {
        id,
        region: cast.region.clone(),
        division: division.clone(),
        kind: (*kind).to_owned(),
        name: (*name).to_owned(),
        state: OrganisationState::Active,
        version: 1,
    };
    organisation::add(tx, &founded, Some(Cast::known(&cast.accounts, "administrator")?))?;
    // The first one leads it, the second keeps its fund book.
    let roles = [MemberRole::Leader, MemberRole::Treasurer].into_iter().chain(std::iter::repeat(MemberRole::Member));
    for (member, role) in members.iter().zip(roles) {
        organisation::join_as(tx, id, Cast::known(&cast.persons, member)?, role)?;
    }
    if let Some(treasurer) = members.get(1) {
        fill_fund(tx, id, Cast::known(&cast.accounts, treasurer)?)?;
    }
    let manager = Cast::known(&cast.accounts, manager)?;
    give(tx, manager, Grant { role: Role::OrganisationManager, scope: division, organisation: Some(id) })?;
    cast.organisations.insert((*key).to_owned(), id);
    Ok(())
}
