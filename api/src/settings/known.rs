//! The one list of settings.

/// A setting.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    /// Its name in the TOML file.
    pub key: &'static str,
    /// Its variables in the environment; the first one that is set counts.
    pub variables: &'static [&'static str],
    /// What it says, in a line.
    pub help: &'static str,
}

const fn known(key: &'static str, variables: &'static [&'static str], help: &'static str) -> Known {
    Known { key, variables, help }
}

/// Every setting.
pub const KNOWN: &[Known] = &[
    known(
        "database",
        &["LINLI_DATABASE", "DATABASE_URL"],
        "sqlite://PATH or postgres://USER:PASSWORD@HOST/NAME [linli.db in the data folder]",
    ),
    known("data", &["LINLI_DATA"], "folder for photos, and for the key of an embedded database [linli-data]"),
    known("listen", &["LINLI_LISTEN"], "address and port to serve on [127.0.0.1:8080]"),
    known("issuer", &["LINLI_ISSUER"], "who issues tokens: the public address [http://<listen>]"),
    known("key", &["LINLI_KEY"], "32 bytes in Base64 that encrypt personal data (openssl rand -base64 32); several as lines ID:KEY"),
    known(
        "key_file",
        &["LINLI_KEY_FILE"],
        "a file that holds the key or keys, readable by nobody else [linli.key in the data folder; SQLite only]",
    ),
    known("wechat", &["LINLI_WECHAT"], "live, stand-in or off [live where there is an appid, else off]"),
    known("wechat_base_url", &["LINLI_WECHAT_BASE_URL"], "where WeChat answers [https://api.weixin.qq.com]"),
    known("wechat_appid", &["LINLI_WECHAT_APPID"], "the mini-program's appid"),
    known("wechat_secret", &["LINLI_WECHAT_SECRET"], "the mini-program's secret"),
    known("wechat_token", &["LINLI_WECHAT_TOKEN"], "the token of the mini-program's message server; without it staff look at every photo"),
    known("wechat_aes_key", &["LINLI_WECHAT_AES_KEY"], "its key of 43 characters, where messages are encrypted"),
    known("log", &["LINLI_LOG"], "what is logged: error, warn, info, debug, or a filter such as info,api=debug [info]"),
    known("log_format", &["LINLI_LOG_FORMAT"], "json or text [json]"),
    known("pool", &["LINLI_POOL"], "connections to PostgreSQL [8]"),
    known("commit_batch", &["LINLI_COMMIT_BATCH"], "writes that SQLite takes in one commit; 1 commits each by itself [64]"),
    known("rate_limits", &["LINLI_RATE_LIMITS"], "on or off: how much one client may ask [on]"),
    known(
        "trusted_proxies",
        &["LINLI_TRUSTED_PROXIES"],
        "addresses and networks of the proxies in front, such as 127.0.0.1, 10.0.0.0/8 [none]",
    ),
    known(
        "forwarded_by",
        &["LINLI_FORWARDED_BY"],
        "the header in which those proxies tell for whom they ask: x-forwarded-for or forwarded [x-forwarded-for]",
    ),
    known("connections", &["LINLI_CONNECTIONS"], "connections of clients that may be open at once [4096]"),
    known("metrics", &["LINLI_METRICS"], "who may read /metrics: off, loopback or token [token where there is one, else off]"),
    known("metrics_token", &["LINLI_METRICS_TOKEN"], "the token with which /metrics is read"),
    known(
        "traces",
        &["LINLI_TRACES"],
        "off, or the address of an OpenTelemetry collector (OTLP over HTTP) that gets a trace of each request, such as \
         http://127.0.0.1:4318 [off]",
    ),
    known("traces_share", &["LINLI_TRACES_SHARE"], "how many in a hundred of the requests it gets [100]"),
    known("free_disk", &["LINLI_FREE_DISK"], "megabytes that must be free in the data folder, else /readyz is red [256]"),
    known("drain", &["LINLI_DRAIN"], "seconds for which /readyz is red before no more connections are taken [5]"),
    known("workers", &["LINLI_WORKERS"], "threads that serve [one for each core]"),
];
