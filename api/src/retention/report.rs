//! The reports of what was erased.

use actix_web::HttpRequest;
use actix_web::web::Data;
use chrono::{DateTime, Utc};
use domain::language::Language;
use domain::retention::RecordKind;
use domain::vocabulary::Vocabulary as _;
use persistence::Tx;
use persistence::retention::{self, Run};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::actor::{Actor, Reads, may};
use crate::answer::Answer;
use crate::audit::chain_of;
use crate::body::Query;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::page::{self, Page};
use crate::problem::Fault;
use crate::services::Services;

/// Every endpoint of reports.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["audit": list]
}

/// A run of the job that erases what is past its time.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RetentionRun)]
pub struct RunView {
    /// Its id.
    id: Uuid,
    /// The region; null for what belongs to the installation as a whole.
    region: Option<String>,
    /// What kind of record.
    kind: RecordKind,
    /// That in the caller's language.
    kind_label: &'static str,
    /// The version of the policy that said how long it is kept.
    policy_version: String,
    /// What is of before this moment was past its time.
    cut_off: DateTime<Utc>,
    /// When it began.
    started_at: DateTime<Utc>,
    /// When it was through; null while it is not.
    ended_at: Option<DateTime<Utc>>,
    /// How many rows it has erased or emptied.
    #[schema(example = "42")]
    erased: String,
}

impl RunView {
    /// The view of a run.
    #[must_use]
    pub fn new(run: Run, language: Language) -> Self {
        let Run { id, region, kind, policy, cutoff, started_at, ended_at, erased, .. } = run;
        let (region, kind_label) = ((!region.is_empty()).then_some(region), kind.label(language));
        Self { id, region, kind, kind_label, policy_version: policy, cut_off: cutoff, started_at, ended_at, erased: erased.to_string() }
    }
}

/// Which reports.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RunsOf {
    /// The region; what belongs to the installation as a whole where it is left out (only for operators of every region).
    #[param(min_length = 2, max_length = 15, example = "230822")]
    region: Option<String>,
    /// How many at most; 20 where it is left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the page before.
    #[param(max_length = 400)]
    cursor: Option<String>,
}

/// List what was erased because its time was over.
///
/// 留存到期清除报告:每类记录每次清除依据的政策版本、截止时间与条数,新者在前。
#[utoipa::path(get, path = "/v1/retention/runs", operation_id = "listRetentionRuns", params(RunsOf),
    responses((status = 200, description = "清除报告,新者在前", body = Page<RunView>)))]
pub async fn list(
    services: Data<Services>,
    request: HttpRequest,
    actor: Actor<may::ReadRetention>,
    reads: Reads,
    query: Query<RunsOf>,
) -> Answer<Page<RunView>> {
    let (asked, keys) = (query.0, services.store.keys());
    let region = chain_of::<may::ReadRetention>(&services, &actor.actor, "region", asked.region.as_deref())?;
    let (limit, list) = (page::limit(asked.limit)?, format!("retention {region}"));
    let after = asked.cursor.as_deref().map(|cursor| page::read_cursor(keys, &list, cursor)).transpose()?;
    let read = move |tx: &mut Tx| -> Result<Vec<Run>, Fault> { Ok(retention::runs(tx, &region, after, limit + 1)?) };
    let views = services.store.read(read).await?.into_iter().map(|run| RunView::new(run, reads.0)).collect();
    page::reply(&request, keys, &list, views, limit, |run: &RunView| (run.started_at, run.id))
}
