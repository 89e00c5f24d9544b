//! Reading JSON whose objects name each member once.

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::characters::enter;
use crate::problem::{Code, Problem, Rule};

/// Reads JSON in which no object has two members of one name: which of them counts, each reader would decide for itself.
pub(super) fn unrepeated(bytes: &[u8]) -> Result<Value, Problem> {
    let malformed = |error| Problem::from(Code::Malformed).because(error);
    let (mut seen, mut reader) = (Seen::default(), serde_json::Deserializer::from_slice(bytes));
    let value = Members(&mut seen).deserialize(&mut reader).map_err(malformed)?;
    reader.end().map_err(malformed)?;
    seen.repeated.map_or(Ok(value), |at| Err(Problem::field(at, Rule::Duplicates)))
}

/// Where a reader is, and the first member that it has met twice.
#[derive(Default)]
struct Seen {
    at: String,
    repeated: Option<String>,
}

/// Any value, whose members are watched.
struct Members<'a>(&'a mut Seen);

impl<'de> DeserializeSeed<'de> for Members<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut read = Vec::new();
        loop {
            let before = enter(&mut self.0.at, &read.len().to_string());
            let item = items.next_element_seed(Members(self.0))?;
            self.0.at.truncate(before);
            match item {
                Some(item) => read.push(item),
                None => return Ok(Value::Array(read)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut read = serde_json::Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let before = enter(&mut self.0.at, &name);
            let member = members.next_value_seed(Members(self.0))?;
            if read.insert(name, member).is_some() && self.0.repeated.is_none() {
                self.0.repeated = Some(self.0.at.clone());
            }
            self.0.at.truncate(before);
        }
        Ok(Value::Object(read))
    }
}
