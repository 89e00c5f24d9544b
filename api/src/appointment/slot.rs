//! Opening slots at a site, and closing them.

use actix_web::web::{Data, Path};
use chrono::{DateTime, NaiveDate, Utc};
use domain::appointment::{AppointmentPolicy, BookingStep, Repeat, SlotCloseReason, SlotState, Span, days_of};
use domain::identity::Actor as Acting;
use domain::message::MessageKind;
use domain::person::DayTime;
use domain::site::hours::Hours;
use persistence::appointment::{self, Slot};
use persistence::site::{self, Site};
use persistence::{Tx, message};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::{SlotView, slot_view};
use super::{check_active, refusal, site_of, wrong_time};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::Json;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::{Conditions, Once};
use crate::page::Page;
use crate::problem::{Fault, Problem, Rule};
use crate::region::{self, policy::in_force};
use crate::services::Services;

/// Every endpoint of opening and closing slots.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["appointments": open, close]
}

/// Days on which slots are repeated.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RepeatSlots {
    /// The days of the week: 1 is Monday, 7 is Sunday.
    #[schema(min_items = 1, max_items = 7)]
    weekdays: Vec<Weekday>,
    /// For so many weeks from the first day on.
    #[schema(minimum = 1, maximum = 12, example = 4)]
    weeks: u8,
    /// Days that are left out, such as holidays.
    #[serde(default)]
    #[schema(max_items = 84)]
    except: Vec<NaiveDate>,
}

/// A day of the week: 1 is Monday, 7 is Sunday.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = u8, minimum = 1, maximum = 7)]
pub struct Weekday(u8);

/// Slots to open: one, or a series.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenSlots {
    /// For which service of the site.
    service: Uuid,
    /// The first day, in the region's zone.
    day: NaiveDate,
    /// When it begins, in the region's zone: with a quarter of an hour.
    #[schema(min_length = 5, max_length = 5, pattern = "^[0-2][0-9]:[0-5][0-9]$", example = "09:00")]
    start: String,
    /// When it ends; `24:00` is the end of the day.
    #[schema(min_length = 5, max_length = 5, pattern = "^[0-2][0-9]:[0-5][0-9]$", example = "09:30")]
    end: String,
    /// How many people can come.
    #[schema(minimum = 1, maximum = 1000, example = 4)]
    capacity: i32,
    /// Further days; the first day alone where it is left out.
    repeat: Option<RepeatSlots>,
}

impl OpenSlots {
    /// The minutes after midnight between which the slots are.
    fn minutes(&self) -> Result<(u16, u16), Problem> {
        let time = |pointer: &str, raw: &str| {
            let wrong = || Problem::field_with(pointer, Rule::WrongFormat, vec!["HH:MM".to_owned()]);
            DayTime::parse(raw).map(DayTime::minutes).ok_or_else(wrong)
        };
        let (start, end) = (time("/start", &self.start)?, time("/end", &self.end)?);
        if end <= start { Err(Problem::field("/end", Rule::EndBeforeStart)) } else { Ok((start, end)) }
    }

    /// The times of the slots, each to come and within the opening hours.
    fn times(&self, services: &Services, site: &Site, policy: &AppointmentPolicy, now: DateTime<Utc>) -> Result<Vec<Span>, Problem> {
        crate::days::check("/day", self.day)?;
        let (start, end) = self.minutes()?;
        let region = services.book.region_of(&site.region).ok_or_else(|| Problem::internal(format!("no region {}", site.region)))?;
        let repeat = self.repeat.as_ref().map(|repeat| Repeat {
            weekdays: repeat.weekdays.iter().map(|weekday| weekday.0).collect(),
            weeks: repeat.weeks,
            except: repeat.except.clone(),
        });
        let days = days_of(self.day, repeat.as_ref());
        if days.is_empty() {
            return Err(Problem::field("/repeat/weekdays", Rule::Required));
        }
        let pointers = if repeat.is_some() { ("/repeat", "/end") } else { ("/start", "/end") };
        let span = |day: NaiveDate| {
            let moment = |minute| Hours::moment(day, minute, region.zone).ok_or_else(|| Problem::field("/day", Rule::NotADate));
            let span = Span { starts_at: moment(start)?, ends_at: moment(end)? };
            let planned = span.plan(now, policy.days_ahead, 24 * 60).map_err(|error| wrong_time(error, ("/start", "/end")))?;
            if site.hours.cover(day, start, end) {
                return Ok(planned);
            }
            Err(Problem::field_with(pointers.0, Rule::OutsideHours, vec![day.to_string()]))
        };
        days.into_iter().map(span).collect()
    }
}

