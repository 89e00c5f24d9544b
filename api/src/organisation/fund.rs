//! The fund book 资金账: what comes in and goes out, entered by one and, above the limit of the policy, approved by another.

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::identity::Actor as Acting;
use domain::organisation::{Booking, BookingError, FundAccount, FundEntryKind, FundEntryState, OrganisationPolicy, OrganisationState};
use persistence::organisation::{self, FundEntry, Organisation, Posted};
use persistence::{StoreError, Tx};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::life::OrganisationPart;
use super::permitted;
use crate::actor::{Actor, may};
use crate::answer::{Answer, Reply};
use crate::body::{Json, Query};
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::identity::second_person::{First, two_minds};
use crate::once::{Conditions, Once};
use crate::page::{self, Page};
use crate::person::input::day;
use crate::problem::{Code, Fault, Problem, Rule};
use crate::region::{self, policy::in_force};
use crate::services::Services;

/// Every endpoint of the book.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["organisations": enter, list, show, decide, reverse, balances]
}

/// An entry of the fund book.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = FundEntry)]
pub struct FundEntryView {
    /// Its id.
    id: Uuid,
    /// What it is.
    kind: FundEntryKind,
    /// The account that grows.
    debit: FundAccount,
    /// The account that shrinks by as much.
    credit: FundAccount,
    /// How much, in fen.
    amount: i64,
    /// When it happened.
    happened_on: NaiveDate,
    /// What for.
    purpose: String,
    /// By which it can be proved: the number of an invoice or a receipt.
    receipt: String,
    /// Where it stands; only `posted` counts.
    state: FundEntryState,
    /// The entry that it takes back.
    reverses: Option<Uuid>,
    /// The version of the policy that it was made under.
    policy_version: String,
    /// The account that has entered it.
    entered_by: Uuid,
    /// When.
    entered_at: DateTime<Utc>,
    /// The account that has decided on it; null where nobody had to, or nobody has yet.
    decided_by: Option<Uuid>,
    /// When.
    decided_at: Option<DateTime<Utc>>,
}

impl From<FundEntry> for FundEntryView {
    fn from(entry: FundEntry) -> Self {
        Self {
            id: entry.id,
            kind: entry.kind,
            debit: entry.booking.debit(),
            credit: entry.booking.credit(),
            amount: entry.booking.amount(),
            happened_on: entry.happened_on,
            purpose: entry.purpose,
            receipt: entry.receipt,
            state: entry.state,
            reverses: entry.reverses,
            policy_version: entry.policy_version,
            entered_by: entry.entered_by,
            entered_at: entry.entered_at,
            decided_by: entry.decided.map(|(by, _)| by),
            decided_at: entry.decided.map(|(_, at)| at),
        }
    }
}

/// What came in or went out.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnterFundEntry {
    /// Where it came from or what it went for: every account but `cash`.
    account: FundAccount,
    /// How much, in fen.
    #[schema(minimum = 1, maximum = 1_000_000_000, example = 20_000)]
    amount: i64,
    /// When it happened.
    happened_on: NaiveDate,
    /// What for.
    #[schema(min_length = 1, max_length = 200)]
    purpose: String,
    /// By which it can be proved.
    #[schema(min_length = 1, max_length = 100)]
    receipt: String,
}

/// Enter what came into the fund or went out of it.
///
/// 记账:由财务或组织管理员登记;金额超过政策限额的须由本组织第二人复核后入账。复式记账,以分计;结存不得为负;
/// 已入账的不得修改,错账以冲正更正。
#[utoipa::path(post, path = "/v1/organisations/{id}/fund-entries", operation_id = "enterFundEntry", request_body = EnterFundEntry,
    params(("id" = Uuid, Path, description = "组织")), responses((status = 201, description = "记账", body = FundEntryView)))]
