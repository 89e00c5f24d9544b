//! Asks WeChat, outside of any transaction. A check that is taken on is left alone by others until its next attempt is due; if the
//! process ends meanwhile, it is taken on again then. So each is made at least once, and what comes twice changes nothing.

use std::cell::Cell;
use std::time::Duration;

use actix_web::web;
use chrono::TimeDelta;
use domain::content::{ContentPolicy, Obstacle, Step};
use domain::order::TextKind;
use futures_util::StreamExt;
use persistence::content::{self, Check, Verdict, What};
use persistence::{Tx, identity, photo};
use uuid::Uuid;

use crate::order::photo_address;
use crate::problem::{Fault, Problem};
use crate::services::Services;
use crate::wechat::{CONTENT_CHARACTERS, Found, Scene, Suggest, WechatError};

/// How often the worker looks without being told.
const EVERY: Duration = Duration::from_secs(5);

/// Checks that one look takes on.
const BATCH: i64 = 64;

/// Calls at once; with WeChat's answers of a tenth of a second that stays below its 4,000 a minute.
const AT_ONCE: usize = 4;

/// How long a verdict is kept whose number nobody knows.
const VERDICTS_KEPT: TimeDelta = TimeDelta::days(1);

/// Runs until the process ends, in every replica.
pub async fn run(services: web::Data<Services>) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = services.content.kicked() => {}
        }
        if let Err(problem) = turn(&services).await {
            tracing::warn!(code = problem.code.as_str(), cause = problem.cause(), "the content check was interrupted");
        }
    }
}

/// Makes every check that is due. Stops where WeChat does not answer: what is left is tried at the next look.
///
/// # Errors
/// The database's.
pub async fn turn(services: &Services) -> Result<(), Problem> {
    loop {
        let due = services.store.read::<_, Fault>(|tx| Ok(content::due(tx, BATCH)?)).await?;
        let more = i64::try_from(due.len()).is_ok_and(|count| count == BATCH);
        let answered = if services.content.asks { make_all(services, due).await? } else { leave_to_staff(services, due).await? };
        if !answered || !more {
            return Ok(());
        }
    }
}

/// Makes these checks, a few at once; whether WeChat answered all along.
async fn make_all(services: &Services, due: Vec<Uuid>) -> Result<bool, Problem> {
    let stopped = Cell::new(false);
    let taken = futures_util::stream::iter(due).take_while(|_| std::future::ready(!stopped.get()));
    let mut making = taken.map(|id| make(services, id)).buffer_unordered(AT_ONCE);
    while let Some(made) = making.next().await {
        if made? == Made::NoAnswer {
            stopped.set(true);
        }
    }
    Ok(!stopped.get())
}

/// Settles checks that nobody will be asked about: that never has to wait for anybody.
async fn leave_to_staff(services: &Services, due: Vec<Uuid>) -> Result<bool, Problem> {
    if due.is_empty() {
        return Ok(true);
    }
    let settle_all = move |tx: &mut Tx| -> Result<(), Fault> {
        let photos = content::give_up_texts(tx, &due, Obstacle::NotSetUp)?;
        photos.into_iter().try_for_each(|id| take_on(tx, id, false, false).map(drop))
    };
    services.store.write(settle_all).await?;
    Ok(true)
}