/// Open slots that people can book.
///
/// 开放预约时段:某服务项目在某日的起止时间与名额,须为整刻钟、在阵地开放时间内(含节假日安排)且尚未开始;可按星期重复若干周(except 为跳过的日期)。
/// 任一日期不符合即全部不开放。
#[utoipa::path(post, path = "/v1/sites/{id}/slots", operation_id = "openSlots", request_body = OpenSlots,
    params(("id" = Uuid, Path, description = "阵地")), responses((status = 201, description = "新时段", body = Page<SlotView>)))]
pub async fn open(
    services: Data<Services>,
    actor: Actor<may::ManageSlots>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<OpenSlots>,
) -> Answer<Page<SlotView>> {
    let (asked, digest, who, id, series, shared) = (body.value, body.digest, actor.actor, *id, Uuid::now_v7(), services.clone());
    let work = move |tx: &mut Tx| -> Result<(Vec<SlotView>, bool), Fault> {
        let site = site_of(tx, id)?;
        region::within::<may::ManageSlots>(tx, &who, &site.division)?;
        let once = conditions.once(tx, who.account, &digest, 201, series)?;
        let series = match once {
            Once::First => {
                add(tx, &shared, &site, &asked, (series, who.account))?;
                series
            }
            Once::Before(before) => before,
        };
        let slots = appointment::slots_of_series(tx, series)?;
        let views = slots.into_iter().map(|slot| slot_view(tx, &shared, slot, reads.0)).collect::<Result<_, _>>()?;
        Ok((views, matches!(once, Once::Before(_))))
    };
    let (items, replayed) = services.store.write(work).await?;
    Ok(Reply::created(Page { items, next_cursor: None }, &format!("/v1/sites/{id}/slots")).replayed(replayed))
}

fn add(tx: &mut Tx, services: &Services, site: &Site, asked: &OpenSlots, (series, by): (Uuid, Uuid)) -> Result<(), Fault> {
    check_active(site)?;
    let given = site::services_of(tx, &[site.id])?.remove(&site.id).unwrap_or_default();
    if !given.iter().any(|(service, _)| *service == asked.service) {
        return Err(Problem::field("/service", Rule::NotAtSite).into());
    }
    let policy: AppointmentPolicy = in_force(tx, &site.region, tx.now())?;
    let times = asked.times(services, site, &policy, tx.now())?;
    let slot = |span: Span| Slot {
        id: Uuid::now_v7(),
        series,
        site: site.id,
        service: asked.service,
        starts_at: span.starts_at,
        ends_at: span.ends_at,
        capacity: asked.capacity,
        booked: 0,
        state: SlotState::Open,
        close_reason: None,
        version: 1,
        created_by: by,
    };
    let slots: Vec<Slot> = times.into_iter().map(slot).collect();
    Ok(appointment::add_slots(tx, &slots)?)
}

/// Why a slot does not take place.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseSlot {
    /// Why.
    reason: SlotCloseReason,
}

/// A slot of a site where the actor manages them; others are not there.
fn to_change(tx: &mut Tx, actor: &Acting, id: Uuid) -> Result<Slot, Fault> {
    let slot = appointment::load_slot(tx, id)?;
    let site = site_of(tx, slot.site)?;
    region::within::<may::ManageSlots>(tx, actor, &site.division)?;
    Ok(slot)
}

/// Close a slot that has not begun.
///
/// 关闭尚未开始的预约时段:已有预约随之失效并通知本人,所占时间随即释放;已关闭的保持原样。
#[utoipa::path(post, path = "/v1/slots/{id}/close", operation_id = "closeSlot", request_body = CloseSlot,
    params(("id" = Uuid, Path, description = "时段")), responses((status = 200, description = "已关闭的时段", body = SlotView)))]
pub async fn close(
    services: Data<Services>,
    actor: Actor<may::ManageSlots>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<CloseSlot>,
) -> Answer<SlotView> {
    let (digest, who, id, reason, shared) = (body.digest, actor.actor, *id, body.value.reason, services.clone());
    let work = move |tx: &mut Tx| -> Result<(SlotView, bool), Fault> {
        let slot = to_change(tx, &who, id)?;
        let once = conditions.once(tx, who.account, &digest, 200, id)?;
        if matches!(once, Once::First) && slot.state == SlotState::Open {
            conditions.expect_version(slot.version)?;
            slot.time().admits(tx.now()).map_err(|refused| refusal::booking(refused, &slot))?;
            appointment::close_slot(tx, id, reason)?;
            for booking in appointment::booked_in(tx, id)? {
                appointment::change_booking(tx, &booking, BookingStep::Close.to(), who.account)?;
                message::tell(tx, MessageKind::AppointmentClosed, booking.id, booking.person)?;
            }
        }
        let slot = appointment::load_slot(tx, id)?;
        Ok((slot_view(tx, &shared, slot, reads.0)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version).replayed(replayed))
}
