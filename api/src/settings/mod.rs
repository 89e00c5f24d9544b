//! Settings: from flags, then the environment, then a TOML file, then defaults. What nobody knows is an error.

mod known;
mod operation;
mod source;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use persistence::{Location, Tuning};

pub use known::{KNOWN, Known};
pub use operation::Operation;
pub use source::{Layer, Source, from_environment, from_file};

/// Why the settings cannot be used. Says which one and where it came from, never what a secret was.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The environment names a setting that there is not.
    #[error("unknown setting {name} in the environment{}; `linli config --help` lists them all", hint(.near))]
    UnknownVariable {
        /// The variable.
        name: String,
        /// The known one that is most like it.
        near: Option<&'static str>,
    },
    /// A variable that is no text.
    #[error("{name} in the environment is not UTF-8")]
    NotText {
        /// The variable.
        name: String,
    },
    /// The file cannot be read.
    #[error("cannot read the settings file {}: {cause}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// The file says something that is not known, or in the wrong form.
    #[error("{}, line {line}: {message}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// A value does not do.
    #[error("{key} ({source_}): {message}")]
    Value {
        /// The setting.
        key: &'static str,
        /// Where its value came from.
        source_: Source,
        /// What it must be.
        message: String,
    },
}

fn hint(near: &Option<&'static str>) -> String {
    near.map(|near| format!(" (did you mean {near}?)")).unwrap_or_default()
}

/// A value that is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The value itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(hidden)")
    }
}

/// How residents sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WechatMode {
    /// Through WeChat.
    Live,
    /// Through a stand-in inside the program: anybody can sign in as anybody. For trying things out.
    StandIn,
    /// Not at all: staff only.
    Off,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

/// The effective settings. Not to be printed as they are: the database's address may hold a password.
#[derive(Clone)]
pub struct Settings {
    /// Where the database is.
    pub database: Location,
    /// The folder for what is not in the database: photos, and the key of an embedded database.
    pub data: PathBuf,
    /// Where to serve.
    pub listen: SocketAddr,
    /// Who issues tokens.
    pub issuer: String,
    /// The key of personal data.
    pub key: Option<Secret>,
    /// The file that holds the key of personal data.
    pub key_file: Option<PathBuf>,
    /// How residents sign in.
    pub wechat: WechatMode,
    /// Where WeChat answers.
    pub wechat_base_url: String,
    /// The mini-program.
    pub wechat_appid: Option<String>,
    /// The mini-program's secret.
    pub wechat_secret: Option<Secret>,
    /// The token of the mini-program's message server.
    pub wechat_token: Option<Secret>,
    /// The key under which its messages are encrypted.
    pub wechat_aes_key: Option<Secret>,
    /// What is logged.
    pub log: String,
    /// How the log is written.
    pub log_format: LogFormat,
    /// Connections to PostgreSQL.
    pub pool: u32,
    /// Writes in one commit of SQLite.
    pub commit_batch: usize,
    /// Threads that serve; one for each core where nothing is said.
    pub workers: Option<usize>,
    /// How it is guarded and watched.
    pub operation: Operation,
    shown: Vec<Shown>,
}

/// One setting as `linli config` prints it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Its name.
    pub key: &'static str,
    /// Its value in TOML, secrets hidden; `None` where it is not set.
    pub value: Option<String>,
    /// Where the value came from.
    pub source: Source,
}

