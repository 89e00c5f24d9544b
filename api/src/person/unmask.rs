//! Plain values of a person: for a purpose, on record, and few times a day.

use actix_web::web::{Data, Path};
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use domain::identity::Actor as Who;
use domain::order::{Group, Party};
use domain::person::{
    CitedOrder, Document, DocumentKind, PrivacyPolicy, UnmaskFacts, UnmaskField, UnmaskPurpose, group_on, has_reason, may_unmask,
};
use domain::vocabulary::Vocabulary as _;
use persistence::person::{self, Person, UnmaskRequest, Wanted};
use persistence::{StoreError, Tx, order};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::input::{day, zone};
use super::{in_scope, of_another};
use crate::actor::{Actor, may};
use crate::answer::{Answer, Reply};
use crate::body::Json;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::identity::second_person::{First, are_two_minds, two_minds};
use crate::once::{Conditions, Once};
use crate::page::Page;
use crate::problem::{Code, Fault, Problem};
use crate::services::Services;

/// Every endpoint of plain values.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["persons": unmask, request_unmasking, list_unmask_requests, decide_unmask_request]
}

/// What is to be seen, and what for.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnmaskPerson {
    /// Which values; no more than the purpose needs.
    #[schema(min_items = 1, max_items = 4)]
    fields: Vec<UnmaskField>,
    /// What for.
    purpose: UnmaskPurpose,
    /// The order that it is about; with contact_for_order, and only with that.
    order: Option<Uuid>,
}

impl UnmaskPerson {
    fn wanted(&self, person: Uuid, account: Uuid) -> Wanted {
        let fields = UnmaskField::ALL.iter().copied().filter(|field| self.fields.contains(field)).collect();
        Wanted { person, account, purpose: self.purpose, fields, order: self.order }
    }
}

/// A document, not masked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlainDocument {
    /// Which kind.
    kind: DocumentKind,
    /// The country that issued it.
    country: String,
    /// Its number.
    number: String,
}

impl From<&Document> for PlainDocument {
    fn from(document: &Document) -> Self {
        Self { kind: document.kind(), country: document.country().to_owned(), number: document.number().to_owned() }
    }
}

/// The plain values that were asked for; others are left out.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlainPerson {
    /// The record's id.
    id: Uuid,
    /// The full name.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// The phone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    /// The document.
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<PlainDocument>,
    /// The birth date.
    #[serde(skip_serializing_if = "Option::is_none")]
    birth_date: Option<NaiveDate>,
    /// What they were shown for.
    purpose: UnmaskPurpose,
}

/// See plain values of a person.
///
/// 查看明文:须说明用途,逐次留痕并计入每日上限;为订单联系时,只限办理中的站点或正在服务的接单人查看姓名与手机号;未成年人须先经他人批准。
#[utoipa::path(post, path = "/v1/persons/{id}/unmask", operation_id = "unmaskPerson",
    params(("id" = Uuid, Path, description = "人员")), request_body = UnmaskPerson,
    responses((status = 200, description = "所申请的明文", body = PlainPerson)))]
pub async fn unmask(
    services: Data<Services>,
    actor: Actor<may::UnmaskPerson>,
    conditions: Conditions,
    id: Path<Uuid>,
    body: Json<UnmaskPerson>,
) -> Answer<PlainPerson> {
    let (shared, who, digest, id) = (services.clone(), actor.actor, body.digest, *id);
    let (asked, seen) = (body.value, Uuid::now_v7());
    let work = move |tx: &mut Tx| -> Result<(PlainPerson, bool), Fault> {
        // First, so that it is on record also where it is refused.
        tx.for_purpose(asked.purpose.as_str());
        let person = person::load(tx, id)?;
        let wanted = asked.wanted(person.id, who.account);
        tx.about("persons", person.id);
        let approval = person::approval_of(tx, &wanted)?;
        let order = cited(tx, &who, &person, asked.order)?;
        may_unmask(&facts(&shared, tx, &who, &person, &wanted, order, approval.is_some())).map_err(Problem::from)?;
        let once = conditions.once(tx, who.account, &digest, 200, person.id)?;
        let replayed = matches!(once, Once::Before(_));
        // The values are shown once a look: a repeated request is told that it was answered, and asks anew with another key.
        if replayed {
            return Ok((plain(person, &Wanted { fields: Vec::new(), ..wanted }), true));
        }
        count(tx, &shared, &person, who.account)?;
        person::add_unmasking(tx, seen, &wanted, approval, PrivacyPolicy::default().version)?;
        Ok((plain(person, &wanted), false))
    };
    let (view, replayed) = services.store.write(work).await?;
    Ok(Reply::ok(view).replayed(replayed))
}

fn plain(person: Person, wanted: &Wanted) -> PlainPerson {
    let shows = |field| wanted.fields.contains(&field);
    PlainPerson {
        id: person.id,
        name: shows(UnmaskField::Name).then(|| person.name.as_str().to_owned()),
        phone: person.phone.filter(|_| shows(UnmaskField::Phone)).map(|phone| phone.as_str().to_owned()),
        document: person.document.as_ref().filter(|_| shows(UnmaskField::Document)).map(Into::into),
        birth_date: person.birth_date.filter(|_| shows(UnmaskField::BirthDate)),
        purpose: wanted.purpose,
    }
}

