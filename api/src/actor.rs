//! Who asks. The permission is in the type: without naming one, a handler gets no actor.

use std::marker::PhantomData;
use std::sync::Arc;

use actix_web::dev::{Payload, ServiceRequest};
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use domain::identity::{self, Action};
use domain::language::Language;
use domain::region::DivisionCode;
use uuid::Uuid;

use crate::audit;
use crate::problem::{Code, Problem};
use crate::services::{Principal, Services};
use crate::token::Checked;

/// What a handler needs its actor to be allowed to do.
pub trait Permission: 'static {
    /// The row of the permission table.
    const ACTION: Action;
}

/// Who asks, by a checked token, and may do `P` at least somewhere.
pub struct Actor<P> {
    /// The actor as the rules see it.
    pub actor: Arc<identity::Actor>,
    /// The session of the token; of a machine client, what it has proved itself with.
    pub session: Uuid,
    permission: PhantomData<P>,
}

impl<P: Permission> Actor<P> {
    /// The account.
    #[must_use]
    pub fn account(&self) -> Uuid {
        self.actor.account
    }

    /// Refuses a division in which the actor may not do this, as if it were not there.
    ///
    /// # Errors
    /// [`Code::NotFound`].
    pub fn within(&self, division: &DivisionCode) -> Result<(), Problem> {
        if identity::may_in(P::ACTION, &self.actor, division) { Ok(()) } else { Err(Code::NotFound.into()) }
    }

    /// The divisions in which the actor may do this.
    #[must_use]
    pub fn scopes(&self) -> Vec<DivisionCode> {
        identity::scopes(P::ACTION, &self.actor)
    }
}

impl<P: Permission> FromRequest for Actor<P> {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    /// Ready at once, so that whoever may not do this is told so before the body is looked at.
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(admit(request))
    }
}

fn admit<P: Permission>(request: &HttpRequest) -> Result<Actor<P>, Problem> {
    let authenticated = request.extensions().get::<Authenticated>().cloned();
    let (session, principal) = authenticated.ok_or_else(|| Problem::from(Code::Unauthenticated))?.0?;
    audit::acts(request, P::ACTION, &principal);
    if principal.must_change_password && P::ACTION != Action::ReadOwn {
        return Err(Code::PasswordChangeRequired.into());
    }
    if principal.needs_second_factor && P::ACTION != Action::ReadOwn {
        return Err(Code::SecondFactorRequired.into());
    }
    if !identity::may_ever(P::ACTION, &principal.actor) {
        if principal.actor.client.is_some() {
            return Err(Code::InsufficientScope.into());
        }
        if principal.actor.person.is_none() && principal.actor.grants.is_empty() {
            return Err(Code::PersonRequired.into());
        }
        return Err(Code::Forbidden.into());
    }
    Ok(Actor { actor: Arc::clone(&principal.actor), session, permission: PhantomData })
}

/// What became of a request's token.
#[derive(Clone)]
struct Authenticated(Result<(Uuid, Arc<Principal>), Problem>);

/// Checks the token of a request, if it carries one, before anything else is done with it. Endpoints that are open to
/// everybody do not ask for the outcome.
pub async fn authenticate(request: &ServiceRequest) {
    let Some(token) = bearer(request.headers()).map(ToOwned::to_owned) else { return };
    let Some(services) = request.app_data::<web::Data<Services>>().cloned() else { return };
    let outcome = match services.tokens.check(&token, services.store.clock().now()) {
        Ok(Checked { session, scopes: None, .. }) => services.principal(session).await.map(|principal| (session, principal)),
        Ok(Checked { session, account, scopes: Some(scopes), .. }) => {
            services.client(account, session, &scopes).await.map(|principal| (session, principal))
        }
        Err(problem) => Err(problem),
    };
    request.extensions_mut().insert(Authenticated(outcome));
}

/// The account whose valid token a request carries.
#[must_use]
pub fn account(request: &HttpRequest) -> Option<Uuid> {
    let extensions = request.extensions();
    let (_, principal) = extensions.get::<Authenticated>()?.0.as_ref().ok()?;
    Some(principal.actor.account)
}

/// Whether a request carries this very token; the comparison takes as long for every wrong one.
#[must_use]
pub fn bears(request: &HttpRequest, token: &str) -> bool {
    let given = bearer(request.headers()).unwrap_or_default();
    aws_lc_rs::constant_time::verify_slices_are_equal(given.as_bytes(), token.as_bytes()).is_ok()
}

fn bearer(headers: &header::HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// The language that the caller reads.
#[derive(Clone, Copy, Debug)]
pub struct Reads(pub Language);

impl FromRequest for Reads {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Ok(Self(language(request.headers()))))
    }
}

/// The language that the headers ask for.
#[must_use]
pub fn language(headers: &header::HeaderMap) -> Language {
    headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).map(Language::negotiate).unwrap_or_default()
}

/// The rows of the permission table as types.
pub mod may {
    use domain::identity::Action;
    use domain::order::Step;

    use super::Permission;

    macro_rules! permissions {
        ($($Name:ident => $action:expr;)+) => {
            $(
                #[doc = concat!("May do `", stringify!($action), "`.")]
                pub struct $Name;
                impl Permission for $Name {
                    const ACTION: Action = $action;
                }
            )+
        };
    }

