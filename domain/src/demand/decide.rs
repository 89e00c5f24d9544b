use chrono_tz::Tz;
use uuid::Uuid;

use super::{Category, DemandPolicy, DemandState, DemandStep, DropReason, Fate, Item, Source, Subject, Vulnerability};
use crate::Timestamp;
use crate::days::end_of_day_after;
use crate::order::{Group, Urgency};
use crate::region::DivisionCode;
use crate::vocabulary::Vocabulary as _;

/// What the rules need besides the item.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The policy in force.
    pub policy: &'a DemandPolicy,
    /// The region's time zone.
    pub zone: Tz,
    /// Now.
    pub now: Timestamp,
}

/// A need that is to be entered.
#[derive(Clone, Debug)]
pub struct Entering {
    /// The id that it gets.
    pub id: Uuid,
    /// The region.
    pub region: DivisionCode,
    /// The grid or community.
    pub division: DivisionCode,
    /// The group.
    pub group: Group,
    /// Whose need it is.
    pub subject: Subject,
    /// What is needed.
    pub category: Category,
    /// How pressing it is.
    pub urgency: Urgency,
    /// What makes the person need more attention.
    pub tags: Vec<Vulnerability>,
    /// How it came to be known.
    pub source: Source,
    /// The ticket of another system.
    pub external_ref: Option<String>,
    /// The account that enters it.
    pub found_by: Uuid,
}

/// What of an item is changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// How pressing it is.
    pub urgency: Urgency,
    /// What makes the person need more attention.
    pub tags: Vec<Vulnerability>,
}

/// What is to happen to an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// The same is reported again: it is at least as pressing as that one says.
    Join {
        /// What is said of it.
        said: Edit,
        /// Whether nobody has heard of it from this person before.
        voice: bool,
        /// Whether somebody of the staff has looked.
        looked: bool,
    },
    /// Somebody has looked.
    Verify,
    /// What is known of it changes.
    Edit(Edit),
    /// The person is in another group since a birthday.
    Regroup(Group),
    /// An order serves it.
    Order(Uuid),
    /// A care plan serves it.
    Plan,
    /// What follows from its order, or from a visit of its care plan.
    Follow(Fate),
    /// Its care plan is over: what follows from the last visit that was served, whose order is kept with it.
    Unplan {
        /// The order of that visit.
        order: Option<Uuid>,
        /// What follows.
        fate: Fate,
    },
    /// It is taken off the list.
    Drop(DropReason),
    /// It is needed again.
    Reopen,
}

impl Command {
    /// The step that it is; `None` where only the link to an order changes.
    #[must_use]
    pub const fn step(&self) -> Option<DemandStep> {
        match self {
            Self::Join { .. } => Some(DemandStep::Join),
            Self::Verify => Some(DemandStep::Verify),
            Self::Edit(_) => Some(DemandStep::Edit),
            Self::Regroup(_) => Some(DemandStep::Regroup),
            Self::Order(_) => Some(DemandStep::Order),
            Self::Plan => Some(DemandStep::Plan),
            Self::Follow(fate) | Self::Unplan { fate, .. } => fate.step,
            Self::Drop(_) => Some(DemandStep::Drop),
            Self::Reopen => Some(DemandStep::Reopen),
        }
    }
}

/// What a command leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The item afterwards.
    pub item: Item,
    /// What happened; `None` where only the link to an order changed.
    pub step: Option<DemandStep>,
    /// The group on whose list it stood before, where that is another.
    pub left: Option<Group>,
}

/// Which rule stands against a command.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not from where it stands.
    #[error("{step} is not possible from {state}")]
    NotInState {
        /// The step.
        step: DemandStep,
        /// Where it stands.
        state: DemandState,
        /// What is possible instead.
        allowed: Vec<DemandStep>,
    },
    /// Its last order is still under way, such as one that is being mended.
    #[error("its order is still under way")]
    OrderUnderWay,
}

/// The steps that people may take with an item now.
#[must_use]
pub fn allowed(item: &Item) -> Vec<DemandStep> {
    let possible = |step: &DemandStep| step.is_for_people() && step.from().contains(&item.state);
    let blocked = |step: &DemandStep| item.order_live && matches!(step, DemandStep::Order | DemandStep::Plan | DemandStep::Drop);
    DemandStep::ALL.iter().copied().filter(|step| possible(step) && !blocked(step)).collect()
}

