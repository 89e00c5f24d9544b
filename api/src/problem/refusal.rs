//! What a caller is told when a rule of the order loop stands against a step.

use domain::dispatch::Ineligible;
use domain::language::Language;
use domain::order::{Refusal, Step};
use domain::person::{ConsentGiver, ConsentKind, ErasureObstacle, MissingConsent, UnmaskField, UnmaskRefusal};
use domain::vocabulary::Vocabulary;

use super::{Code, FieldError, Problem, Rule};

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let because = refusal.to_string();
        answer(refusal).because(because)
    }
}

impl From<UnmaskRefusal> for Problem {
    fn from(refusal: UnmaskRefusal) -> Self {
        let because = refusal.to_string();
        let problem = match refusal {
            UnmaskRefusal::OutOfReach => Self::from(Code::NotFound),
            UnmaskRefusal::OrderMismatch => Self::field("/order", Rule::OrderMismatch),
            UnmaskRefusal::NoLiveReason => Self::from(Code::NoLiveReason),
            UnmaskRefusal::NotNeeded(field) => Self::field_with("/fields", Rule::NotNeeded, vec![field.as_str().to_owned()]),
            UnmaskRefusal::ApprovalNeeded => Self::from(Code::ApprovalNeeded),
        };
        problem.because(because)
    }
}

impl From<MissingConsent> for Problem {
    fn from(missing: MissingConsent) -> Self {
        let words = vec![missing.kind.as_str().to_owned(), missing.giver.as_str().to_owned()];
        let mut problem = Self::from(Code::ConsentMissing).because(missing);
        problem.facts.errors = vec![FieldError { pointer: String::new(), rule: Rule::MissingConsent, words }];
        problem
    }
}

fn answer(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::NotInState { state, allowed, .. } => {
            let mut problem = Problem::from(Code::StepNotAllowed);
            problem.facts.state = Some(state);
            problem.facts.allowed = Some(allowed);
            problem
        }
        Refusal::TooEarly { from } => {
            let mut problem = Problem::from(Code::TooEarly);
            problem.facts.from = Some(from);
            problem
        }
        Refusal::NotYours { .. } | Refusal::NotAParty { .. } => Code::StepNotYours.into(),
        Refusal::Bound { .. } => Code::BindingDecision.into(),
        Refusal::DecisionDue { .. } => Code::DecisionDue.into(),
        Refusal::AppealClosed => Code::AppealClosed.into(),
        Refusal::NoDecisionDue => Code::NoDecisionDue.into(),
        Refusal::NotTriaged => Code::NotTriaged.into(),
        Refusal::SelfDispatch | Refusal::SecondPersonNeeded => Code::SecondPersonNeeded.into(),
        Refusal::NoOpenOffer | Refusal::NotDue => Code::NoOpenOffer.into(),
        Refusal::AlreadyOffered { .. } => Code::AlreadyOffered.into(),
        Refusal::ReviewClosed => Code::ReviewClosed.into(),
        Refusal::AtRoot => Code::AtRoot.into(),
        Refusal::AlreadyProposed => Code::AlreadyProposed.into(),
        Refusal::ExclusionState => Code::ExclusionState.into(),
        Refusal::NotEligible { offer, rules } => not_eligible(offer, &rules),
        Refusal::WrongDivision => Problem::field("/to", Rule::WrongDivision),
        Refusal::NeedsTeam { needed } => Problem::field_with("/takers", Rule::NeedsTeam, vec![needed.to_string()]),
        Refusal::WrongMembers { needed, named } => {
            Problem::field_with("/members", Rule::WrongMembers, vec![needed.to_string(), named.to_string()])
        }
        Refusal::WrongTime => Problem::field("/start", Rule::WrongTime),
        Refusal::WrongProof => Problem::field("/proof", Rule::WrongProof),
        Refusal::ProofNotPossible => Problem::field("/proof", Rule::ProofNotPossible),
        Refusal::WrongReason { step, .. } => {
            let fitting: Vec<&str> = step.reasons().iter().map(|reason| reason.as_str()).collect();
            Problem::field_with(format!("/{}", reason_of(step)), Rule::WrongReason, vec![fitting.join(", ")])
        }
        Refusal::OutOfRange { field, min, max } => {
            Problem::field_with(format!("/{field}"), Rule::OutOfRange, vec![min.to_string(), max.to_string()])
        }
        Refusal::WrongPayment { field } => Problem::field(format!("/{field}"), Rule::WrongPayment),
        Refusal::WrongReviewChannel => Problem::field("/channel", Rule::WrongReviewChannel),
        Refusal::BasisRequired => Problem::field("/basis", Rule::BasisRequired),
        Refusal::TicketMismatch => Problem::field("/external_ref", Rule::TicketMismatch),
        Refusal::ContactAnswers => Problem::field("/solved", Rule::ContactAnswers),
        Refusal::OwnNoShow => Problem::field("/absent", Rule::OwnNoShow),
    }
}

/// The field of a request in which the reason for a step is given.
#[must_use]
pub const fn reason_of(step: Step) -> &'static str {
    if matches!(step, Step::Mend) { "how" } else { "reason" }
}

/// The words of a broken rule in the caller's language: those that are values of a vocabulary by their labels.
pub(super) fn in_language(error: &FieldError, language: Language) -> Vec<String> {
    fn label<V: Vocabulary>(word: &str, language: Language) -> Option<String> {
        V::from_text(word).map(|value| value.label(language).to_owned())
    }
    let translated = |word: &String| match error.rule {
        Rule::NotEligible => label::<Ineligible>(word, language).map(|label| format!("{label} ({word})")),
        Rule::OpenMatter => label::<ErasureObstacle>(word, language),
        Rule::NotNeeded => label::<UnmaskField>(word, language),
        Rule::MissingConsent => label::<ConsentKind>(word, language).or_else(|| label::<ConsentGiver>(word, language)),
        _ => None,
    };
    error.words.iter().map(|word| translated(word).unwrap_or_else(|| word.clone())).collect()
}

/// Every rule of the light cavalry that somebody does not meet.
pub fn not_for_cavalry(rules: &[Ineligible]) -> Problem {
    let error =
        |rule: &Ineligible| FieldError { pointer: "/person".to_owned(), rule: Rule::NotEligible, words: vec![rule.as_str().to_owned()] };
    let mut problem = Problem::from(Code::NotForCavalry);
    problem.facts.errors = rules.iter().map(error).collect();
    problem
}

/// Every rule that the taker does not meet, at the taker's place in the request.
fn not_eligible(offer: Option<usize>, rules: &[Ineligible]) -> Problem {
    let pointer = offer.map_or_else(|| "/taker".to_owned(), |index| format!("/takers/{index}"));
    let error = |rule: &Ineligible| FieldError { pointer: pointer.clone(), rule: Rule::NotEligible, words: vec![rule.as_str().to_owned()] };
    let mut problem = Problem::from(Code::TakerNotEligible);
    problem.facts.errors = rules.iter().map(error).collect();
    problem
}
