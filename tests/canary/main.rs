//! Personal data and secrets go in over HTTP, as everybody gives them; then the whole database, byte by byte, and everything that
//! was logged at level debug are searched for them. None may be found, in whatever form.
//!
//! The log of a process is one, so this is a program of its own.

#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod life;
mod search;

use std::sync::Arc;

use support::{World, on_both};

use search::Form;

on_both! { nothing_personal_lies_about_in_plain }

async fn nothing_personal_lies_about_in_plain(world: Arc<World>) {
    search::listen();
    let canaries = life::lived(&world).await;
    let places = search::places(&world);
    assert!(places.iter().map(|place| place.bytes.len()).sum::<usize>() > 50_000, "the dump is not empty");
    let found = search::find(&canaries, &places);
    assert!(found.is_empty(), "personal data lies in plain: {found:#?}");
    the_search_finds_what_is_there(&world).await;
}

/// Whoever finds nothing must be able to find something: one canary is put into the database and into the log in plain, in every
/// form that is looked for.
async fn the_search_finds_what_is_there(world: &World) {
    let canary = "金丝雀在此".to_owned();
    for form in Form::ALL {
        let planted = String::from_utf8_lossy(&form.of(&canary)).into_owned();
        tracing::debug!(planted, "on purpose");
        let name = format!("planted {form:?}");
        world.keep(move |tx| persistence::identity::set_fact_once(tx, &name, &planted).map(drop)).await;
    }
    let found = search::find(&[canary], &search::places(world));
    for form in Form::ALL {
        let rows = found.iter().filter(|found| found.form == form && found.place.contains("installation")).count();
        let logs = found.iter().filter(|found| found.form == form && found.place == "log").count();
        assert!(rows > 0 && logs > 0, "{form:?} is not found where it is: {found:?}");
    }
}
