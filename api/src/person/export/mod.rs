//! One's own data as one file (PIPL, 45). It is sent in parts, a few orders at a time, so that nobody's history is too long.

mod view;

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Bytes, Data};
use domain::demand::{Category, Item, Subject};
use domain::language::Language;
use domain::order::{Acting, Party, Taker, TextKind};
use futures_util::stream;
use persistence::catalogue::Certification;
use persistence::content::Checked;
use persistence::person::{self, Insurance, Known};
use persistence::{Store, Tx, catalogue, demand, identity, message, order, organisation, photo};
use uuid::Uuid;

use super::profile;
use super::unmask::PlainDocument;
use super::view::{VolunteerView, volunteer_of};
use crate::actor::{Actor, Reads, may};
use crate::appointment::{own_bookings, own_shifts};
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::order::photo::{Shown, view as photo_view};
use crate::order::view::TextView;
use crate::problem::{Code, Fault, Problem};
use crate::services::Services;
use crate::training::record_of;
use view::{
    AboutPerson, ExportedAccount, ExportedCertification, ExportedContact, ExportedEvent, ExportedInsurance, ExportedLook,
    ExportedMembership, ExportedMessage, ExportedNeed, ExportedOrder, ExportedPerson, ExportedReview, ExportedRole, ExportedSession,
    ExportedStep, PersonExport,
};

/// Every endpoint of the export.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["persons": export]
}

/// The form of the file; another one gets another number.
const FORMAT: &str = "linli-person/1";

/// Orders that are read at a time.
const PART: i64 = 25;

/// The most recent sessions of an account that are told.
const SESSIONS: i64 = 500;

/// The most recent messages to an account that are told.
const MESSAGES: i64 = 1000;

/// Take one's own data away as one file.
///
/// 导出本人全部个人信息:一个 JSON 文件,含登记、同意、账号、志愿服务、订单中本人的内容,以及何时因何查看过明文;不含他人信息。
#[utoipa::path(get, path = "/v1/me/export", operation_id = "exportMe",
    responses((status = 200, description = "个人信息文件(附件)", body = PersonExport)))]
pub async fn export(services: Data<Services>, actor: Actor<may::ExportOwn>, reads: Reads) -> Result<HttpResponse, Problem> {
    let (shared, person) = (services.clone(), actor.actor.person.ok_or(Code::PersonRequired)?);
    // Plain data leave the house: a write, so that the audit log has it.
    let read = move |tx: &mut Tx| -> Result<(Known, AboutPerson), Fault> {
        tx.about("persons", person);
        own(tx, person)?;
        about(tx, &shared, person, reads.0)
    };
    let (known, about) = services.store.write(read).await?;
    let day = about.exported_at.format("%Y-%m-%d").to_string();
    let head = serde_json::to_string(&about).map_err(Problem::internal)?;
    // The object stays open for the orders.
    let head = format!("{},\"orders\":[", head.strip_suffix('}').unwrap_or(&head));
    let from = Some(Part { services, known, language: reads.0, after: None, before: head });
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"linli-{day}.json\"")))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .streaming(stream::unfold(from, |part| async move { Some(next(part?).await) })))
}

/// Refuses a record that nobody has claimed for themselves: an account that others have opened on it shows nothing in plain.
fn own(tx: &mut Tx, person: Uuid) -> Result<(), Fault> {
    if person::load(tx, person)?.claimed { Ok(()) } else { Err(Code::Forbidden.into()) }
}

/// Where the file stands.
struct Part {
    services: Data<Services>,
    known: Known,
    language: Language,
    after: Option<Uuid>,
    /// What is sent before the next orders.
    before: String,
}

/// The next orders, and the end of the file where there are no more. A failure breaks the file off, which is no JSON then.
async fn next(part: Part) -> (Result<Bytes, std::io::Error>, Option<Part>) {
    let (known, after, language, store) = (part.known.clone(), part.after, part.language, part.services.store.clone());
    let read = part.services.store.read::<_, Fault>(move |tx| orders(tx, &store, &known, after, language)).await;
    let orders = match read.map_err(Problem::from) {
        Ok(orders) => orders,
        Err(problem) => return (Err(broken(&problem)), None),
    };
    let last = orders.last().map(|order| order.id);
    let texts: Result<Vec<String>, _> = orders.iter().map(serde_json::to_string).collect();
    let text = match texts {
        Ok(texts) => texts.join(","),
        Err(error) => return (Err(broken(&Problem::internal(error))), None),
    };
    if last.is_none() {
        return (Ok(Bytes::from(format!("{}]}}", part.before))), None);
    }
    let comma = if part.after.is_some() { "," } else { "" };
    let body = Bytes::from(format!("{}{comma}{text}", part.before));
    (Ok(body), Some(Part { after: last, before: String::new(), ..part }))
}

/// The beginning of the file is sent already: only the log can say what happened.
fn broken(problem: &Problem) -> std::io::Error {
    tracing::error!(code = problem.code.as_str(), cause = problem.cause(), "an export broke off");
    std::io::Error::other("the export broke off")
}

