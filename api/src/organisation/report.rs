//! Quarters of a fund book as they are published: frozen, with a digest, for everybody who has signed in.

use std::collections::BTreeMap;

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};
use chrono::{DateTime, NaiveDate, Utc};
use domain::organisation::{FundAccount, FundEntryKind, Quarter};
use persistence::Tx;
use persistence::organisation::{self, FundReport, Organisation};
use persistence::secret::{hex, sha256};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::fund::FundBalance;
use super::life::OrganisationPart;
use super::permitted;
use crate::actor::{Actor, may};
use crate::answer::{Answer, Reply};
use crate::body::{Json, Query};
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::{Conditions, Once};
use crate::page::{self, Page};
use crate::person::input::day;
use crate::problem::{Fault, Problem, Rule};
use crate::services::Services;

/// Every endpoint of published quarters.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["organisations": publish, list]
}

/// What the text of a published quarter says.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct FundStatement {
    /// Whose.
    organisation: Uuid,
    /// What it was called then.
    name: String,
    /// Which quarter.
    quarter: String,
    /// Its first day.
    from: NaiveDate,
    /// Its last day.
    to: NaiveDate,
    /// What there was before it, in fen.
    opening: i64,
    /// What came in, in fen, less what was taken back.
    income: i64,
    /// What went out, in fen, less what was taken back.
    spending: i64,
    /// What there was after it: opening and income less spending.
    closing: i64,
    /// What each account changed by, in fen; their sum is zero.
    accounts: Vec<FundBalance>,
}

/// A published quarter.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = FundReport)]
pub struct FundReportView {
    /// What it says.
    statement: FundStatement,
    /// The same as the text that was published, byte by byte.
    text: String,
    /// The SHA-256 of that text, in hexadecimal.
    digest: String,
    /// When it was published.
    published_at: DateTime<Utc>,
}

impl FundReportView {
    fn new(report: FundReport) -> Result<Self, Problem> {
        let statement = serde_json::from_str(&report.statement).map_err(Problem::internal)?;
        Ok(Self { statement, text: report.statement, digest: report.digest, published_at: report.published_at })
    }
}

/// Which quarter is to be published.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishFundReport {
    /// Which; it must be over.
    #[schema(min_length = 7, max_length = 7, example = "2026-Q2")]
    quarter: String,
}

/// Publish a quarter of a fund book.
///
/// 季度公示:按科目汇总并冻结,附 SHA-256 摘要,所有登录用户可见;须按季度次序;公示后该季度及以前不得再记账。
#[utoipa::path(post, path = "/v1/organisations/{id}/fund-reports", operation_id = "publishFundReport", request_body = PublishFundReport,
    params(("id" = Uuid, Path, description = "组织")), responses((status = 201, description = "公示", body = FundReportView)))]
