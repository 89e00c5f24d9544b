//! Filling an empty database.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::Timestamp;
use persistence::{Clock, Store, Tx, identity, secret};

use super::manifest::{self, Cast, Manifest};
use super::regions::{DIVISIONS, SCRIPTS, Script, code};
use super::teller::Teller;
use super::{
    appointments, apprenticeships, care, catalogue, cavalry, imports, needs, partnerships, people, sites, social_workers, training,
};
use crate::cli::import::{bar, load_divisions, read_divisions};
use crate::cli::serve::{self, LocalWechat};
use crate::cli::stop::Stop;
use crate::identity::hash_password;
use crate::problem::Fault;
use crate::services::Services;
use crate::settings::Settings;

/// What the demo data is made on.
pub(super) struct Ground<'a> {
    /// The database, under the clock.
    pub(super) store: Store,
    /// The clock, which is set to the days in which things happened.
    pub(super) clock: Clock,
    /// The present moment.
    pub(super) now: Timestamp,
    /// Tells the openids under which people will sign in.
    pub(super) wechat: &'a LocalWechat,
    /// The settings.
    pub(super) settings: &'a Settings,
}

impl Ground<'_> {
    /// Sets the clock to so many days before the demo begins.
    pub(super) fn set_days_ago(&self, days: i64) {
        self.clock.advance(self.now - TimeDelta::days(days) - self.clock.now());
    }
}

/// Everybody was written down so many days before the demo begins.
const KNOWN_FOR_DAYS: i64 = 60;

/// The password of all staff of a demo: made from its key, so that it can be told again at each start.
pub(super) fn staff_password(store: &Store) -> String {
    secret::hex(&store.keys().sign("demo-password", b"staff")).chars().take(20).collect()
}

/// Makes everything and remembers it; the fact comes last, so that what is incomplete is known as such.
pub(super) async fn fill(ground: &Ground<'_>) -> Result<Manifest, Stop> {
    ground.clock.advance(TimeDelta::days(-KNOWN_FOR_DAYS));
    let rows = read_divisions(DIVISIONS.as_bytes()).map_err(Stop::failed)?;
    let outcome = load_divisions(&ground.store, rows).await?;
    if !outcome.refused.is_empty() {
        return Err(Stop::failed(format!("{} divisions of the program were refused", outcome.refused.len())));
    }
    let mut manifest = Manifest::default();
    for script in &SCRIPTS {
        let cast = populate(ground, script).await?;
        manifest.0.insert(cast.region.to_string(), cast);
    }
    tell(ground, &manifest).await?;
    needs::enter_all(ground, &mut manifest).await?;
    training::hold_all(ground, &manifest).await?;
    social_workers::register_all(ground, &manifest).await?;
    appointments::keep_all(ground, &manifest).await?;
    care::plan_all(ground, &manifest).await?;
    partnerships::agree_all(ground, &manifest).await?;
    cavalry::ride_all(ground, &manifest).await?;
    apprenticeships::teach_all(ground, &manifest).await?;
    ground.set_days_ago(0);
    imports::hand_in_all(ground, &manifest).await?;
    let text = manifest.to_text()?;
    ground.store.write::<_, Fault>(move |tx| Ok(identity::set_fact_once(tx, manifest::FACT, &text)?)).await?;
    Ok(manifest)
}

/// A region with its catalogue and everybody in it, in one transaction.
async fn populate(ground: &Ground<'_>, script: &'static Script) -> Result<Cast, Stop> {
    let published = Arc::new(script.read()?);
    let community = script.place(2)?;
    let empty = Cast {
        region: published.region.clone(),
        county: script.place(0)?,
        township: script.place(1)?,
        grid: code(&format!("{community}001"))?,
        community,
        neighbour: script.place(3)?,
        accounts: Default::default(),
        persons: Default::default(),
        organisations: Default::default(),
        crafts: Default::default(),
        services: Default::default(),
        usernames: Default::default(),
        wechat_names: Default::default(),
        needs: Default::default(),
        sites: Default::default(),
    };
    let mut openids = Vec::new();
    let client = ground.wechat.client()?;
    for person in script.people.persons {
        let session = client.session(&format!("{}:demo", person.login)).await;
        openids.push(session.map_err(|error| Stop::failed(format!("the WeChat stand-in: {error}")))?.openid);
    }
    let hash = hash_password(&staff_password(&ground.store))?;
    let work = move |tx: &mut Tx| -> Result<Cast, Fault> {
        let mut cast = empty.clone();
        script.add(tx, &published)?;
        (cast.crafts, cast.services) = catalogue::add(tx, &cast.region, script.catalogue)?;
        people::add_staff(tx, &mut cast, script.people.staff, &hash)?;
        for (number, (person, openid)) in (1_u16..).zip(script.people.persons.iter().zip(&openids)) {
            let phone = format!("{}{number:02}", script.people.phones);
            people::add_person(tx, &mut cast, person, openid, &phone, number)?;
        }
        for organisation in script.people.organisations {
            people::add_organisation(tx, &mut cast, organisation)?;
        }
        cast.sites = sites::add(tx, &cast, script.sites)?;
        Ok(cast)
    };
    Ok(ground.store.write(work).await?)
}

/// Lets the orders happen, each on its days.
async fn tell(ground: &Ground<'_>, manifest: &Manifest) -> Result<(), Stop> {
    let photos = serve::photos(ground.settings)?;
    // Issues nothing: only the rules, the regions and the content check are needed here.
    let services = Services::new(ground.store.clone(), "demo", ground.wechat.client()?, photos).await?;
    let services = Arc::new(services.with_content(ground.wechat.desk()?));
    let mut stories = Vec::new();
    for script in &SCRIPTS {
        let region = script.read()?.region;
        let cast = manifest::named(&manifest.0, region.as_str())?;
        let cast = Arc::new(cast);
        let told = (script.stories)().into_iter();
        stories
            .extend(told.map(|story| (Teller { services: Arc::clone(&services), cast: Arc::clone(&cast), centre: script.centre }, story)));
    }
    // Ids follow the time at which an order was placed, and so do the lists.
    stories.sort_by_key(|(_, story)| std::cmp::Reverse(story.placed));
    let bar = bar(stories.len(), "orders");
    for (teller, story) in stories {
        teller.tell(&ground.clock, ground.now, story).await?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(())
}
