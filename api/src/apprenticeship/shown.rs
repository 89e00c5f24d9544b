//! What apprentices have shown and sold, for everybody: only while the apprentice consents to it.

use actix_web::HttpRequest;
use actix_web::web::Data;
use chrono::NaiveDate;
use domain::apprenticeship::ExhibitionKind;
use domain::language::Language;
use domain::person::ConsentKind;
use domain::region::DivisionCode;
use persistence::apprenticeship::{self, Work};
use persistence::{Tx, catalogue, person};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::actor::Reads;
use crate::answer::Answer;
use crate::body::Query;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::page::{self, Page};
use crate::person::consent::consents_to;
use crate::problem::Fault;
use crate::region;
use crate::services::Services;

/// Every endpoint of what is shown.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["apprenticeships": list]
}

/// A work that was shown or sold.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ShownWork {
    /// Its id.
    id: Uuid,
    /// Where the craft is passed on.
    division: String,
    /// The craft.
    craft: Uuid,
    /// What it is called, in the caller's language.
    craft_name: String,
    /// Who has made it, masked.
    apprentice: String,
    /// Who has taught it, masked; null where the master does not consent to be named.
    master: Option<String>,
    /// When it was made.
    made_on: NaiveDate,
    /// Whether it was shown or sold.
    exhibition: Option<ExhibitionKind>,
    /// On which day.
    exhibited_on: Option<NaiveDate>,
    /// At which site.
    site: Option<Uuid>,
    /// For how much it was sold, in fen.
    price_fen: Option<i64>,
}

/// Which works.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListShownWorks {
    /// Where; the division with all below it.
    #[param(min_length = 2, max_length = 15, example = "230822")]
    division: String,
    /// Only of this craft.
    craft: Option<Uuid>,
    /// How many at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the one before.
    cursor: Option<String>,
}

/// List what apprentices have shown and sold.
///
/// 展出与售出的学徒作品,公开;只列学徒已同意公开的,姓名脱敏,不列任何人写的文字;师傅未同意公开的不列姓名。撤回同意后即不再列出。
#[utoipa::path(get, path = "/v1/shown-works", operation_id = "listShownWorks", params(ListShownWorks), security(()),
    responses((status = 200, description = "作品", body = Page<ShownWork>)))]
pub async fn list(services: Data<Services>, request: HttpRequest, reads: Reads, query: Query<ListShownWorks>) -> Answer<Page<ShownWork>> {
    let (asked, keys, shared) = (query.0, services.store.keys(), services.clone());
    let (limit, division, craft) = (page::limit(asked.limit)?, region::code("division", &asked.division)?, asked.craft);
    let name = format!("shown works {division} {craft:?}");
    let before: Option<Uuid> = asked.cursor.as_deref().map(|cursor| page::read_cursor(keys, &name, cursor)).transpose()?;
    let work = move |tx: &mut Tx| -> Result<Vec<ShownWork>, Fault> {
        let within = region::known(tx, "division", &division)?.code;
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX).saturating_add(1);
        public(tx, &shared, (&within, craft, before), wanted, reads.0)
    };
    let views = services.store.read(work).await?;
    page::reply(&request, keys, &name, views, limit, |view: &ShownWork| view.id)
}

/// So many works that may be public, or all there are.
fn public(
    tx: &mut Tx,
    services: &Services,
    (within, craft, mut before): (&DivisionCode, Option<Uuid>, Option<Uuid>),
    wanted: usize,
    language: Language,
) -> Result<Vec<ShownWork>, Fault> {
    let mut views = Vec::new();
    loop {
        let part = apprenticeship::shown(tx, within, craft, before, i64::try_from(wanted).unwrap_or(i64::MAX))?;
        let more = part.len() == wanted;
        before = part.last().map(|work| work.id);
        for work in part {
            views.extend(view(tx, services, work, language)?);
        }
        if !more || views.len() >= wanted {
            views.truncate(wanted);
            return Ok(views);
        }
    }
}

/// A work as everybody may see it; none where the apprentice does not consent.
fn view(tx: &mut Tx, services: &Services, work: Work, language: Language) -> Result<Option<ShownWork>, Fault> {
    let found = apprenticeship::load(tx, work.apprenticeship)?;
    let (apprentice, master) = (person::load(tx, found.apprentice)?, person::load(tx, found.master)?);
    if !consents_to(tx, services, &apprentice, ConsentKind::Publication)? {
        return Ok(None);
    }
    let named = consents_to(tx, services, &master, ConsentKind::Publication)?;
    Ok(Some(ShownWork {
        id: work.id,
        division: work.division.to_string(),
        craft: work.craft,
        craft_name: catalogue::load_craft(tx, work.craft)?.names.shown_in(language).to_owned(),
        apprentice: apprentice.name.masked(),
        master: named.then(|| master.name.masked()),
        made_on: work.made_on,
        exhibition: work.exhibition.map(|exhibition| exhibition.kind),
        exhibited_on: work.exhibition.map(|exhibition| exhibition.day),
        site: work.exhibition.and_then(|exhibition| exhibition.site),
        price_fen: work.exhibition.and_then(|exhibition| exhibition.price_fen),
    }))
}