/// Looks at a person on behalf of somebody who is about to sign in as them: it asks for what a look asks for, counts, and is kept as
/// one.
///
/// # Errors
/// What stands against the look, or the database's.
pub(super) fn disclose(tx: &mut Tx, services: &Services, who: &Who, person: &Person) -> Result<(), Fault> {
    let (purpose, fields) = (UnmaskPurpose::Verification, UnmaskField::ALL.to_vec());
    let wanted = Wanted { person: person.id, account: who.account, purpose, fields, order: None };
    let approval = person::approval_of(tx, &wanted)?;
    may_unmask(&facts(services, tx, who, person, &wanted, None, approval.is_some())).map_err(Problem::from)?;
    count(tx, services, person, who.account)?;
    Ok(person::add_unmasking(tx, Uuid::now_v7(), &wanted, approval, PrivacyPolicy::default().version)?)
}

/// The cited order as the rule sees it; one that the actor may not know of is no reason.
fn cited(tx: &mut Tx, who: &Who, person: &Person, order: Option<Uuid>) -> Result<Option<CitedOrder>, Fault> {
    let Some(id) = order else { return Ok(None) };
    let in_scope = domain::identity::may_in(domain::identity::Action::UnmaskPerson, who, &person.division);
    let loaded = match order::load(tx, id, who) {
        Err(StoreError::Missing) => return Err(Code::NotFound.into()),
        loaded => loaded?,
    };
    // What they have placed, or let be placed, gives nobody a reason to learn of people who live where they do not work.
    let (placer, placed_at) = (First::account(loaded.order.placed_by), loaded.order.placed_at);
    let may_know = in_scope || are_two_minds(tx, who, &placer, placed_at)?;
    let is_one_of = |parties: &[Party]| parties.iter().any(|party| loaded.acting.is(*party));
    Ok(Some(CitedOrder {
        is_for_person: loaded.order.subject == person.id,
        state: loaded.order.state,
        handles: may_know && is_one_of(&[Party::Station, Party::Above, Party::Grid]),
        serves: loaded.acting.serves(&loaded.order),
    }))
}

fn facts<'a>(
    services: &Services,
    tx: &Tx,
    who: &Who,
    person: &Person,
    wanted: &'a Wanted,
    order: Option<CitedOrder>,
    is_approved: bool,
) -> UnmaskFacts<'a> {
    use domain::identity::{Action, may_concern, may_in};
    let today = day(services, &person.division, tx.now());
    UnmaskFacts {
        purpose: wanted.purpose,
        fields: &wanted.fields,
        in_scope: may_in(Action::UnmaskPerson, who, &person.division) && may_concern(Action::UnmaskPerson, who, person.id),
        order,
        is_minor: group_on(person.birth_date, today) == Group::Minor,
        is_approved,
    }
}

/// Counts the look, by the day where the person lives.
fn count(tx: &mut Tx, services: &Services, person: &Person, account: Uuid) -> Result<(), Fault> {
    let today = day(services, &person.division, tx.now());
    if person::count_unmasking(tx, account, today, PrivacyPolicy::default().unmaskings_a_day)? {
        return Ok(());
    }
    let midnight =
        (today + Days::new(1)).and_hms_opt(0, 0, 0).and_then(|at| at.and_local_timezone(zone(services, &person.division)).earliest());
    let wait = midnight.map_or(TimeDelta::hours(24), |midnight| midnight.to_utc() - tx.now());
    Err(Problem::from(Code::UnmaskLimit).retry_after(wait.num_seconds()).into())
}

/// A request to see plain values of a minor.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = UnmaskRequest)]
pub struct UnmaskRequestView {
    /// Its id.
    id: Uuid,
    /// Of whom.
    person: Uuid,
    /// The account that asks.
    requested_by: Uuid,
    /// What for.
    purpose: UnmaskPurpose,
    /// Which values.
    fields: Vec<UnmaskField>,
    /// About which order.
    order: Option<Uuid>,
    /// When it was asked.
    requested_at: DateTime<Utc>,
    /// Whether it was approved; null until somebody has decided.
    approved: Option<bool>,
    /// Until when the approval holds.
    expires_at: Option<DateTime<Utc>>,
}

impl From<UnmaskRequest> for UnmaskRequestView {
    fn from(request: UnmaskRequest) -> Self {
        Self {
            id: request.id,
            person: request.wanted.person,
            requested_by: request.wanted.account,
            purpose: request.wanted.purpose,
            fields: request.wanted.fields,
            order: request.wanted.order,
            requested_at: request.requested_at,
            approved: request.approved,
            expires_at: request.expires_at,
        }
    }
}

/// Ask to see plain values of a minor.
///
/// 申请查看未成年人明文:由他人批准后,在有效期内以同样的用途与字段查看。
#[utoipa::path(post, path = "/v1/persons/{id}/unmask-requests", operation_id = "requestUnmasking",
    params(("id" = Uuid, Path, description = "人员")), request_body = UnmaskPerson,
    responses((status = 201, description = "申请", body = UnmaskRequestView)))]
