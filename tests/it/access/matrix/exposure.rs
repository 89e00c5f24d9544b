//! Which fields everybody is shown: a change of this list must be meant.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;
use support::Answer;

/// The fields of an answer that say something, as paths.
type Fields = BTreeSet<String>;

/// The fields that each operation shows to each member.
#[derive(Default)]
pub(crate) struct Exposure(BTreeMap<String, BTreeMap<String, Fields>>);

impl Exposure {
    /// Notes what an answer shows.
    pub(crate) fn saw(&mut self, operation: &str, member: &str, answer: &Answer) {
        if (200..300).contains(&answer.status) {
            let fields = self.0.entry(operation.to_owned()).or_default().entry(member.to_owned()).or_default();
            walk(&answer.body, "", fields);
        }
    }

    /// Whether an operation has succeeded for anybody.
    pub(crate) fn shows(&self, operation: &str) -> bool {
        self.0.contains_key(operation)
    }

    /// Compares with the committed list.
    ///
    /// # Panics
    /// They differ.
    pub(crate) fn is_as_committed(&self) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("it/access/matrix/exposure.txt");
        let shown = self.to_string();
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&path, &shown).expect("the list can be written");
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        let changed: Vec<String> = lines_of_one(&committed, &shown, '-').chain(lines_of_one(&shown, &committed, '+')).collect();
        assert!(
            changed.is_empty(),
            "other fields are shown than {} says. If that is meant: UPDATE_DOCS=1 cargo test -p linli-tests --test it matrix::sqlite\n{}",
            path.display(),
            changed.join("\n")
        );
    }
}

impl std::fmt::Display for Exposure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "Which fields who is shown, as the tests of the permissions saw it.")?;
        let everybody = self.0.values().map(BTreeMap::len).max().unwrap_or_default();
        for (operation, members) in &self.0 {
            writeln!(f, "\n{operation}")?;
            let mut all = members.values();
            let first = all.next().cloned().unwrap_or_default();
            let common = all.fold(first, |common, fields| common.intersection(fields).cloned().collect());
            writeln!(f, "  all: {}", list(&common))?;
            let mut more: BTreeMap<String, Vec<&str>> = BTreeMap::new();
            for (member, fields) in members {
                more.entry(list(&fields.difference(&common).cloned().collect())).or_default().push(member);
            }
            for (fields, members) in more {
                let who = if members.len() == everybody { "everybody".to_owned() } else { members.join("; ") };
                writeln!(f, "  {who}: {}", if fields.is_empty() { "no more" } else { &fields })?;
            }
        }
        Ok(())
    }
}

fn list(fields: &Fields) -> String {
    let mut text = String::new();
    for field in fields {
        write!(text, "{}{field}", if text.is_empty() { "" } else { ", " }).expect("a text can be written to");
    }
    text
}

fn walk(value: &Value, at: &str, fields: &mut Fields) {
    match value {
        Value::Null => {}
        Value::Object(object) => object.iter().for_each(|(name, value)| {
            walk(value, &if at.is_empty() { name.clone() } else { format!("{at}.{name}") }, fields);
        }),
        Value::Array(items) => items.iter().for_each(|item| walk(item, &format!("{at}[]"), fields)),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            fields.insert(at.to_owned());
        }
    }
}

fn lines_of_one<'a>(one: &'a str, other: &'a str, sign: char) -> impl Iterator<Item = String> + 'a {
    let other: BTreeSet<&str> = other.lines().collect();
    one.lines().filter(move |line| !other.contains(line)).map(move |line| format!("{sign} {line}"))
}
