use std::ffi::OsString;

use super::{KNOWN, Layer, Settings, Source, from_environment, from_file};

fn environment(variables: &[(&str, &str)]) -> Result<Layer, super::SettingsError> {
    from_environment(variables.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)))).map(|(layer, _)| layer)
}

fn file(content: &str) -> Result<Layer, super::SettingsError> {
    let path = std::env::temp_dir().join(format!("linli-settings-{}.toml", uuid::Uuid::now_v7()));
    std::fs::write(&path, content).unwrap();
    let read = from_file(&path);
    std::fs::remove_file(&path).unwrap();
    read
}

fn source_of(settings: &Settings, key: &str) -> Source {
    settings.shown().iter().find(|shown| shown.key == key).unwrap().source.clone()
}

#[test]
fn flags_come_before_the_environment_before_the_file_before_defaults() {
    let flags = Layer::default().flag("listen", Some("127.0.0.1:1")).flag("pool", None::<u32>);
    let environment = environment(&[("LINLI_LISTEN", "127.0.0.1:2"), ("LINLI_POOL", "5"), ("LINLI_LOG", "")]).unwrap();
    let file = file("listen = \"127.0.0.1:3\"\npool = 6\nlog = \"debug\"").unwrap();
    let settings = Settings::resolve(&[flags, environment, file]).unwrap();
    assert_eq!((settings.listen.port(), settings.pool, settings.log.as_str()), (1, 5, "debug"));
    assert_eq!(settings.data, std::path::Path::new("linli-data"));
    assert_eq!(source_of(&settings, "listen"), Source::Flag);
    assert_eq!(source_of(&settings, "pool"), Source::Variable("LINLI_POOL"));
    assert!(matches!(source_of(&settings, "log"), Source::File(_)), "an empty variable is not set");
    assert_eq!(source_of(&settings, "data"), Source::Default);
}

#[test]
fn unknown_settings_are_named() {
    let error = environment(&[("LINLI_LISTNE", "x")]).unwrap_err().to_string();
    assert!(error.contains("LINLI_LISTNE") && error.contains("did you mean LINLI_LISTEN?"), "{error}");
    assert!(environment(&[("LINLI_TEST_POSTGRES", "x"), ("LINLI_CONFIG", "x"), ("HOME", "x")]).is_ok());
    let error = file("log = \"info\"\nlistne = 1").unwrap_err().to_string();
    assert!(error.contains("line 2") && error.contains("listne"), "{error}");
}

#[test]
fn values_that_do_not_do_are_refused_with_where_they_came_from() {
    let refused = |variables: &[(&str, &str)]| Settings::resolve(&[environment(variables).unwrap()]).err().unwrap().to_string();
    assert!(refused(&[("DATABASE_URL", "mysql://x")]).contains("environment: DATABASE_URL"));
    assert!(refused(&[("LINLI_LISTEN", "8080")]).contains("127.0.0.1:8080"));
    assert!(refused(&[("LINLI_POOL", "0")]).contains("1 to 1024"));
    assert!(refused(&[("LINLI_WECHAT", "fake")]).contains("stand-in"));
    assert!(refused(&[("LINLI_LOG_FORMAT", "xml")]).contains("json"));
    assert!(refused(&[("LINLI_RATE_LIMITS", "some")]).contains("on or off"));
    assert!(refused(&[("LINLI_TRUSTED_PROXIES", "10.0.0.0/8, proxy.example")]).contains("proxy.example"));
    assert!(refused(&[("LINLI_METRICS", "token")]).contains("LINLI_METRICS_TOKEN"), "a token must be given");
    for collector in ["on", "127.0.0.1:4318", "grpc://collector:4317", "http://user:hush@collector:4318", "http://collector/?token=hush"] {
        let said = refused(&[("LINLI_TRACES", collector)]);
        assert!(said.contains("http://127.0.0.1:4318") && !said.contains("hush"), "{said}");
    }
    assert!(refused(&[("LINLI_TRACES_SHARE", "0")]).contains("1 to 100"));
    assert!(refused(&[("LINLI_METRICS_TOKEN", "short")]).contains("16"), "a token must not be guessed");
}

#[test]
fn secrets_are_never_shown() {
    let secrets = [
        ("LINLI_METRICS_TOKEN", "token-hush-16-characters"),
        ("LINLI_KEY", "key-hush"),
        ("LINLI_WECHAT_SECRET", "app-hush"),
        ("DATABASE_URL", "postgres://u:pw-hush@h/d"),
    ];
    let settings = Settings::resolve(&[environment(&secrets).unwrap()]).unwrap();
    let shown = format!("{:?} {:?} {:?} {:?}", settings.shown(), settings.key, settings.wechat_secret, settings.operation);
    assert!(!shown.contains("hush"), "{shown}");
    let error = file("wechat_secret = \"hush").unwrap_err().to_string();
    assert!(!error.contains("hush"), "{error}");
}

#[test]
fn every_setting_is_shown_and_can_stand_in_the_file() {
    let settings = Settings::resolve(&[]).unwrap();
    assert_eq!(settings.shown().len(), KNOWN.len());
    for known in KNOWN {
        let number = matches!(known.key, "pool" | "commit_batch" | "workers" | "connections" | "free_disk" | "drain" | "traces_share");
        let content = format!("{} = {}", known.key, if number { "1" } else { "\"x\"" });
        assert!(file(&content).is_ok(), "{content}");
        assert_eq!(known.variables[0], format!("LINLI_{}", known.key.to_uppercase()));
    }
}
