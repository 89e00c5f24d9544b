//! Imports over HTTP: handed in as a file, watched, stopped, and their report read.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, http::header};
use chrono::{DateTime, Utc};
use data_encoding::BASE64;
use domain::import::{ImportFailure, ImportKind, ImportState};
use domain::language::Language;
use domain::order::Basis;
use domain::region::DivisionCode;
use domain::vocabulary::Vocabulary as _;
use persistence::Tx;
use persistence::import::{self, Import, ImportCounts, ImportRow};
use persistence::secret::sha256;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::job::finish;
use super::tables::{self, Options};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::{Json, Query};
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::identity::Empty;
use crate::once::{Conditions, Once};
use crate::page::{self, Page};
use crate::problem::{Fault, Problem, Rule};
use crate::region;
use crate::services::Services;
use crate::upload::Upload;

/// Every endpoint of imports.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    endpoints!["imports": begin, list, show, report, cancel]
}

/// The largest file, in bytes; larger tables are loaded by `linli import`.
const FILE: usize = 8 * 1024 * 1024;

/// So many imports of one account wait or run at once.
const AT_ONCE: i64 = 3;

/// Rows of a report that are read at a time.
const PART: i64 = 1000;

/// What a table is.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BeginImport {
    /// What its rows are.
    kind: ImportKind,
    /// The division in which everything of it is at home; of a grid or a community also of those whose row names none.
    #[param(min_length = 2, max_length = 15, example = "230822106001")]
    division: String,
    /// Of needs, and only of them: on what basis the people and their needs are written down.
    basis: Option<Basis>,
    /// Whether nothing is kept: it only says what would become of each row.
    trial: Option<bool>,
}

/// The form with the table.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes the form in the contract; its field is read as a stream")]
pub struct ImportForm {
    /// CSV (UTF-8, UTF-16 or GBK) or XLSX with a row of headers, of at most 8 MiB.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// What became of rows: each counts once.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct ImportRows {
    /// About how many there are.
    total: i64,
    /// Looked at so far.
    seen: i64,
    /// Added.
    added: i64,
    /// On record already, and the same.
    unchanged: i64,
    /// On record already, and otherwise; what is on record stays.
    differing: i64,
    /// Not taken; the report says why.
    refused: i64,
}

/// An import.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Import)]
pub struct ImportView {
    /// Its id.
    id: Uuid,
    /// What its rows are.
    kind: ImportKind,
    /// The division in which everything of it is at home.
    division: String,
    /// Of needs: on what basis they are written down.
    basis: Option<Basis>,
    /// Whether nothing is kept.
    trial: bool,
    /// Where it stands.
    state: ImportState,
    /// Why it could not go on.
    failure: Option<ImportFailure>,
    /// What became of its rows so far.
    rows: ImportRows,
    /// When it was begun.
    created_at: DateTime<Utc>,
    /// When it last went on.
    changed_at: DateTime<Utc>,
    /// One more with every change.
    version: i32,
}

impl ImportView {
    fn of(import: &Import) -> Result<Self, Fault> {
        let options: Options = serde_json::from_str(&import.options).map_err(Problem::internal)?;
        let ImportCounts { added, unchanged, differing, refused } = import.counts;
        Ok(Self {
            id: import.id,
            kind: import.kind,
            division: import.division.as_str().to_owned(),
            basis: options.basis,
            trial: import.trial,
            state: import.state,
            failure: import.failure,
            rows: ImportRows { total: import.total, seen: import.counts.seen(), added, unchanged, differing, refused },
            created_at: import.created_at,
            changed_at: import.changed_at,
            version: import.version,
        })
    }
}

/// Hand in a table of another platform.
///
/// 上传导入表:志愿者、组织、社会工作者或需求的 CSV 或 XLSX;逐行按单条登记的规则检查,后台导入,重复上传不产生重复记录。
/// 须有单条登记的相应权限,且所有行均在所填区划内;志愿者一律为待审核,组织一律为草稿。文件加密存放,处理完即删除。
#[utoipa::path(post, path = "/v1/imports", operation_id = "beginImport", params(BeginImport),
    request_body(content = ImportForm, content_type = "multipart/form-data"),
    responses((status = 201, description = "导入任务", body = ImportView)))]