impl Settings {
    /// Reads the layers, the first one first.
    ///
    /// # Errors
    /// [`SettingsError::Value`] names the first value that does not do.
    pub fn resolve(layers: &[Layer]) -> Result<Self, SettingsError> {
        let chosen = Chosen::new(layers);
        let data = PathBuf::from(chosen.text("data").unwrap_or(DEFAULT_DATA));
        let database = match chosen.text("database") {
            Some(_) => chosen.parse("database", |url| Location::parse(url).map_err(|error| error.to_string()))?,
            None => Some(Location::Sqlite(data.join(DATABASE_FILE))),
        };
        let database = database.unwrap_or_else(|| Location::Sqlite(data.join(DATABASE_FILE)));
        let address = |raw: &str| raw.parse().map_err(|_| "must be an address and a port, such as 127.0.0.1:8080".to_owned());
        let listen = chosen.parse("listen", address)?.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080)));
        let number = |raw: &str| match raw.parse::<u32>() {
            Ok(number @ 1..=1024) => Ok(number),
            _ => Err("must be a number from 1 to 1024".to_owned()),
        };
        let appid = chosen.text("wechat_appid").map(ToOwned::to_owned);
        let by_appid = if appid.is_some() { WechatMode::Live } else { WechatMode::Off };
        let count = |key| Ok(chosen.parse(key, number)?.and_then(|count| usize::try_from(count).ok()));
        let (workers, commit_batch) = (count("workers")?, count("commit_batch")?);
        let mut settings = Self {
            issuer: chosen.text("issuer").map_or_else(|| format!("http://{listen}"), ToOwned::to_owned),
            key: chosen.text("key").map(|key| Secret(key.to_owned())),
            key_file: chosen.text("key_file").map(PathBuf::from),
            wechat: chosen.parse("wechat", wechat_mode)?.unwrap_or(by_appid),
            wechat_base_url: chosen.text("wechat_base_url").unwrap_or(WECHAT).to_owned(),
            wechat_appid: appid,
            wechat_secret: chosen.text("wechat_secret").map(|secret| Secret(secret.to_owned())),
            wechat_token: chosen.text("wechat_token").map(|token| Secret(token.to_owned())),
            wechat_aes_key: chosen.text("wechat_aes_key").map(|key| Secret(key.to_owned())),
            log: chosen.text("log").unwrap_or("info").to_owned(),
            log_format: chosen.parse("log_format", log_format)?.unwrap_or(LogFormat::Json),
            pool: chosen.parse("pool", number)?.unwrap_or(Tuning::default().pool),
            commit_batch: commit_batch.unwrap_or(Tuning::default().batch),
            workers,
            operation: Operation::resolve(&chosen)?,
            database,
            data,
            listen,
            shown: Vec::new(),
        };
        settings.shown = KNOWN.iter().map(|known| settings.show(known, chosen.source(known.key))).collect();
        Ok(settings)
    }

    /// Every setting with its value and where it came from.
    #[must_use]
    pub fn shown(&self) -> &[Shown] {
        &self.shown
    }

    /// The sizes of the store.
    #[must_use]
    pub fn tuning(&self) -> Tuning {
        Tuning { pool: self.pool, batch: self.commit_batch, ..Tuning::default() }
    }

    fn show(&self, known: &Known, source: Source) -> Shown {
        let text = |text: &str| Some(toml::Value::String(text.to_owned()).to_string());
        let hidden = |secret: Option<&Secret>| secret.and_then(|_| text("(hidden)"));
        let value = match known.key {
            "database" => text(&self.database.redacted()),
            "data" => text(&self.data.to_string_lossy()),
            "listen" => text(&self.listen.to_string()),
            "issuer" => text(&self.issuer),
            "key" => hidden(self.key.as_ref()),
            "key_file" => self.key_file.as_ref().and_then(|path| text(&path.to_string_lossy())),
            "wechat" => text(match self.wechat {
                WechatMode::Live => "live",
                WechatMode::StandIn => "stand-in",
                WechatMode::Off => "off",
            }),
            "wechat_base_url" => text(&self.wechat_base_url),
            "wechat_appid" => self.wechat_appid.as_deref().and_then(text),
            "wechat_secret" => hidden(self.wechat_secret.as_ref()),
            "wechat_token" => hidden(self.wechat_token.as_ref()),
            "wechat_aes_key" => hidden(self.wechat_aes_key.as_ref()),
            "log" => text(&self.log),
            "log_format" => text(match self.log_format {
                LogFormat::Json => "json",
                LogFormat::Text => "text",
            }),
            "pool" => Some(self.pool.to_string()),
            "commit_batch" => Some(self.commit_batch.to_string()),
            "workers" => self.workers.map(|workers| workers.to_string()),
            other => self.operation.show(other),
        };
        Shown { key: known.key, value, source }
    }
}

/// Where everything lies that has no place of its own.
pub const DEFAULT_DATA: &str = "linli-data";

/// The embedded database in the data folder.
pub const DATABASE_FILE: &str = "linli.db";

/// The real service.
const WECHAT: &str = "https://api.weixin.qq.com";

fn wechat_mode(raw: &str) -> Result<WechatMode, String> {
    match raw {
        "live" => Ok(WechatMode::Live),
        "stand-in" => Ok(WechatMode::StandIn),
        "off" => Ok(WechatMode::Off),
        _ => Err("must be live, stand-in or off".to_owned()),
    }
}

fn log_format(raw: &str) -> Result<LogFormat, String> {
    match raw {
        "json" => Ok(LogFormat::Json),
        "text" => Ok(LogFormat::Text),
        _ => Err("must be json or text".to_owned()),
    }
}

/// The value of each setting that is set anywhere, from the first layer that has it.
struct Chosen<'a>(BTreeMap<&'static str, &'a (String, Source)>);

impl<'a> Chosen<'a> {
    fn new(layers: &'a [Layer]) -> Self {
        let mut chosen = BTreeMap::new();
        for layer in layers {
            for (key, value) in &layer.0 {
                chosen.entry(*key).or_insert(value);
            }
        }
        Self(chosen)
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(|(text, _)| text.as_str())
    }

    fn source(&self, key: &str) -> Source {
        self.0.get(key).map_or(Source::Default, |(_, source)| source.clone())
    }

    fn parse<T>(&self, key: &'static str, read: impl Fn(&str) -> Result<T, String>) -> Result<Option<T>, SettingsError> {
        let Some((text, source)) = self.0.get(key) else { return Ok(None) };
        let value = read(text).map_err(|message| SettingsError::Value { key, source_: source.clone(), message })?;
        Ok(Some(value))
    }
}