pub async fn enter(
    services: Data<Services>,
    actor: Actor<may::EnterFund>,
    conditions: Conditions,
    id: Path<Uuid>,
    body: Json<EnterFundEntry>,
) -> Answer<FundEntryView> {
    let (asked, digest) = (body.value, body.digest);
    let booking = Booking::new(asked.account, asked.amount).map_err(|error| match error {
        BookingError::Amount => Problem::field_with("/amount", Rule::OutOfRange, vec!["1".to_owned(), Booking::MOST.to_string()]),
        BookingError::Account => Problem::field("/account", Rule::FundAccount),
    })?;
    let kind = asked.account.kind().ok_or_else(|| Problem::field("/account", Rule::FundAccount))?;
    let (purpose, receipt) = (region::line("/purpose", &asked.purpose)?, region::line("/receipt", &asked.receipt)?);
    let new = New::Moves { kind, booking, happened_on: asked.happened_on, receipt };
    write(services, actor.actor, conditions, *id, (digest, purpose, new)).await
}

/// An entry that somebody asks for.
#[derive(Clone)]
enum New {
    /// Money came in or went out.
    Moves { kind: FundEntryKind, booking: Booking, happened_on: NaiveDate, receipt: String },
    /// An entry is taken back, today.
    TakesBack(Uuid),
}

async fn write(
    services: Data<Services>,
    who: std::sync::Arc<Acting>,
    conditions: Conditions,
    id: Uuid,
    (digest, purpose, new): (Vec<u8>, String, New),
) -> Answer<FundEntryView> {
    let (entry, known) = (Uuid::now_v7(), services.clone());
    let work = move |tx: &mut Tx| -> Result<(FundEntryView, bool), Fault> {
        let organisation = permitted::<may::EnterFund>(tx, &who, id)?;
        let once = conditions.once(tx, who.account, &digest, 201, entry)?;
        let kept = match once {
            Once::First => {
                let today = day(&known, &organisation.division, tx.now());
                post(tx, &who, &organisation, (entry, &purpose), (today, &new))?;
                entry
            }
            Once::Before(before) => before,
        };
        Ok((organisation::entry(tx, id, kept)?.into(), matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let at = format!("/v1/organisations/{id}/fund-entries/{}", view.id);
    Ok(Reply::created(view, &at).replayed(replayed))
}

fn post(
    tx: &mut Tx,
    who: &Acting,
    organisation: &Organisation,
    (id, purpose): (Uuid, &str),
    (today, new): (NaiveDate, &New),
) -> Result<(), Fault> {
    keeps_a_book(organisation)?;
    let policy: OrganisationPolicy = in_force(tx, &organisation.region, tx.now())?;
    let (kind, booking, happened_on, receipt, reverses) = match new {
        New::Moves { kind, booking, happened_on, receipt } => (*kind, *booking, *happened_on, receipt.clone(), None),
        New::TakesBack(reversed) => {
            let kept = organisation::entry(tx, organisation.id, *reversed)?;
            if kept.state != FundEntryState::Posted || kept.kind == FundEntryKind::Reversal {
                return Err(Problem::field("/entry", Rule::NotReversible).into());
            }
            (FundEntryKind::Reversal, kept.booking.reversed(), today, kept.receipt, Some(*reversed))
        }
    };
    in_time(happened_on, today, &policy)?;
    // From here on nobody writes in the book until this is kept.
    organisation::touch(tx, organisation.id)?;
    let lately = organisation::undecided_since(tx, organisation.id, tx.now() - TimeDelta::days(1), booking)?;
    let state =
        if policy.needs_approval(booking.amount().saturating_add(lately)) { FundEntryState::Pending } else { FundEntryState::Posted };
    let entry = FundEntry {
        id,
        organisation: organisation.id,
        kind,
        booking,
        happened_on,
        purpose: purpose.to_owned(),
        receipt,
        state,
        reverses,
        policy_version: policy.version,
        entered_by: who.account,
        entered_at: tx.now(),
        decided: None,
    };
    let posted = organisation::enter(tx, &entry).map_err(|error| match &error {
        StoreError::Duplicate(which) if which.contains("revers") => Problem::field("/entry", Rule::NotReversible).into(),
        _ => Fault::from(error),
    })?;
    told(tx, organisation.id, posted)
}

/// Refuses an organisation that does not serve yet or no longer.
fn keeps_a_book(organisation: &Organisation) -> Result<(), Problem> {
    let keeps = matches!(organisation.state, OrganisationState::Active | OrganisationState::Suspended);
    if keeps { Ok(()) } else { Err(Code::OrganisationState.into()) }
}

/// Refuses a day that is to come, or longer ago than the policy allows.
fn in_time(happened_on: NaiveDate, today: NaiveDate, policy: &OrganisationPolicy) -> Result<(), Problem> {
    if happened_on > today {
        return Err(Problem::field("/happened_on", Rule::InFuture));
    }
    let earliest = today.checked_sub_signed(TimeDelta::days(policy.entry_days)).unwrap_or_default();
    if happened_on < earliest {
        return Err(Problem::field_with("/happened_on", Rule::TooLongAgo, vec![earliest.to_string()]));
    }
    Ok(())
}

/// Says why nothing stands in the book.
fn told(tx: &mut Tx, organisation: Uuid, posted: Posted) -> Result<(), Fault> {
    match posted {
        Posted::Done => Ok(()),
        Posted::Short => Err(Problem::field("/amount", Rule::FundShort).into()),
        Posted::Decided => Err(Code::FundEntryDecided.into()),
        Posted::Closed => {
            let until = organisation::touch(tx, organisation)?.unwrap_or_default();
            Err(Problem::field_with("/happened_on", Rule::QuarterClosed, vec![until.to_string()]).into())
        }
    }
}

/// Why an entry is taken back.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReverseFundEntry {
    /// Why.
    #[schema(min_length = 1, max_length = 200)]
    reason: String,
}

/// Take back an entry of the fund book.
///
/// 冲正:以当日一笔相反的记账更正,原记账不变;每笔只能冲正一次,冲正本身不能再冲正。超过限额的同样须复核。
#[utoipa::path(post, path = "/v1/organisations/{id}/fund-entries/{entry}/reverse", operation_id = "reverseFundEntry",
    request_body = ReverseFundEntry, params(("id" = Uuid, Path, description = "组织"), ("entry" = Uuid, Path, description = "记账")),
    responses((status = 201, description = "冲正的记账", body = FundEntryView)))]
