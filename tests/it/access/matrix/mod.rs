//! Every operation, as everybody, on things of every kind: each answer is what the table of permissions says.
//!
//! What an operation asks for is known from its handler's signature ([`api::endpoint::Endpoint::action`]). What it is about, and
//! the request itself, are in `thing.rs`: a new operation that is missing there fails this test.

mod appointment;
mod apprenticeship;
mod care;
mod cast;
mod cavalry;
mod exposure;
mod import;
mod order;
mod partnership;
mod people;
mod site;
mod social_work;
mod thing;
mod training;

use std::collections::BTreeSet;
use std::sync::Arc;

use api::endpoint::Endpoint;
use domain::identity::{Action, Actor, Who, client_may, may_ever, may_in, scopes};
use persistence::audit::{Filter, search};
use persistence::{StoreError, Tx, order as orders};
use support::{Answer, World, on_both};

use cast::{Cast, Member};
use exposure::Exposure;
use thing::{About, Thing};

on_both! { every_operation_answers_everybody_as_the_table_says }

/// How an answer must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    /// 401: nobody without signing in.
    SignIn,
    /// 403: no such role may ever do this.
    Never,
    /// 403: no scope of this machine client opens this.
    NotOpen,
    /// 409: whoever has neither person nor role is told to register first.
    Register,
    /// 404: for this actor it does not exist.
    Hidden,
    /// 403: the actor knows of it, but it is for others to do.
    NotYours,
    /// Anything but being turned away for who one is.
    Allowed,
    /// As allowed; but what is one's own may not be there.
    Own,
    /// Open to everybody, with or without signing in.
    Open,
}

async fn every_operation_answers_everybody_as_the_table_says(world: Arc<World>) {
    let (mut wrong, mut asked, mut exposure, mut done) = (Vec::new(), 0, Exposure::default(), BTreeSet::new());
    let mut cast = Cast::new(&world).await;
    for endpoint in api::app::endpoints() {
        let id = endpoint.operation.operation_id.clone().expect("an operation id");
        let mut thing = thing::of(&id, &endpoint.path, &cast).await;
        let mut everybody = Vec::new();
        for member in &cast.members {
            everybody.push((due(&endpoint, member, &thing, &world).await, member));
        }
        // Whoever is turned away changes nothing, so they come first.
        everybody.sort_by_key(|(due, _)| *due);
        for (due, member) in everybody {
            let answer = thing.ask(endpoint.method_name(), &member.client).await;
            asked += 1;
            if !fits(due, &answer) {
                wrong.push(format!("{id} as {}: {due:?} is due, not {} {}", member.name, answer.status, answer.text));
            }
            exposure.saw(&id, &member.name, &answer);
            if answer.status < 300 && endpoint.method_name() != "GET" {
                done.insert(id.clone());
            }
            if answer.status == 204 || (answer.status < 300 && endpoint.method_name() != "GET" && matches!(thing.about, About::Person(..)))
            {
                // What this one has taken away or settled is there again for the next.
                thing = thing::of(&id, &endpoint.path, &cast).await;
            }
        }
        // What is done to one's own account changes who one is.
        if matches!(thing.about, About::Own) {
            cast = Cast::new(&world).await;
        }
    }
    assert!(wrong.is_empty(), "{} of {asked} answers are not what the table says:\n{}", wrong.len(), wrong.join("\n"));
    assert!(exposure.shows("mergePersons"), "somebody can merge two records");
    assert!(asked > 3000, "only {asked} questions were asked");
    exposure.is_as_committed();
    assert!(done.len() > 100, "only {} operations that write were done", done.len());
    assert_eq!(unrecorded(&world, done).await, Vec::<String>::new(), "every write is in the audit log");
}

/// The operations among these of which the audit log has no entry that they were done.
async fn unrecorded(world: &World, done: BTreeSet<String>) -> Vec<String> {
    let work = move |tx: &mut Tx| -> Result<Vec<String>, StoreError> {
        let mut missing = Vec::new();
        for action in done {
            let mut found = false;
            for region in ["", support::world::COUNTY, support::world::OTHER_REGION] {
                let filter = Filter { region: region.to_owned(), action: Some(action.clone()), limit: 1, ..Filter::default() };
                found |= !search(tx, filter)?.is_empty();
            }
            if !found {
                missing.push(action);
            }
        }
        Ok(missing)
    };
    world.services.store.read(work).await.expect("the audit log can be read")
}