pub async fn request_unmasking(
    services: Data<Services>,
    actor: Actor<may::UnmaskPerson>,
    conditions: Conditions,
    id: Path<Uuid>,
    body: Json<UnmaskPerson>,
) -> Answer<UnmaskRequestView> {
    let (shared, who, digest, id) = (services.clone(), actor.actor, body.digest, *id);
    let (asked, new) = (body.value, Uuid::now_v7());
    let work = move |tx: &mut Tx| -> Result<(UnmaskRequestView, bool), Fault> {
        // First, so that it is on record also where it is refused.
        tx.for_purpose(asked.purpose.as_str());
        let person = person::load(tx, id)?;
        let wanted = asked.wanted(person.id, who.account);
        tx.about("persons", person.id);
        let order = cited(tx, &who, &person, asked.order)?;
        has_reason(&facts(&shared, tx, &who, &person, &wanted, order, false)).map_err(Problem::from)?;
        let once = conditions.once(tx, who.account, &digest, 201, new)?;
        let request = match once {
            Once::First => {
                person::add_unmask_request(tx, new, &wanted)?;
                new
            }
            Once::Before(before) => before,
        };
        Ok((person::unmask_request(tx, request)?.into(), matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let at = format!("/v1/persons/{}/unmask-requests", view.person);
    Ok(Reply::created(view, &at).replayed(replayed))
}

/// Read the requests to see plain values of a person.
///
/// 明文查看申请:供批准人查阅,最近 100 条。
#[utoipa::path(get, path = "/v1/persons/{id}/unmask-requests", operation_id = "listUnmaskRequests",
    params(("id" = Uuid, Path, description = "人员")), responses((status = 200, description = "申请", body = Page<UnmaskRequestView>)))]
pub async fn list_unmask_requests(
    services: Data<Services>,
    actor: Actor<may::ApproveUnmasking>,
    id: Path<Uuid>,
) -> Answer<Page<UnmaskRequestView>> {
    let (who, id) = (actor.actor, *id);
    let work = move |tx: &mut Tx| -> Result<Vec<UnmaskRequest>, Fault> {
        let person = in_scope::<may::ApproveUnmasking>(tx, &who, id)?;
        Ok(person::unmask_requests(tx, person.id)?)
    };
    let items = services.store.read(work).await?.into_iter().map(Into::into).collect();
    Ok(Reply::ok(Page { items, next_cursor: None }))
}

/// The decision on a request.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideUnmasking {
    /// Whether the values may be seen.
    approved: bool,
}

/// Decide on a request to see plain values of a minor.
///
/// 批准或驳回查看未成年人明文的申请:申请人本人不能批准;批准有时效。
#[utoipa::path(post, path = "/v1/unmask-requests/{id}/decide", operation_id = "decideUnmasking",
    params(("id" = Uuid, Path, description = "申请")), request_body = DecideUnmasking,
    responses((status = 200, description = "申请", body = UnmaskRequestView)))]
pub async fn decide_unmask_request(
    services: Data<Services>,
    actor: Actor<may::ApproveUnmasking>,
    conditions: Conditions,
    id: Path<Uuid>,
    body: Json<DecideUnmasking>,
) -> Answer<UnmaskRequestView> {
    let (who, digest, id, approved) = (actor.actor, body.digest, *id, body.value.approved);
    let work = move |tx: &mut Tx| -> Result<(UnmaskRequestView, bool), Fault> {
        let request = person::unmask_request(tx, id)?;
        let person = of_another::<may::ApproveUnmasking>(tx, &who, request.wanted.person)?;
        tx.about("persons", person.id);
        tx.for_purpose(request.wanted.purpose.as_str());
        if request.wanted.account == who.account || asks_for_themselves(tx, &who, request.wanted.account)? {
            return Err(Code::SecondPersonNeeded.into());
        }
        two_minds(tx, &who, &First::account(request.wanted.account), request.requested_at)?;
        let once = conditions.once(tx, who.account, &digest, 200, id)?;
        if matches!(once, Once::First) {
            if request.approved.is_some() {
                return Err(Code::AlreadyExists.into());
            }
            let until = tx.now() + TimeDelta::hours(PrivacyPolicy::default().approval_hours);
            person::decide_unmask_request(tx, id, approved, who.account, until)?;
        }
        Ok((person::unmask_request(tx, id)?.into(), matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    Ok(Reply::ok(view).replayed(replayed))
}

/// Whether the account that asks is another one of the same person, or has given the one who decides their role.
fn asks_for_themselves(tx: &mut Tx, who: &Who, account: Uuid) -> Result<bool, Fault> {
    let asks = persistence::identity::load(tx, account)?.person;
    // Nor does somebody decide whom the one who asks has put there.
    let put_there = persistence::identity::grants(tx, who.account)?.iter().any(|row| row.granted_by == Some(account));
    Ok(put_there || (asks.is_some() && asks == who.person))
}