/// Forgets verdicts that nobody waits for, and signatures that are too old to be taken.
///
/// # Errors
/// The database's.
pub fn sweep(tx: &mut Tx) -> Result<(), Fault> {
    let before = tx.now() - VERDICTS_KEPT;
    content::sweep_verdicts(tx, before)?;
    content::sweep_heard(tx)?;
    Ok(())
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Made {
    /// Settled, or its verdict is awaited, or somebody else has it.
    Done,
    /// WeChat is not there, or asks for fewer calls.
    NoAnswer,
}

/// What a claimed check needs next.
enum Next {
    /// Nothing.
    Nothing,
    /// To be asked about a text.
    Text { check: Check, openid: String, text: String },
    /// To be asked about a photo.
    Photo { check: Check, openid: String, photo: Uuid },
}

async fn make(services: &Services, id: Uuid) -> Result<Made, Problem> {
    let (asks, hears) = (services.content.asks, services.content.messages.is_some());
    match services.store.write(move |tx| take_on(tx, id, asks, hears)).await? {
        Next::Nothing => Ok(Made::Done),
        Next::Text { check, openid, text } => {
            let answered = judge(services, &openid, scene(&check), &text).await;
            let (check, asked) = (check.clone(), answered.map(verdict));
            conclude(services, check, asked).await
        }
        Next::Photo { check, openid, photo } => {
            let until = services.store.clock().now() + TimeDelta::minutes(i64::from(ContentPolicy::default().address_minutes));
            let url = format!("{}{}", services.content.public, photo_address(&services.store, photo, until));
            match services.wechat.check_photo(&openid, scene(&check), &url).await {
                Ok(trace) => {
                    await_verdict(services, &check, trace).await?;
                    Ok(Made::Done)
                }
                Err(error) => conclude(services, check, Err(error)).await,
            }
        }
    }
}

/// Takes a check on and finds what it needs; settles it where WeChat cannot be asked.
fn take_on(tx: &mut Tx, id: Uuid, asks: bool, hears: bool) -> Result<Next, Fault> {
    let (policy, now) = (ContentPolicy::default(), tx.now());
    let until = |check: &Check| policy.next_try(check.what.kind(), check.created_at, check.attempts + 1, now);
    let Some(check) = content::claim(tx, id, until)? else { return Ok(Next::Nothing) };
    if let Some(trace) = check.trace.as_deref() {
        // Its verdict did not come in time.
        let late = content::take_verdict(tx, trace)?.unwrap_or_else(|| given_up(Obstacle::NoAnswer));
        content::settle(tx, &check, late)?;
        return Ok(Next::Nothing);
    }
    let text = match check.what {
        What::Text { .. } => content::subject_text(tx, &check)?,
        What::Photo(photo) => photo::exists(tx, photo)?.then(String::new),
    };
    let Some(text) = text else {
        content::drop_gone(tx, id)?;
        return Ok(Next::Nothing);
    };
    let able = asks && (hears || matches!(check.what, What::Text { .. }));
    let openid = identity::openid(tx, check.author)?;
    match (openid, check.what) {
        (Some(openid), What::Text { .. }) if able => Ok(Next::Text { check, openid, text }),
        (Some(openid), What::Photo(photo)) if able => Ok(Next::Photo { check, openid, photo }),
        (openid, _) => {
            let obstacle = if openid.is_none() { Obstacle::NoOpenid } else { Obstacle::NotSetUp };
            content::settle(tx, &check, given_up(obstacle))?;
            Ok(Next::Nothing)
        }
    }
}

/// Asks about a text in parts that WeChat takes; the worst finding counts.
async fn judge(services: &Services, openid: &str, scene: Scene, text: &str) -> Result<Found, WechatError> {
    let characters: Vec<char> = text.chars().collect();
    let mut worst = Found { suggest: Suggest::Pass, label: None };
    for part in characters.chunks(CONTENT_CHARACTERS) {
        let part: String = part.iter().collect();
        let found = services.wechat.check_text(openid, scene, &part).await?;
        if found.suggest > worst.suggest || worst.label.is_none() {
            worst = found;
        }
    }
    Ok(worst)
}

/// Keeps what came of asking. Where WeChat gave no answer the next attempt is due already, or the patience is over.
async fn conclude(services: &Services, check: Check, asked: Result<Verdict, WechatError>) -> Result<Made, Problem> {
    let (verdict, made) = match asked {
        Ok(verdict) => (verdict, Made::Done),
        Err(WechatError::NotActive) => (given_up(Obstacle::NotActive), Made::Done),
        Err(_) => {
            let ends = ContentPolicy::default().patience_ends(check.what.kind(), check.created_at);
            if services.store.clock().now() < ends {
                return Ok(Made::NoAnswer);
            }
            (given_up(Obstacle::NoAnswer), Made::NoAnswer)
        }
    };
    services.store.write::<_, Fault>(move |tx| settle(tx, check.id, verdict)).await?;
    Ok(made)
}

/// Settles the check as it now is: somebody may have decided meanwhile.
pub(super) fn settle(tx: &mut Tx, id: Uuid, verdict: Verdict) -> Result<(), Fault> {
    let check = content::load(tx, id)?;
    content::settle(tx, &check, verdict)?;
    Ok(())
}

/// Keeps the number of a photo's verdict, which may have come already.
async fn await_verdict(services: &Services, check: &Check, trace: String) -> Result<(), Problem> {
    let (id, kind) = (check.id, check.what.kind());
    let keep = move |tx: &mut Tx| -> Result<(), Fault> {
        // However late it was asked, WeChat has its time from then on.
        let until = ContentPolicy::default().patience_ends(kind, tx.now());
        content::keep_trace(tx, id, &trace, until)?;
        match content::take_verdict(tx, &trace)? {
            Some(verdict) => settle(tx, id, verdict),
            None => Ok(()),
        }
    };
    Ok(services.store.write(keep).await?)
}

fn scene(check: &Check) -> Scene {
    match check.what {
        What::Text { kind: TextKind::Review, .. } => Scene::Comment,
        What::Text { .. } | What::Photo(_) => Scene::Post,
    }
}

/// What WeChat's finding means for a check.
pub(super) fn verdict(found: Found) -> Verdict {
    let step = match found.suggest {
        Suggest::Pass => Step::Pass,
        Suggest::Review => Step::Flag,
        Suggest::Risky => Step::Condemn,
    };
    Verdict { step, label: found.label, obstacle: None }
}

pub(super) const fn given_up(obstacle: Obstacle) -> Verdict {
    Verdict { step: Step::GiveUp, label: None, obstacle: Some(obstacle) }
}