    permissions! {
        ImportDivisions => Action::ImportDivisions;
        AddGrid => Action::AddGrid;
        SetPopulation => Action::SetPopulation;
        AddAlias => Action::AddAlias;
        EditCatalogue => Action::EditCatalogue;
        EnterPerson => Action::EnterPerson;
        FindPerson => Action::FindPerson;
        ReadPerson => Action::ReadPerson;
        ClaimPerson => Action::ClaimPerson;
        MergePersons => Action::MergePersons;
        UnmaskPerson => Action::UnmaskPerson;
        ApproveUnmasking => Action::ApproveUnmasking;
        RecordConsent => Action::RecordConsent;
        ErasePerson => Action::ErasePerson;
        RegisterVolunteer => Action::RegisterVolunteer;
        DecideVolunteer => Action::DecideVolunteer;
        ReadVolunteerFile => Action::ReadVolunteerFile;
        EditInsurance => Action::EditInsurance;
        Certify => Action::Certify;
        SuspendCertification => Action::SuspendCertification;
        ReadTraining => Action::ReadTraining;
        EditTraining => Action::EditTraining;
        EnrolInTraining => Action::EnrolInTraining;
        ReadEnrolments => Action::ReadEnrolments;
        RecordTraining => Action::RecordTraining;
        EditSocialWorkers => Action::EditSocialWorkers;
        ReadSocialWorkers => Action::ReadSocialWorkers;
        ManageCases => Action::ManageCases;
        RegisterForExam => Action::RegisterForExam;
        RecordExam => Action::RecordExam;
        JoinCavalry => Action::JoinCavalry;
        BeOnDuty => Action::BeOnDuty;
        ReadCavalry => Action::ReadCavalry;
        CreateOrganisation => Action::CreateOrganisation;
        ReadOrganisation => Action::ReadOrganisation;
        ManageMembers => Action::ManageMembers;
        EditOrganisation => Action::EditOrganisation;
        DecideOrganisation => Action::DecideOrganisation;
        ReadOrganisationFile => Action::ReadOrganisationFile;
        EnterFund => Action::EnterFund;
        DecideFund => Action::DecideFund;
        ReadFund => Action::ReadFund;
        ImportTable => Action::ImportTable;
        ReadPartnership => Action::ReadPartnership;
        ProposePartnership => Action::ProposePartnership;
        AgreePartnership => Action::AgreePartnership;
        EndPartnership => Action::EndPartnership;
        DrawPledge => Action::DrawPledge;
        ReadPledgeUses => Action::ReadPledgeUses;
        ProposeApprenticeship => Action::ProposeApprenticeship;
        AgreeApprenticeship => Action::AgreeApprenticeship;
        AskForStage => Action::AskForStage;
        ConfirmStage => Action::ConfirmStage;
        EndApprenticeship => Action::EndApprenticeship;
        ReadApprenticeships => Action::ReadApprenticeships;
        KeepWorks => Action::KeepWorks;
        EditSite => Action::EditSite;
        ManageSlots => Action::ManageSlots;
        BookAppointment => Action::BookAppointment;
        ReadBookings => Action::ReadBookings;
        RecordAppointment => Action::RecordAppointment;
        PlanShifts => Action::PlanShifts;
        ReleaseShift => Action::ReleaseShift;
        ReadShifts => Action::ReadShifts;
        RecordShift => Action::RecordShift;
        CreateStaff => Action::CreateStaff;
        ResetPassword => Action::ResetPassword;
        LockAccount => Action::LockAccount;
        GrantRole => Action::GrantRole;
        RevokeRole => Action::RevokeRole;
        ReadAccounts => Action::ReadAccounts;
        ReadOwn => Action::ReadOwn;
        ExportOwn => Action::ExportOwn;
        ListOrders => Action::ListOrders;
        ReadOrder => Action::ReadOrder;
        EnterDemand => Action::EnterDemand;
        ReadDemand => Action::ReadDemand;
        ChangeDemand => Action::ChangeDemand;
        PlanDemand => Action::PlanDemand;
        ManageHousehold => Action::ManageHousehold;
        ReadMeasures => Action::ReadMeasures;
        EditPolicy => Action::EditPolicy;
        ContactResident => Action::ContactResident;
        ProposeExclusion => Action::ProposeExclusion;
        DecideExclusion => Action::DecideExclusion;
        UploadPhoto => Action::UploadPhoto;
        ReadPhoto => Action::ReadPhoto;
        ReadAudit => Action::ReadAudit;
        CheckpointAudit => Action::CheckpointAudit;
        ReadRetention => Action::ReadRetention;
        DecideContent => Action::DecideContent;
        EndSessions => Action::EndSessions;
        ManageClients => Action::ManageClients;
        PlaceOrder => Action::Order(Step::Place);
        TriageOrder => Action::Order(Step::Triage);
        TransferOrder => Action::Order(Step::Transfer);
        RefuseOrder => Action::Order(Step::Refuse);
        AppealOrder => Action::Order(Step::Appeal);
        OfferOrder => Action::Order(Step::Offer);
        RecallOrder => Action::Order(Step::Recall);
        DeclineOrder => Action::Order(Step::Decline);
        AcceptOrder => Action::Order(Step::Accept);
        AssignMembers => Action::Order(Step::AssignMembers);
        RescheduleOrder => Action::Order(Step::Reschedule);
        ReleaseOrder => Action::Order(Step::Release);
        ReportNoShow => Action::Order(Step::NoShow);
        CheckIn => Action::Order(Step::CheckIn);
        AbortOrder => Action::Order(Step::Abort);
        FinishOrder => Action::Order(Step::Finish);
        ReviewOrder => Action::Order(Step::Review);
        MendOrder => Action::Order(Step::Mend);
        EscalateOrder => Action::Order(Step::Escalate);
        DecideOrder => Action::Order(Step::Decide);
        CancelOrder => Action::Order(Step::Cancel);
    }
}
