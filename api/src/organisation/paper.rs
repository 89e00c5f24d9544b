//! What is written down of an organisation, and its checks.

use chrono::NaiveDate;
use domain::organisation::{CreditCode, CreditCodeError, OrganisationKind, OrganisationState};
use domain::region::DivisionCode;
use persistence::organisation::{self, Organisation, Profile};
use persistence::{StoreError, Tx};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::days;
use crate::problem::{Code, Fault, Problem, Rule, refers};
use crate::region;

/// Whom to ask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganisationContact {
    /// A name.
    #[schema(min_length = 1, max_length = 50, example = "陈队长")]
    name: String,
    /// A phone number, also a landline.
    #[schema(min_length = 5, max_length = 20, example = "0454-6222888")]
    phone: String,
}

impl OrganisationContact {
    /// Reads what was kept.
    ///
    /// # Errors
    /// It cannot be read, which is a defect.
    pub(super) fn kept(text: &str) -> Result<Self, Problem> {
        serde_json::from_str(text).map_err(Problem::internal)
    }
}

/// What somebody writes down of an organisation.
#[derive(Clone, Debug)]
pub(crate) struct Paper {
    pub(crate) kind: OrganisationKind,
    pub(crate) name: String,
    pub(crate) profile: Profile,
}

/// What somebody has asked to write down.
pub(super) struct Asked {
    pub(super) kind: OrganisationKind,
    pub(super) name: String,
    pub(super) credit_code: Option<String>,
    pub(super) sponsor: Option<Uuid>,
    pub(super) founded_on: Option<NaiveDate>,
    pub(super) contact: Option<OrganisationContact>,
}

impl Asked {
    /// Checks what needs no database.
    pub(super) fn check(self, today: NaiveDate) -> Result<Paper, Problem> {
        self.founded_on.map(|day| days::check("/founded_on", day)).transpose()?;
        if self.founded_on.is_some_and(|day| day > today) {
            return Err(Problem::field("/founded_on", Rule::InFuture));
        }
        let contact = self.contact.map(|contact| -> Result<String, Problem> {
            let (name, phone) = (region::line("/contact/name", &contact.name)?, region::line("/contact/phone", &contact.phone)?);
            serde_json::to_string(&OrganisationContact { name, phone }).map_err(Problem::internal)
        });
        let profile = Profile {
            credit_code: self.credit_code.as_deref().map(credit_code).transpose()?,
            sponsor: self.sponsor,
            founded_on: self.founded_on,
            contact: contact.transpose()?,
            submitted: None,
        };
        Ok(Paper { kind: self.kind, name: region::line("/name", &self.name)?, profile })
    }
}

fn credit_code(raw: &str) -> Result<CreditCode, Problem> {
    CreditCode::parse(raw).map_err(|error| match error {
        CreditCodeError::Form => Problem::field("/credit_code", Rule::CreditCode),
        CreditCodeError::CheckCharacter => Problem::field("/credit_code", Rule::CreditCodeCheck),
    })
}

/// Checks that the sponsor is another organisation of the region, and active.
pub(super) fn check_sponsor(tx: &mut Tx, organisation: Uuid, region: &DivisionCode, sponsor: Option<Uuid>) -> Result<(), Fault> {
    let Some(sponsor) = sponsor else { return Ok(()) };
    let found = refers(organisation::load(tx, sponsor), "/sponsor", Rule::UnknownOrganisation)?;
    if found.id == organisation || found.region != *region {
        return Err(Problem::field("/sponsor", Rule::UnknownOrganisation).into());
    }
    if found.state != OrganisationState::Active {
        return Err(Problem::field("/sponsor", Rule::NotActive).into());
    }
    Ok(())
}

/// Writes it down.
pub(crate) fn keep(tx: &mut Tx, organisation: &Organisation, profile: &Profile) -> Result<(), Fault> {
    organisation::set_profile(tx, organisation, profile).map_err(|error| match &error {
        // 409 as for every other thing that is there, but with the field that says so.
        StoreError::Duplicate(which) if which.contains("credit_code") => {
            let mut problem = Problem::field("/credit_code", Rule::CreditCodeTaken);
            problem.code = Code::AlreadyExists;
            problem.into()
        }
        _ => error.into(),
    })
}