pub async fn begin(
    services: Data<Services>,
    actor: Actor<may::ImportTable>,
    conditions: Conditions,
    query: Query<BeginImport>,
    form: Upload,
) -> Answer<ImportView> {
    let asked = query.0;
    let division = region::code("division", &asked.division)?;
    actor.within(&division)?;
    if !domain::identity::may_in(asked.kind.action(), &actor.actor, &division) {
        return Err(Problem::field("kind", Rule::KindNotYours));
    }
    match (asked.kind, asked.basis) {
        (ImportKind::Demands, None) => return Err(Problem::field("basis", Rule::BasisRequired)),
        (ImportKind::Demands, Some(_)) | (_, None) => {}
        (_, Some(_)) => return Err(Problem::field("basis", Rule::UnknownField)),
    }
    let region = services.book.region_of(&division).ok_or_else(|| Problem::field("division", Rule::UnknownDivision))?;
    let account = actor.account();
    let (_places, bytes) = form.file(&services, account, FILE).await?;
    // What a workbook unpacks to is held while it is read: as with photos, a few at once.
    let unpacking = services.decoding.acquire().await.map_err(Problem::internal)?;
    let open = tables::open(&bytes, asked.kind).await.map_err(|error| tables::unreadable(&error))?;
    let total = i64::try_from(open.sheet.total).unwrap_or(i64::MAX);
    drop((open, unpacking));
    let mut digest = sha256(&bytes);
    digest.extend_from_slice(format!("{asked:?}").as_bytes());
    let new = waiting(&asked, region.division.clone(), division, total, account)?;
    let content = BASE64.encode(&bytes);
    let work = move |tx: &mut Tx| -> Result<(ImportView, bool), Fault> {
        let once = conditions.once(tx, account, &digest, 201, new.id)?;
        let id = match once {
            Once::Before(before) => before,
            Once::First => {
                if import::count_live(tx, account)? >= AT_ONCE {
                    return Err(Problem::field_with("/file", Rule::TooMany, vec![AT_ONCE.to_string()]).into());
                }
                let (division, now) = (region::known(tx, "division", &new.division)?.code, tx.now());
                import::add(tx, &Import { division, created_at: now, changed_at: now, ..new.clone() }, &content)?;
                new.id
            }
        };
        Ok((ImportView::of(&import::load(tx, id)?)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let (version, at) = (view.version, format!("/v1/imports/{}", view.id));
    Ok(Reply::created(view, &at).tagged(version).replayed(replayed))
}

/// An import that waits for its turn.
fn waiting(asked: &BeginImport, region: DivisionCode, division: DivisionCode, total: i64, account: Uuid) -> Result<Import, Problem> {
    let options = Options { basis: asked.basis };
    Ok(Import {
        id: Uuid::now_v7(),
        region,
        division,
        kind: asked.kind,
        options: serde_json::to_string(&options).map_err(Problem::internal)?,
        trial: asked.trial.unwrap_or(false),
        state: ImportState::Queued,
        failure: None,
        total,
        counts: ImportCounts::default(),
        attempts: 0,
        loaded_by: account,
        created_at: DateTime::UNIX_EPOCH,
        changed_at: DateTime::UNIX_EPOCH,
        version: 1,
    })
}

/// Which imports.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListImports {
    /// Into this division, or one that lies in it.
    #[param(min_length = 2, max_length = 15, example = "230822")]
    division: String,
    /// How many at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the one before.
    cursor: Option<String>,
}

/// List the imports into a division.
///
/// 导入任务:按区划,最新在前。
#[utoipa::path(get, path = "/v1/imports", operation_id = "listImports", params(ListImports),
    responses((status = 200, description = "导入任务", body = Page<ImportView>)))]
pub async fn list(
    services: Data<Services>,
    request: HttpRequest,
    actor: Actor<may::ImportTable>,
    query: Query<ListImports>,
) -> Answer<Page<ImportView>> {
    let (asked, keys) = (query.0, services.store.keys());
    let (limit, division) = (page::limit(asked.limit)?, region::code("division", &asked.division)?);
    actor.within(&division)?;
    let name = format!("imports {division}");
    let before: Option<Uuid> = asked.cursor.as_deref().map(|cursor| page::read_cursor(keys, &name, cursor)).transpose()?;
    let work = move |tx: &mut Tx| -> Result<Vec<ImportView>, Fault> {
        let within = region::known(tx, "division", &division)?.code;
        import::list(tx, &within, before, limit + 1)?.iter().map(ImportView::of).collect()
    };
    let views = services.store.read(work).await?;
    page::reply(&request, keys, &name, views, limit, |view: &ImportView| view.id)
}

