//! Checking a value against its schema in the contract, and what is wrong with it in our words.

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, RwLock};

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{JsonType, ValidationError, Validator};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::problem::{FieldError, Problem, Rule};

/// At most this many mistakes are told at once.
const ERRORS_TOLD: usize = 50;

static VALIDATORS: LazyLock<RwLock<HashMap<TypeId, Arc<Validator>>>> = LazyLock::new(RwLock::default);

/// Checks a value against the schema of `T` as the contract publishes it.
pub(super) fn check<T: ToSchema + 'static>(value: &Value, large: bool) -> Result<(), Problem> {
    let validator = validator::<T>()?;
    if validator.is_valid(value) {
        return Ok(());
    }
    // A large body that is wrong is told its first mistake only: to look for all of them costs more than it can be worth.
    if large {
        let first = validator.validate(value).err().map(|error| broken(&error, value)).unwrap_or_default();
        return Err(Problem::fields(first));
    }
    let mut errors: Vec<FieldError> = validator.iter_errors(value).flat_map(|error| broken(&error, value)).take(ERRORS_TOLD).collect();
    errors.dedup();
    Err(Problem::fields(errors))
}

fn validator<T: ToSchema + 'static>() -> Result<Arc<Validator>, Problem> {
    let known = VALIDATORS.read().ok().and_then(|known| known.get(&TypeId::of::<T>()).cloned());
    if let Some(validator) = known {
        return Ok(validator);
    }
    let built = Arc::new(build::<T>().map_err(Problem::internal)?);
    if let Ok(mut known) = VALIDATORS.write() {
        known.insert(TypeId::of::<T>(), Arc::clone(&built));
    }
    Ok(built)
}

fn build<T: ToSchema>() -> Result<Validator, String> {
    let mut referred = Vec::new();
    T::schemas(&mut referred);
    let mut schema = serde_json::to_value(T::schema()).map_err(|error| error.to_string())?;
    let referred: serde_json::Map<String, Value> =
        referred.into_iter().filter_map(|(name, schema)| Some((name, serde_json::to_value(schema).ok()?))).collect();
    if let Some(object) = schema.as_object_mut() {
        object.insert("components".to_owned(), json!({ "schemas": referred }));
    }
    let options = jsonschema::options().with_draft(jsonschema::Draft::Draft202012).should_validate_formats(true);
    options.build(&schema).map_err(|error| error.to_string())
}

/// What a broken rule of a schema is called in a problem.
fn broken(error: &ValidationError<'_>, body: &Value) -> Vec<FieldError> {
    let at = error.instance_path().to_string();
    let one = |rule: Rule, words: Vec<String>| vec![FieldError { pointer: at.clone(), rule, words }];
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => unexpected
            .iter()
            .take(ERRORS_TOLD)
            .map(|name| FieldError { pointer: format!("{at}/{name}"), rule: Rule::UnknownField, words: Vec::new() })
            .collect(),
        // An object that takes no fields at all.
        ValidationErrorKind::FalseSchema => {
            let names = body.pointer(&at).and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name).take(ERRORS_TOLD);
            names.map(|name| FieldError { pointer: format!("{at}/{name}"), rule: Rule::UnknownField, words: Vec::new() }).collect()
        }
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            vec![FieldError { pointer: format!("{at}/{name}"), rule: Rule::Required, words: Vec::new() }]
        }
        ValidationErrorKind::MinLength { limit } if *limit == 1 => one(Rule::Required, Vec::new()),
        ValidationErrorKind::MinLength { limit } => one(Rule::TooShort, vec![limit.to_string()]),
        ValidationErrorKind::MaxLength { limit } => one(Rule::TooLong, vec![limit.to_string()]),
        ValidationErrorKind::MinItems { limit } => one(Rule::TooFew, vec![limit.to_string()]),
        ValidationErrorKind::MaxItems { limit } => one(Rule::TooMany, vec![limit.to_string()]),
        ValidationErrorKind::Minimum { limit } => one(Rule::TooSmall, vec![limit.to_string()]),
        ValidationErrorKind::Maximum { limit } => one(Rule::TooBig, vec![limit.to_string()]),
        ValidationErrorKind::UniqueItems => one(Rule::Duplicates, Vec::new()),
        ValidationErrorKind::Format { format } => one(Rule::WrongFormat, vec![format.clone()]),
        ValidationErrorKind::Pattern { pattern } => one(Rule::WrongFormat, vec![pattern.clone()]),
        ValidationErrorKind::Enum { options } => one(Rule::NotInList, vec![listed(options)]),
        ValidationErrorKind::Type { kind } => one(Rule::WrongType, vec![type_name(kind)]),
        // What may also be left out: what it must be where it is given.
        ValidationErrorKind::OneOfNotValid { context } | ValidationErrorKind::AnyOf { context } => {
            let given = context.iter().find(|errors| !errors.iter().any(|error| asks_for_nothing(error, &at)));
            given.map_or_else(|| one(Rule::NotReadable, Vec::new()), |errors| errors.iter().flat_map(|error| broken(error, body)).collect())
        }
        _ => one(Rule::NotReadable, Vec::new()),
    }
}

/// Whether a value was to be null.
fn asks_for_nothing(error: &ValidationError<'_>, at: &str) -> bool {
    matches!(error.kind(), ValidationErrorKind::Type { kind: TypeKind::Single(JsonType::Null) }) && error.instance_path().to_string() == at
}

fn listed(options: &Value) -> String {
    let texts = options.as_array().into_iter().flatten().map(|option| option.as_str().map_or_else(|| option.to_string(), str::to_owned));
    texts.collect::<Vec<_>>().join(", ")
}

fn type_name(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(kind) => kind.to_string(),
        TypeKind::Multiple(kinds) => kinds.iter().map(|kind| kind.to_string()).collect::<Vec<_>>().join(" | "),
    }
}
