//! What a caller is told when a rule of the order loop stands against a step.

use domain::dispatch::Ineligible;
use domain::language::Language;
use domain::order::Refusal;
use domain::vocabulary::Vocabulary;

use super::{Code, FieldError, Problem, Rule};

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let because = refusal.to_string();
        answer(refusal).because(because)
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
        Refusal::WrongReason { .. } => Problem::field("/reason", Rule::WrongReason),
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

/// The words of a broken rule in the caller's language: why a taker is not eligible is a value of a vocabulary.
pub(super) fn in_language(error: &FieldError, language: Language) -> Vec<String> {
    let label = |word: &String| {
        let rule = Ineligible::from_text(word).filter(|_| error.rule == Rule::NotEligible);
        rule.map_or_else(|| word.clone(), |rule| format!("{} ({})", rule.label(language), rule.as_str()))
    };
    error.words.iter().map(label).collect()
}

/// Every rule that the taker does not meet, at the taker's place in the request.
fn not_eligible(offer: Option<usize>, rules: &[Ineligible]) -> Problem {
    let pointer = offer.map_or_else(|| "/taker".to_owned(), |index| format!("/takers/{index}"));
    let error = |rule: &Ineligible| FieldError { pointer: pointer.clone(), rule: Rule::NotEligible, words: vec![rule.as_str().to_owned()] };
    let mut problem = Problem::from(Code::TakerNotEligible);
    problem.facts.errors = rules.iter().map(error).collect();
    problem
}