pub async fn reverse(
    services: Data<Services>,
    actor: Actor<may::EnterFund>,
    conditions: Conditions,
    path: Path<(Uuid, Uuid)>,
    body: Json<ReverseFundEntry>,
) -> Answer<FundEntryView> {
    let ((id, entry), digest, who) = (path.into_inner(), body.digest, actor.actor);
    let purpose = region::line("/reason", &body.value.reason)?;
    write(services, who, conditions, id, (digest, purpose, New::TakesBack(entry))).await
}

/// A decision on an entry.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideFundEntry {
    /// Whether it is to stand in the book.
    approved: bool,
}

/// Decide on an entry of the fund book.
///
/// 复核记账:由负责人、管理人员或组织管理员办理,不得是登记人本人。
#[utoipa::path(post, path = "/v1/organisations/{id}/fund-entries/{entry}/decide", operation_id = "decideFundEntry",
    request_body = DecideFundEntry, params(("id" = Uuid, Path, description = "组织"), ("entry" = Uuid, Path, description = "记账")),
    responses((status = 200, description = "记账", body = FundEntryView)))]
pub async fn decide(
    services: Data<Services>,
    actor: Actor<may::DecideFund>,
    conditions: Conditions,
    path: Path<(Uuid, Uuid)>,
    body: Json<DecideFundEntry>,
) -> Answer<FundEntryView> {
    let ((id, entry), digest, who, approved) = (path.into_inner(), body.digest, actor.actor, body.value.approved);
    let work = move |tx: &mut Tx| -> Result<(FundEntryView, bool), Fault> {
        let organisation = permitted::<may::DecideFund>(tx, &who, id)?;
        let kept = organisation::entry(tx, id, entry)?;
        two_minds(tx, &who, &First::account(kept.entered_by), kept.entered_at)?;
        let once = conditions.once(tx, who.account, &digest, 200, entry)?;
        if matches!(once, Once::First) {
            keeps_a_book(&organisation)?;
            let to = if approved { FundEntryState::Posted } else { FundEntryState::Refused };
            let posted = organisation::decide_entry(tx, &kept, to, who.account)?;
            told(tx, id, posted)?;
        }
        Ok((organisation::entry(tx, id, entry)?.into(), matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    Ok(Reply::ok(view).replayed(replayed))
}

/// Read an entry of the fund book.
///
/// 查看一笔记账。
#[utoipa::path(get, path = "/v1/organisations/{id}/fund-entries/{entry}", operation_id = "readFundEntry",
    params(("id" = Uuid, Path, description = "组织"), ("entry" = Uuid, Path, description = "记账")),
    responses((status = 200, description = "记账", body = FundEntryView)))]
pub async fn show(services: Data<Services>, actor: Actor<may::ReadFund>, path: Path<(Uuid, Uuid)>) -> Answer<FundEntryView> {
    let ((id, entry), who) = (path.into_inner(), actor.actor);
    let work = move |tx: &mut Tx| -> Result<FundEntryView, Fault> {
        permitted::<may::ReadFund>(tx, &who, id)?;
        Ok(organisation::entry(tx, id, entry)?.into())
    };
    Ok(Reply::ok(services.store.read(work).await?))
}

/// List the entries of a fund book.
///
/// 资金明细账:后记者在前;组织的财务、负责人、管理人员与区划的社工、监管人员、管理员可见。
#[utoipa::path(get, path = "/v1/organisations/{id}/fund-entries", operation_id = "listFundEntries",
    params(("id" = Uuid, Path, description = "组织"), OrganisationPart),
    responses((status = 200, description = "记账", body = Page<FundEntryView>)))]