pub async fn publish(
    services: Data<Services>,
    actor: Actor<may::DecideFund>,
    conditions: Conditions,
    id: Path<Uuid>,
    body: Json<PublishFundReport>,
) -> Answer<FundReportView> {
    let (who, id, digest) = (actor.actor, *id, body.digest);
    let quarter = Quarter::parse(&body.value.quarter).ok_or_else(|| Problem::field("/quarter", Rule::QuarterFormat))?;
    let known = services.clone();
    let work = move |tx: &mut Tx| -> Result<(FundReportView, bool), Fault> {
        let organisation = permitted::<may::DecideFund>(tx, &who, id)?;
        let once = conditions.once(tx, who.account, &digest, 201, id)?;
        if matches!(once, Once::First) {
            let today = day(&known, &organisation.division, tx.now());
            freeze(tx, &organisation, quarter, today, who.account)?;
        }
        Ok((FundReportView::new(organisation::report(tx, id, quarter)?)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    Ok(Reply::created(view, &format!("/v1/organisations/{id}/fund-reports")).replayed(replayed))
}

fn freeze(tx: &mut Tx, organisation: &Organisation, quarter: Quarter, today: NaiveDate, by: Uuid) -> Result<(), Fault> {
    if quarter.last_day() >= today {
        return Err(Problem::field("/quarter", Rule::QuarterOpen).into());
    }
    // From here on nobody writes in the book until this is kept.
    let closed = organisation::touch(tx, organisation.id)?;
    if let Some(closed) = closed.filter(|closed| quarter.last_day() <= *closed) {
        return Err(Problem::field_with("/quarter", Rule::QuarterClosed, vec![closed.to_string()]).into());
    }
    // None in which something happened is passed over: what is closed unpublished would never be seen.
    let next = organisation::first_day_after(tx, organisation.id, closed)?.map(Quarter::of);
    if let Some(next) = next.filter(|next| *next < quarter) {
        return Err(Problem::field_with("/quarter", Rule::QuarterOrder, vec![next.to_string()]).into());
    }
    if organisation::has_pending_until(tx, organisation.id, quarter.last_day())? {
        return Err(Problem::field("/quarter", Rule::QuarterPending).into());
    }
    let eve = quarter.first_day().pred_opt().unwrap_or_default();
    let (before, after) =
        (organisation::balances_until(tx, organisation.id, eve)?, organisation::balances_until(tx, organisation.id, quarter.last_day())?);
    let statement = summed(organisation, quarter, &before, &after);
    if statement.closing < 0 {
        return Err(Problem::field("/quarter", Rule::QuarterNegative).into());
    }
    let text = serde_json::to_string(&statement).map_err(Problem::internal)?;
    let report = FundReport {
        organisation: organisation.id,
        quarter,
        digest: hex(&sha256(text.as_bytes())),
        statement: text,
        published_by: by,
        published_at: tx.now(),
    };
    Ok(organisation::add_report(tx, &report)?)
}

fn summed(
    organisation: &Organisation,
    quarter: Quarter,
    before: &BTreeMap<FundAccount, i64>,
    after: &BTreeMap<FundAccount, i64>,
) -> FundStatement {
    let held = |at: &BTreeMap<FundAccount, i64>, account: &FundAccount| at.get(account).copied().unwrap_or_default();
    let accounts: Vec<FundBalance> =
        after.keys().map(|account| FundBalance { account: *account, balance: held(after, account) - held(before, account) }).collect();
    let of = |kind| accounts.iter().filter(move |line| line.account.kind() == Some(kind)).map(|line| line.balance).sum::<i64>();
    let (income, spending) = (-of(FundEntryKind::Income), of(FundEntryKind::Spending));
    FundStatement {
        organisation: organisation.id,
        name: organisation.name.clone(),
        quarter: quarter.to_string(),
        from: quarter.first_day(),
        to: quarter.last_day(),
        opening: held(before, &FundAccount::Cash),
        income,
        spending,
        closing: held(after, &FundAccount::Cash),
        accounts,
    }
}

/// List the published quarters of a fund book.
///
/// 资金公示:已公示的各季度,先公示者在前;所有登录用户可见。
#[utoipa::path(get, path = "/v1/organisations/{id}/fund-reports", operation_id = "listFundReports",
    params(("id" = Uuid, Path, description = "组织"), OrganisationPart),
    responses((status = 200, description = "公示", body = Page<FundReportView>)))]
pub async fn list(
    services: Data<Services>,
    request: HttpRequest,
    _actor: Actor<may::ReadOrganisation>,
    id: Path<Uuid>,
    query: Query<OrganisationPart>,
) -> Answer<Page<FundReportView>> {
    let (id, limit) = (*id, page::limit(query.0.limit)?);
    let keys = services.store.keys();
    let after: Option<String> = query.0.cursor.as_deref().map(|cursor| page::read_cursor(keys, "fund-reports", cursor)).transpose()?;
    let work = move |tx: &mut Tx| -> Result<Vec<FundReportView>, Fault> {
        organisation::load(tx, id)?;
        let found = organisation::reports(tx, id, after.as_deref(), limit + 1)?;
        found.into_iter().map(|report| Ok(FundReportView::new(report)?)).collect()
    };
    let views = services.store.read(work).await?;
    page::reply(&request, services.store.keys(), "fund-reports", views, limit, |view| view.statement.quarter.clone())
}