/// An import into a division where the actor may load tables; others are not there.
fn in_scope(tx: &mut Tx, actor: &domain::identity::Actor, id: Uuid) -> Result<Import, Fault> {
    let import = import::load(tx, id)?;
    region::within::<may::ImportTable>(tx, actor, &import.division)?;
    Ok(import)
}

/// See how far an import has come.
///
/// 查看导入进度:总行数、已处理、新增、未变、与已有不一致、未导入。
#[utoipa::path(get, path = "/v1/imports/{id}", operation_id = "readImport", params(("id" = Uuid, Path, description = "导入任务")),
    responses((status = 200, description = "导入任务", body = ImportView)))]
pub async fn show(services: Data<Services>, actor: Actor<may::ImportTable>, id: Path<Uuid>) -> Answer<ImportView> {
    let (who, id) = (actor.actor, *id);
    let view = services.store.read(move |tx| ImportView::of(&in_scope(tx, &who, id)?)).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version))
}

/// The report of an import.
#[derive(Clone, Debug, ToSchema)]
#[schema(value_type = String, example = "line,outcome,field,code,reason\n3,refused,category,not_in_list,只能取：助餐、助浴\n")]
#[expect(dead_code, reason = "describes the answer in the contract")]
pub struct ImportReport(String);

/// Read which rows were not taken, and why.
///
/// 导入报告(CSV):未导入的行与已有记录不一致的行,逐行写明行号、列、规则代码与原因(按 Accept-Language);不含行内个人信息。
#[utoipa::path(get, path = "/v1/imports/{id}/report", operation_id = "readImportReport",
    params(("id" = Uuid, Path, description = "导入任务")),
    responses((status = 200, description = "CSV:line,outcome,field,code,reason", body = inline(ImportReport), content_type = "text/csv")))]
pub async fn report(
    services: Data<Services>,
    actor: Actor<may::ImportTable>,
    reads: Reads,
    id: Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let (who, id) = (actor.actor, *id);
    let read = move |tx: &mut Tx| -> Result<Vec<ImportRow>, Fault> {
        in_scope(tx, &who, id)?;
        let (mut rows, mut after) = (Vec::new(), None);
        loop {
            let part = import::rows(tx, id, after.take(), PART)?;
            let more = i64::try_from(part.len()).is_ok_and(|count| count == PART);
            rows.extend(part);
            after = rows.last().map(|row: &ImportRow| (row.line, row.field.clone()));
            if !more {
                return Ok(rows);
            }
        }
    };
    let rows = services.store.read(read).await?;
    let text = written(&rows, reads.0).map_err(Problem::internal)?;
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"linli-import-{id}.csv\"")))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(text))
}

/// The rows as CSV, with a byte-order mark, without which spreadsheets take UTF-8 for something else.
fn written(rows: &[ImportRow], language: Language) -> Result<Vec<u8>, csv::Error> {
    let mut report = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    report.write_record(["line", "outcome", "field", "code", "reason"])?;
    for row in rows {
        let rule = Rule::ALL.iter().find(|rule| rule.as_str() == row.rule);
        let reason = rule.map(|rule| rule.message(language, &row.words)).unwrap_or_default();
        report.write_record([row.line.to_string().as_str(), row.outcome.as_str(), &row.field, &row.rule, &reason])?;
    }
    report.into_inner().map_err(|error| error.into_error().into())
}

/// Stop an import.
///
/// 停止导入:已导入的行保留;已结束的保持原样。
#[utoipa::path(post, path = "/v1/imports/{id}/cancel", operation_id = "cancelImport", request_body = Empty,
    params(("id" = Uuid, Path, description = "导入任务")), responses((status = 200, description = "导入任务", body = ImportView)))]
pub async fn cancel(
    services: Data<Services>,
    actor: Actor<may::ImportTable>,
    conditions: Conditions,
    id: Path<Uuid>,
    body: Json<Empty>,
) -> Answer<ImportView> {
    let (who, digest, id) = (actor.actor, body.digest, *id);
    let work = move |tx: &mut Tx| -> Result<(ImportView, bool), Fault> {
        let before = in_scope(tx, &who, id)?;
        let once = conditions.once(tx, who.account, &digest, 200, id)?;
        if matches!(once, Once::First) && before.state.is_live() {
            conditions.expect_version(before.version)?;
            finish(tx, &before, ImportState::Cancelled, None)?;
        }
        Ok((ImportView::of(&import::load(tx, id)?)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version).replayed(replayed))
}