pub async fn list(
    services: Data<Services>,
    request: HttpRequest,
    actor: Actor<may::ReadFund>,
    id: Path<Uuid>,
    query: Query<OrganisationPart>,
) -> Answer<Page<FundEntryView>> {
    let (who, id, limit) = (actor.actor, *id, page::limit(query.0.limit)?);
    let keys = services.store.keys();
    let before = query.0.cursor.as_deref().map(|cursor| page::read_cursor(keys, "fund-entries", cursor)).transpose()?;
    let work = move |tx: &mut Tx| -> Result<Vec<FundEntryView>, Fault> {
        permitted::<may::ReadFund>(tx, &who, id)?;
        Ok(organisation::entries(tx, id, before, limit + 1)?.into_iter().map(Into::into).collect())
    };
    let views = services.store.read(work).await?;
    page::reply(&request, services.store.keys(), "fund-entries", views, limit, |entry| entry.id)
}

/// What one account holds.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub struct FundBalance {
    /// Which.
    pub(super) account: FundAccount,
    /// How much, in fen: what `cash` holds; what was spent; and, with a minus, what came in. Their sum is zero.
    pub(super) balance: i64,
}

/// What the accounts of a fund book hold.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Fund {
    /// How much money there is, in fen.
    cash: i64,
    /// Every account that was used.
    accounts: Vec<FundBalance>,
}

/// Read what is in a fund.
///
/// 资金结存与各科目余额,以分计。
#[utoipa::path(get, path = "/v1/organisations/{id}/fund", operation_id = "readFund",
    params(("id" = Uuid, Path, description = "组织")), responses((status = 200, description = "结存", body = Fund)))]
pub async fn balances(services: Data<Services>, actor: Actor<may::ReadFund>, id: Path<Uuid>) -> Answer<Fund> {
    let (who, id) = (actor.actor, *id);
    let work = move |tx: &mut Tx| -> Result<Fund, Fault> {
        permitted::<may::ReadFund>(tx, &who, id)?;
        let held = organisation::balances(tx, id)?;
        let cash = held.get(&FundAccount::Cash).copied().unwrap_or_default();
        Ok(Fund { cash, accounts: held.into_iter().map(|(account, balance)| FundBalance { account, balance }).collect() })
    };
    Ok(Reply::ok(services.store.read(work).await?))
}