fn needs(tx: &mut Tx, persons: &[Uuid]) -> Result<Vec<ExportedNeed>, Fault> {
    let mut needs = Vec::new();
    let mut theirs = demand::by_person(tx, persons)?;
    let households = demand::household::of_people(tx, persons)?;
    theirs.extend(demand::by_households(tx, &households)?);
    for item in theirs {
        let (craft, care) = match item.category {
            Category::Craft(craft) => (Some(craft), None),
            Category::Care(care) => (None, Some(care)),
        };
        // What was said of a household was said of others, too.
        let household = if let Subject::Household(id) = item.subject { Some(id) } else { None };
        let texts = if household.is_some() { Vec::new() } else { demand::texts(tx, item.id)? };
        let texts = texts.into_iter().map(|text| text.body).collect();
        let Item { id, urgency, tags, state, opened_at, .. } = item;
        needs.push(ExportedNeed { id, household, craft, care, urgency, tags, state, opened_at, texts });
    }
    Ok(needs)
}

fn about(tx: &mut Tx, services: &Services, person: Uuid, language: Language) -> Result<(Known, AboutPerson), Fault> {
    let found = person::load(tx, person)?;
    let known = person::known_as(tx, found.id)?;
    let events =
        person::events(tx, found.id)?.into_iter().map(|event| ExportedEvent { kind: event.kind, basis: event.basis, at: event.at });
    let seen = person::unmaskings(tx, &known.persons)?.into_iter().map(|look| ExportedLook {
        at: look.at,
        purpose: look.wanted.purpose,
        fields: look.wanted.fields,
        order: look.wanted.order,
    });
    let volunteer = volunteer_of(tx, found.id)?;
    let profile = volunteer.as_ref().map(|volunteer| profile::view(tx, services, &found, volunteer, true)).transpose()?;
    let about = AboutPerson {
        format: FORMAT,
        exported_at: tx.now(),
        events: events.collect(),
        consents: person::consents(tx, found.id)?.into_iter().map(Into::into).collect(),
        accounts: known.accounts.iter().map(|id| account(tx, *id)).collect::<Result<_, Fault>>()?,
        volunteer: volunteer.map(|volunteer| VolunteerView::new(volunteer, language)),
        volunteer_profile: profile,
        volunteer_events: person::volunteer_events(tx, &known.persons)?.into_iter().map(Into::into).collect(),
        insurances: insurances(tx, found.id)?,
        care_plans: crate::care::of_people(tx, services, &known.persons, language)?,
        apprenticeships: crate::apprenticeship::of_people(tx, &known.persons, language)?,
        training: record_of(tx, services, &found, language)?,
        social_worker: crate::social_worker::own(tx, services, &found, language)?,
        exams: crate::social_worker::exams_of(tx, &found, language)?,
        cavalry: crate::cavalry::record_of(tx, &found, &known.persons)?,
        bookings: own_bookings(tx, services, &known.persons, language)?,
        shifts: own_shifts(tx, &known.persons, language)?,
        certifications: certifications(tx, found.id)?,
        organisations: organisation::organisations_of(tx, found.id)?.into_iter().map(|organisation| organisation.name).collect(),
        memberships: memberships(tx, &known.persons)?,
        needs: needs(tx, &known.persons)?,
        plain_values_seen: seen.collect(),
        person: ExportedPerson {
            id: found.id,
            earlier_ids: known.persons.iter().copied().filter(|id| *id != found.id).collect(),
            division: found.division.to_string(),
            name: found.name.as_str().to_owned(),
            phone: found.phone.map(|phone| phone.as_str().to_owned()),
            document: found.document.as_ref().map(PlainDocument::from),
            birth_date: found.birth_date,
            entered_at: found.created_at,
        },
    };
    Ok((known, about))
}

fn certifications(tx: &mut Tx, person: Uuid) -> Result<Vec<ExportedCertification>, Fault> {
    let held = catalogue::list_certifications(tx, person)?;
    let told = |held: Certification| -> Result<ExportedCertification, Fault> {
        Ok(ExportedCertification {
            craft: held.craft,
            level: held.level,
            evidence: held.evidence,
            valid_from: held.valid_from,
            valid_until: held.valid_until,
            suspended: held.suspended_at.is_some(),
            events: catalogue::certification_events(tx, held.id)?.into_iter().map(Into::into).collect(),
        })
    };
    held.into_iter().map(told).collect()
}

fn insurances(tx: &mut Tx, person: Uuid) -> Result<Vec<ExportedInsurance>, Fault> {
    let told = |insurance: Insurance| {
        let Insurance { insurer, number, covers, valid_from, valid_until, ended_at, .. } = insurance;
        ExportedInsurance { insurer, number, covers, valid_from, valid_until, ended_at }
    };
    Ok(person::insurances(tx, person)?.into_iter().map(told).collect())
}

