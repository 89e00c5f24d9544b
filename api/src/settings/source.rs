//! Where settings come from.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{KNOWN, SettingsError};

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A flag on the command line.
    Flag,
    /// A variable of the environment.
    Variable(&'static str),
    /// A settings file.
    File(PathBuf),
    /// Nobody said anything.
    Default,
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Flag => f.write_str("flag"),
            Self::Variable(name) => write!(f, "environment: {name}"),
            Self::File(path) => write!(f, "file: {}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// The values of one source by the names of the settings.
#[derive(Clone, Debug, Default)]
pub struct Layer(pub(super) BTreeMap<&'static str, (String, Source)>);

impl Layer {
    /// Sets a value that a flag gives; a flag that was not given sets nothing.
    #[must_use]
    pub fn flag(mut self, key: &'static str, value: Option<impl ToString>) -> Self {
        if let Some(value) = value {
            self.0.insert(key, (value.to_string(), Source::Flag));
        }
        self
    }

    /// Only these settings.
    #[must_use]
    pub fn only(mut self, keys: &[&str]) -> Self {
        self.0.retain(|key, _| keys.contains(key));
        self
    }
}

/// What names a setting of this program in the environment.
const PREFIX: &str = "LINLI_";

/// Variables that are no settings: the file's own, and those of the program's tests.
fn is_no_setting(name: &str) -> bool {
    name == CONFIG_VARIABLE || name.starts_with("LINLI_TEST_")
}

/// The variable that names the settings file.
pub(super) const CONFIG_VARIABLE: &str = "LINLI_CONFIG";

/// Reads the environment: the settings, and the settings file that it names. An empty variable counts as not set.
///
/// # Errors
/// [`SettingsError::UnknownVariable`] for any other variable that begins with `LINLI_`.
pub fn from_environment(variables: impl Iterator<Item = (OsString, OsString)>) -> Result<(Layer, Option<PathBuf>), SettingsError> {
    let mut set = BTreeMap::new();
    for (name, value) in variables {
        let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX) || *name == "DATABASE_URL") else { continue };
        let known = KNOWN.iter().any(|known| known.variables.contains(&name));
        if !known && !is_no_setting(name) {
            return Err(SettingsError::UnknownVariable { name: name.to_owned(), near: nearest(name) });
        }
        let value = value.into_string().map_err(|_| SettingsError::NotText { name: name.to_owned() })?;
        if !value.is_empty() {
            set.insert(name.to_owned(), value);
        }
    }
    let mut layer = Layer::default();
    for known in KNOWN {
        let found = known.variables.iter().find_map(|variable| Some((variable, set.get(*variable)?)));
        if let Some((variable, value)) = found {
            layer.0.insert(known.key, (value.clone(), Source::Variable(variable)));
        }
    }
    Ok((layer, set.get(CONFIG_VARIABLE).map(PathBuf::from)))
}

/// The known variable that differs least, if it differs little.
fn nearest(name: &str) -> Option<&'static str> {
    let variables = KNOWN.iter().flat_map(|known| known.variables.iter().copied());
    let measured = variables.map(|variable| (distance(name, variable), variable));
    measured.min().filter(|(distance, _)| *distance <= 3).map(|(_, variable)| variable)
}

/// How many letters must change to make one word of the other (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, left) in one.bytes().enumerate() {
        let mut last = line + 1;
        let mut next = vec![last];
        for (right, pair) in other.bytes().zip(row.windows(2)) {
            let [diagonal, above] = pair else { continue };
            last = (diagonal + usize::from(left != right)).min(above + 1).min(last + 1);
            next.push(last);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

/// The settings file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    database: Option<String>,
    data: Option<String>,
    listen: Option<String>,
    issuer: Option<String>,
    key: Option<String>,
    key_file: Option<String>,
    wechat: Option<String>,
    wechat_base_url: Option<String>,
    wechat_appid: Option<String>,
    wechat_secret: Option<String>,
    wechat_token: Option<String>,
    wechat_aes_key: Option<String>,
    log: Option<String>,
    log_format: Option<String>,
    pool: Option<u32>,
    commit_batch: Option<u32>,
    workers: Option<u32>,
    rate_limits: Option<String>,
    trusted_proxies: Option<String>,
    forwarded_by: Option<String>,
    connections: Option<u32>,
    metrics: Option<String>,
    metrics_token: Option<String>,
    traces: Option<String>,
    traces_share: Option<u32>,
    free_disk: Option<u32>,
    drain: Option<u32>,
}

/// Reads a settings file.
///
/// # Errors
/// [`SettingsError::File`] where it cannot be read, [`SettingsError::Content`] where it says something unknown.
pub fn from_file(path: &Path) -> Result<Layer, SettingsError> {
    let text = std::fs::read_to_string(path).map_err(|cause| SettingsError::File { path: path.to_owned(), cause })?;
    // Only the message and the line: the text of the line may be a secret.
    let file: File = toml::from_str(&text).map_err(|error: toml::de::Error| SettingsError::Content {
        path: path.to_owned(),
        line: error.span().and_then(|span| text.get(..span.start)).map_or(0, |before| before.matches('\n').count()) + 1,
        message: error.message().to_owned(),
    })?;
    let values = [
        ("database", file.database),
        ("data", file.data),
        ("listen", file.listen),
        ("issuer", file.issuer),
        ("key", file.key),
        ("key_file", file.key_file),
        ("wechat", file.wechat),
        ("wechat_base_url", file.wechat_base_url),
        ("wechat_appid", file.wechat_appid),
        ("wechat_secret", file.wechat_secret),
        ("wechat_token", file.wechat_token),
        ("wechat_aes_key", file.wechat_aes_key),
        ("log", file.log),
        ("log_format", file.log_format),
        ("pool", file.pool.map(|number| number.to_string())),
        ("commit_batch", file.commit_batch.map(|number| number.to_string())),
        ("workers", file.workers.map(|number| number.to_string())),
        ("rate_limits", file.rate_limits),
        ("trusted_proxies", file.trusted_proxies),
        ("forwarded_by", file.forwarded_by),
        ("connections", file.connections.map(|number| number.to_string())),
        ("metrics", file.metrics),
        ("metrics_token", file.metrics_token),
        ("traces", file.traces),
        ("traces_share", file.traces_share.map(|number| number.to_string())),
        ("free_disk", file.free_disk.map(|number| number.to_string())),
        ("drain", file.drain.map(|number| number.to_string())),
    ];
    let set = values.into_iter().filter_map(|(key, value)| Some((key, (value?, Source::File(path.to_owned())))));
    Ok(Layer(set.collect()))
}