/// What the table says.
async fn due(endpoint: &Endpoint, member: &Member, thing: &Thing, world: &World) -> Due {
    let Some(action) = endpoint.action else { return Due::Open };
    let Some(actor) = &member.actor else { return Due::SignIn };
    if !may_ever(action, actor) {
        if actor.client.is_some() {
            return Due::NotOpen;
        }
        return if actor.person.is_none() && actor.grants.is_empty() { Due::Register } else { Due::Never };
    }
    let (own, manager) = (action.who().contains(&Who::Own), action.who().contains(&Who::Manager));
    let holds = |place: &str| may_in(action, actor, &support::world::code(place));
    let (allowed, otherwise) = match &thing.about {
        About::Own => return Due::Own,
        About::Nothing => (true, Due::Hidden),
        About::Place(place) => (holds(place), Due::Hidden),
        About::Region(region) => (scopes(action, actor).iter().any(|scope| support::world::code(region).covers(scope)), Due::Hidden),
        About::Person(person, place) => (holds(place) || (own && actor.person == Some(*person)), Due::Hidden),
        About::Organisation(team, place) => (holds(place) || (manager && actor.manages().contains(team)), Due::NotYours),
        About::Role(place) => (holds(place), Due::NotYours),
        About::Order(id) => return of_order(action, actor, *id, world).await,
        About::Held(order) => (of_order(action, actor, *order, world).await == Due::Allowed, Due::Hidden),
    };
    if allowed { Due::Allowed } else { otherwise }
}

/// What the table says of a step or another thing to do with an order, for somebody who may do it to some order.
async fn of_order(action: Action, actor: &Arc<Actor>, id: uuid::Uuid, world: &World) -> Due {
    let who = Arc::clone(actor);
    let loaded = world.services.store.read::<_, StoreError>(move |tx| match orders::load(tx, id, &who) {
        Ok(loaded) => Ok(Some(loaded)),
        Err(StoreError::Missing) => Ok(None),
        Err(error) => Err(error),
    });
    let Some(loaded) = loaded.await.expect("the order can be loaded") else { return Due::Hidden };
    let stands = |who: &Who| match who {
        Who::Party(party) => loaded.acting.is(*party),
        Who::Anyone | Who::Public => true,
        Who::Client(_) => client_may(action, actor, &[&loaded.order.division, &loaded.order.handler]),
        Who::Own | Who::Manager | Who::Officer | Who::Role(_) => false,
    };
    if action == Action::ReadOrder || action.who().iter().any(stands) { Due::Allowed } else { Due::NotYours }
}

fn fits(due: Due, answer: &Answer) -> bool {
    let code = answer.body["code"].as_str().unwrap_or_default();
    // Four eyes are not a matter of roles.
    let turned_away = code == "unauthenticated" || (answer.status == 403 && code != "second_person_needed");
    match due {
        Due::SignIn => answer.status == 401 && code == "unauthenticated",
        Due::Never => answer.status == 403 && code == "forbidden",
        Due::NotOpen => answer.status == 403 && code == "insufficient_scope",
        Due::Register => answer.status == 409 && code == "person_required",
        // Who is nobody as a person and names no organisation is told so before the order is looked for.
        // And a place that is named in a body is told to be unknown.
        Due::Hidden => {
            let unknown = answer.status == 422 && answer.body["errors"][0]["code"] == "unknown_division";
            unknown || (answer.status == 404 && code == "not_found") || (answer.status == 409 && code == "person_required")
        }
        Due::NotYours => answer.status == 403 && matches!(code, "step_not_yours" | "forbidden"),
        Due::Allowed => answer.status < 500 && !turned_away && answer.status != 404,
        Due::Own => answer.status < 500 && !turned_away,
        Due::Open => answer.status < 500 && answer.status != 403,
    }
}
