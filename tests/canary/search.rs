//! Where personal data could lie, and in which forms.

use std::io::Write;
use std::sync::{Mutex, Once, PoisonError};

use persistence::{Location, tools};
use support::World;

/// What was logged, by everything in this process.
static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Log;

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOG.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Begins to keep what is logged, at level debug.
pub(crate) fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let filter = tracing_subscriber::EnvFilter::new("debug");
        tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(|| Log).init();
    });
}

/// A form in which a text may lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// As it is.
    Plain,
    /// Its bytes in hexadecimal digits, as dumps show them.
    Hex,
    /// The same in capitals.
    HexCapitals,
    /// As JSON escapes it.
    Json,
    /// As addresses escape it.
    Percent,
    /// Base64, beginning at a group of three bytes, and one or two bytes later.
    Base64(u8),
}

impl Form {
    /// Every form.
    pub(crate) const ALL: [Self; 8] =
        [Self::Plain, Self::Hex, Self::HexCapitals, Self::Json, Self::Percent, Self::Base64(0), Self::Base64(1), Self::Base64(2)];

    /// What is looked for.
    pub(crate) fn of(self, text: &str) -> Vec<u8> {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        match self {
            Self::Plain => text.as_bytes().to_vec(),
            Self::Hex => hex(text.as_bytes()).into_bytes(),
            Self::HexCapitals => hex(text.as_bytes()).to_uppercase().into_bytes(),
            Self::Json => text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect::<String>().into_bytes(),
            Self::Percent => text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>().into_bytes(),
            Self::Base64(skipped) => {
                use base64::Engine as _;
                // Only whole groups look the same whatever stands before and after.
                let rest = text.as_bytes().get(usize::from(skipped)..).unwrap_or_default();
                let whole = rest.get(..rest.len() / 3 * 3).unwrap_or_default();
                base64::engine::general_purpose::STANDARD.encode(whole).into_bytes()
            }
        }
    }
}

/// Somewhere to look.
pub(crate) struct Place {
    name: String,
    pub(crate) bytes: Vec<u8>,
}

impl Place {
    /// Dumps and logs double what escapes; once is as good as twice.
    fn new(name: String, bytes: Vec<u8>) -> Self {
        let mut once: Vec<u8> = Vec::with_capacity(bytes.len());
        for byte in bytes {
            if byte != b'\\' || once.last() != Some(&b'\\') {
                once.push(byte);
            }
        }
        Self { name, bytes: once }
    }
}

/// What was found, and where.
#[derive(Debug)]
#[expect(dead_code, reason = "printed when something is found")]
pub(crate) struct Found {
    canary: String,
    pub(crate) form: Form,
    pub(crate) place: String,
}

/// Looks for texts in every form.
pub(crate) fn find(canaries: &[String], places: &[Place]) -> Vec<Found> {
    let wanted: Vec<(&String, Form)> = canaries.iter().flat_map(|canary| Form::ALL.map(|form| (canary, form))).collect();
    let patterns: Vec<Vec<u8>> = wanted.iter().map(|(canary, form)| form.of(canary)).collect();
    let short = wanted.iter().zip(&patterns).find(|(_, pattern)| pattern.len() < 8);
    assert!(short.is_none(), "too short to be told from chance: {short:?}");
    let search = aho_corasick::AhoCorasick::new(&patterns).expect("patterns");
    let mut found = Vec::new();
    for place in places {
        let hits: std::collections::BTreeSet<usize> =
            search.find_overlapping_iter(&place.bytes).map(|hit| hit.pattern().as_usize()).collect();
        for (canary, form) in hits.into_iter().filter_map(|hit| wanted.get(hit)) {
            found.push(Found { canary: (*canary).clone(), form: *form, place: place.name.clone() });
        }
    }
    found
}

/// Everything that is kept and everything that was logged.
pub(crate) fn places(world: &World) -> Vec<Place> {
    let mut places = vec![Place::new("log".to_owned(), LOG.lock().unwrap_or_else(PoisonError::into_inner).clone())];
    let location = &world.database.location;
    places.extend(match location {
        Location::Sqlite(_) => sqlite(location),
        Location::Postgres(_) => postgres(location),
    });
    // The raw files of SQLite with what is not yet in its tables, and everything beside them.
    for entry in std::fs::read_dir(world.database.folder.path()).expect("the folder").flatten() {
        if entry.path().is_file() {
            let bytes = std::fs::read(entry.path()).expect("a file can be read");
            places.push(Place::new(entry.path().display().to_string(), bytes));
        }
    }
    places
}

fn lines(location: &Location, sql: &str) -> Vec<String> {
    tools::lines(location, sql).expect("the database can be read")
}

fn sqlite(location: &Location) -> Vec<Place> {
    let mut places = Vec::new();
    for table in lines(location, "SELECT name AS line FROM sqlite_master WHERE type = 'table'") {
        for column in lines(location, &format!("SELECT name AS line FROM pragma_table_info('{table}')")) {
            let bytes = lines(location, &format!("SELECT quote(\"{column}\") AS line FROM \"{table}\"")).join("\n").into_bytes();
            places.push(Place::new(format!("{table}.{column}"), bytes));
        }
    }
    places
}

fn postgres(location: &Location) -> Vec<Place> {
    let tables = lines(location, "SELECT tablename::text AS line FROM pg_tables WHERE schemaname = 'public'");
    let place = |table: String| {
        let rows = lines(location, &format!("SELECT t::text AS line FROM \"{table}\" t"));
        Place::new(table, rows.join("\n").into_bytes())
    };
    tables.into_iter().map(place).collect()
}