/// Enters a need.
#[must_use]
pub fn enter(entering: &Entering, facts: &Facts<'_>) -> Decision {
    let tags = sorted(&entering.tags);
    let item = Item {
        id: entering.id,
        region: entering.region.clone(),
        division: entering.division.clone(),
        group: entering.group,
        subject: entering.subject,
        category: entering.category,
        urgency: entering.urgency,
        source: entering.source,
        external_ref: entering.external_ref.clone(),
        found_by: entering.found_by,
        state: DemandState::Open,
        version: 1,
        changed_at: facts.now,
        opened_at: facts.now,
        waiting_since: facts.now,
        verified_at: facts.now,
        verify_by: verify_by(facts, entering.group, entering.urgency, &tags, facts.now),
        tags,
        reopened: 0,
        voices: 1,
        order: None,
        order_live: false,
        served_at: None,
        ended_at: None,
        drop_reason: None,
        policy_version: facts.policy.version.clone(),
    };
    Decision { item, step: Some(DemandStep::Enter), left: None }
}

/// Decides on a command.
///
/// # Errors
/// [`Refusal`] names the rule.
pub fn decide(item: &Item, command: &Command, facts: &Facts<'_>) -> Result<Decision, Refusal> {
    let step = command.step();
    if let Some(step) = step {
        check(item, step, command)?;
    }
    let now = facts.now.max(item.changed_at);
    let mut after = Item { changed_at: now, policy_version: facts.policy.version.clone(), ..item.clone() };
    if let Some(step) = step {
        after.version += 1;
        enter_state(&mut after, step, now);
    }
    apply(&mut after, command, now);
    after.verify_by = verify_by(facts, after.group, after.urgency, &after.tags, after.verified_at);
    let left = (after.group != item.group).then_some(item.group);
    Ok(Decision { item: after, step, left })
}

/// Takes an item off the list whose person is gone from the records: erased, or one with another record. It asks for nothing, since
/// nobody is left to serve under this name.
#[must_use]
pub fn withdraw(item: &Item, reason: DropReason, now: Timestamp) -> Decision {
    let now = now.max(item.changed_at);
    let mut after = Item { changed_at: now, version: item.version + 1, order_live: false, ..item.clone() };
    enter_state(&mut after, DemandStep::Drop, now);
    after.drop_reason = Some(reason);
    Decision { item: after, step: Some(DemandStep::Drop), left: None }
}

fn check(item: &Item, step: DemandStep, command: &Command) -> Result<(), Refusal> {
    if !step.from().contains(&item.state) {
        return Err(Refusal::NotInState { step, state: item.state, allowed: allowed(item) });
    }
    let of_its_own = matches!(command, Command::Follow(_) | Command::Unplan { .. });
    if item.order_live && !of_its_own && matches!(step, DemandStep::Order | DemandStep::Plan | DemandStep::Drop) {
        return Err(Refusal::OrderUnderWay);
    }
    Ok(())
}

/// What entering a state means, whatever led there.
fn enter_state(after: &mut Item, step: DemandStep, now: Timestamp) {
    let Some(state) = step.to() else { return };
    after.state = state;
    match state {
        DemandState::Open => {
            after.reopened += 1;
            after.waiting_since = now;
            after.ended_at = None;
            after.drop_reason = None;
        }
        DemandState::Planned => {}
        DemandState::Served => after.served_at = after.served_at.or(Some(now)),
        DemandState::Closed | DemandState::Dropped => after.ended_at = Some(now),
    }
}

fn apply(after: &mut Item, command: &Command, now: Timestamp) {
    match command {
        Command::Join { said, voice, looked } => {
            after.voices = after.voices.saturating_add(i32::from(*voice));
            after.urgency = after.urgency.max(said.urgency);
            after.tags = sorted(&[after.tags.as_slice(), &said.tags].concat());
            if *looked {
                after.verified_at = now;
            }
        }
        Command::Verify => after.verified_at = now,
        Command::Reopen => {
            after.verified_at = now;
            after.order_live = false;
        }
        Command::Edit(edit) => {
            after.urgency = edit.urgency;
            after.tags = sorted(&edit.tags);
        }
        Command::Regroup(group) => after.group = *group,
        Command::Order(order) => (after.order, after.order_live) = (Some(*order), true),
        Command::Plan => (after.order, after.order_live) = (None, true),
        Command::Unplan { order, fate } => (after.order, after.order_live) = (*order, fate.order_live),
        Command::Follow(fate) => after.order_live = fate.order_live,
        Command::Drop(reason) => after.drop_reason = Some(*reason),
    }
}

fn verify_by(facts: &Facts<'_>, group: Group, urgency: Urgency, tags: &[Vulnerability], verified: Timestamp) -> Timestamp {
    end_of_day_after(verified, facts.policy.verify_after(group, urgency, tags), facts.zone)
}

/// Each once, in the order of the vocabulary: the same tags are the same text.
fn sorted(tags: &[Vulnerability]) -> Vec<Vulnerability> {
    Vulnerability::ALL.iter().copied().filter(|tag| tags.contains(tag)).collect()
}