fn memberships(tx: &mut Tx, persons: &[Uuid]) -> Result<Vec<ExportedMembership>, Fault> {
    let told = |(organisation, event): (String, organisation::MembershipEvent)| {
        let organisation::MembershipEvent { kind, role, at, .. } = event;
        ExportedMembership { organisation, kind, role, at }
    };
    Ok(organisation::memberships_of(tx, persons)?.into_iter().map(told).collect())
}

fn account(tx: &mut Tx, id: Uuid) -> Result<ExportedAccount, Fault> {
    let account = identity::load(tx, id)?;
    let sessions = identity::sessions(tx, id, SESSIONS)?.into_iter().map(|session| ExportedSession {
        opened_at: session.created_at,
        expires_at: session.expires_at,
        ended_at: session.revoked_at,
    });
    let roles = identity::grants(tx, id)?.into_iter().map(|row| ExportedRole {
        role: row.grant.role,
        scope: row.grant.scope.to_string(),
        granted_at: row.granted_at,
    });
    let messages = message::list(tx, id, false, None, MESSAGES)?.into_iter().map(|message| ExportedMessage {
        kind: message.kind,
        order: message.about.order(),
        certification: message.about.certification(),
        object: message.about.object(),
        at: message.at,
        read_at: message.read_at,
    });
    Ok(ExportedAccount {
        id,
        kind: account.kind,
        state: account.state,
        username: account.username,
        phone: identity::phone(tx, id)?.map(|phone| phone.as_str().to_owned()),
        created_at: account.created_at,
        sessions: sessions.collect(),
        roles: roles.collect(),
        messages: messages.collect(),
    })
}

fn orders(tx: &mut Tx, store: &Store, known: &Known, after: Option<Uuid>, language: Language) -> Result<Vec<ExportedOrder>, Fault> {
    let ids = order::ids_concerning(tx, &known.persons, &known.accounts, after, PART)?;
    ids.into_iter().map(|id| one_order(tx, store, known, id, language)).collect()
}

fn one_order(tx: &mut Tx, store: &Store, known: &Known, id: Uuid, language: Language) -> Result<ExportedOrder, Fault> {
    let loaded = order::load_for_timer(tx, id)?.order;
    let is_me = |person: &Uuid| known.persons.contains(person);
    let is_subject = is_me(&loaded.subject);
    let roles: Vec<Party> = [
        (Party::Subject, is_subject),
        (Party::Placer, known.accounts.contains(&loaded.placed_by)),
        (Party::Taker, matches!(&loaded.taker, Some(Taker::Person(taker)) if is_me(taker))),
        (Party::Member, loaded.members.iter().any(is_me)),
    ]
    .into_iter()
    .filter_map(|(party, holds)| holds.then_some(party))
    .collect();
    // What the content check holds is for its author, with whichever account it was written.
    let acting = |check: Option<Checked>| {
        let account = check.map(|check| check.author).filter(|author| known.accounts.contains(author));
        Acting { account, person: None, parties: roles.clone(), manages: Vec::new() }
    };
    let texts = order::texts(tx, id)?.into_iter().filter(|text| concerns(text.kind, &roles));
    let texts = texts
        .map(|text| {
            let acting = acting(text.check);
            TextView::new(text, &acting)
        })
        .collect();
    let photos = photo::list(tx, id)?.into_iter().filter(|(photo, _)| is_subject || known.accounts.contains(&photo.uploaded_by));
    let photos = photos.map(|(photo, check)| photo_view(store, Shown::new(photo, check, &acting(check)))).collect();
    let contacts = if is_subject { order::contacts(tx, id)? } else { Vec::new() };
    Ok(ExportedOrder {
        id,
        number: loaded.number,
        roles,
        service: catalogue::load_service(tx, loaded.service)?.names.shown_in(language).to_owned(),
        state: loaded.state,
        placed_at: loaded.placed_at,
        finished_at: loaded.finished_at,
        worked_minutes: loaded.worked_minutes,
        events: order::events(tx, id)?.into_iter().map(|event| ExportedStep { step: event.step, at: event.at }).collect(),
        texts,
        reviews: order::reviews(tx, id)?
            .into_iter()
            .map(|review| ExportedReview { stars: review.stars, solved: review.solved, tags: review.tags, at: review.at })
            .collect(),
        contacts: contacts
            .into_iter()
            .map(|contact| ExportedContact {
                kind: contact.kind,
                at: contact.at,
                reached: contact.reached,
                solved: contact.solved,
                satisfied: contact.satisfied,
            })
            .collect(),
        photos,
    })
}

/// Whether a text is by or about somebody in these relations. Notes of the station are about the handling.
fn concerns(kind: TextKind, roles: &[Party]) -> bool {
    let is = |party| roles.contains(&party);
    match kind {
        TextKind::Request => is(Party::Subject) || is(Party::Placer),
        TextKind::Address | TextKind::Contact => is(Party::Subject),
        TextKind::Work | TextKind::Review => is(Party::Subject) || is(Party::Taker) || is(Party::Member),
        TextKind::Note => false,
    }
}
