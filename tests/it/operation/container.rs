//! The image and the composition of containers as they are written down: what a look at the files can prove without building.

use std::collections::BTreeMap;
use std::path::Path;

use api::settings::KNOWN;
use serde_json::Value;

fn file(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The instructions of the Dockerfile: word and the rest.
fn instructions() -> Vec<(String, String)> {
    let text = file("Dockerfile").lines().filter(|line| !line.trim_start().starts_with('#')).collect::<Vec<_>>().join("\n");
    let text = text.replace("\\\n", " ");
    let lines = text.lines().filter_map(|line| line.trim().split_once(' '));
    lines.map(|(word, rest)| (word.to_uppercase(), rest.trim().to_owned())).collect()
}

/// Whether something of this name would be a secret.
fn is_secret(name: &str) -> bool {
    let name = name.to_uppercase();
    ["PASSWORD", "SECRET", "TOKEN", "KEY", "CREDENTIAL"].iter().any(|word| name.contains(word)) && !name.ends_with("_FILE")
}

/// Whether an image is one version of something, not whatever is newest.
fn is_pinned(image: &str) -> bool {
    let version = image.rsplit('/').next().unwrap_or_default();
    image.contains("@sha256:") || version.split_once(':').is_some_and(|(_, tag)| tag != "latest" && !tag.is_empty())
}

#[test]
fn images_are_built_on_versions_and_run_as_nobody_special() {
    let all = instructions();
    let arguments: BTreeMap<&str, &str> =
        all.iter().filter(|(word, _)| word == "ARG").filter_map(|(_, rest)| rest.split_once('=')).collect();
    let (mut stages, mut last) = (Vec::new(), 0);
    for (place, (_, rest)) in all.iter().enumerate().filter(|(_, (word, _))| word == "FROM") {
        let mut words = rest.split_whitespace();
        let named = words.next().unwrap();
        let image = named.strip_prefix("${").and_then(|name| arguments.get(name.trim_end_matches('}')).copied()).unwrap_or(named);
        assert!(stages.contains(&image) || is_pinned(image), "{image} is no version");
        stages.extend(words.nth(1));
        last = place;
    }
    let of = |wanted: &str| -> Vec<&str> { all[last..].iter().filter(|(word, _)| word == wanted).map(|(_, rest)| rest.as_str()).collect() };
    let user = of("USER").last().copied().expect("a USER");
    assert!(!matches!(user.split(':').next(), Some("root" | "0") | None), "it runs as {user}");
    for copied in of("COPY") {
        assert!(!copied.starts_with(". ") && !copied.contains("--chmod"), "only what is named gets into the image: {copied}");
    }
    assert!(of("ADD").is_empty(), "COPY says what it does");
    assert_eq!((of("HEALTHCHECK").len(), of("ENTRYPOINT")), (1, vec![r#"["linli"]"#]), "no shell between the signal and the program");
}

#[test]
fn no_secret_gets_into_an_image() {
    for (word, rest) in instructions() {
        if word == "ENV" || word == "ARG" {
            for pair in rest.split_whitespace() {
                let name = pair.split('=').next().unwrap_or_default();
                assert!(!is_secret(name), "{word} {name} stays in the image for everybody to read");
            }
        }
    }
    let compose = compose();
    let (left_out, not_kept) = (file(".dockerignore"), file(".gitignore"));
    for (name, secret) in compose["secrets"].as_object().unwrap() {
        let path = secret["file"].as_str().unwrap_or_else(|| panic!("{name} is no file")).trim_start_matches("./");
        let ending = path.rsplit('.').next().unwrap_or_default();
        for (what, list) in [(".dockerignore", &left_out), (".gitignore", &not_kept)] {
            let covers = |line: &str| {
                let line = line.trim_start_matches("**/").trim_start_matches('/');
                line == path || line == format!("*.{ending}")
            };
            assert!(list.lines().any(covers), "{what} does not name {path}");
        }
    }
}

fn compose() -> Value {
    serde_saphyr::from_str(&file("docker-compose.yml")).expect("docker-compose.yml is YAML")
}

/// The services of the composition, with what they are made of.
fn services(compose: &Value) -> impl Iterator<Item = (&str, &Value)> {
    compose["services"].as_object().unwrap().iter().map(|(name, service)| (name.as_str(), service))
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

#[test]
fn containers_may_do_little() {
    let compose = compose();
    for (name, service) in services(&compose) {
        assert!(is_pinned(service["image"].as_str().expect("an image")), "{name}");
        assert_eq!(texts(&service["security_opt"]), ["no-new-privileges:true"], "{name}");
        for power in ["privileged", "cap_add", "devices", "pid", "network_mode", "user"] {
            assert!(service[power].is_null(), "{name} has {power}");
        }
        for port in texts(&service["ports"]) {
            assert!(port.starts_with("127.0.0.1:"), "{name} is open to the network at {port}");
        }
        let built = !service["build"].is_null();
        if built {
            assert_eq!((&service["read_only"], texts(&service["cap_drop"])), (&Value::Bool(true), vec!["ALL"]), "{name}");
        } else {
            assert_eq!(texts(&service["networks"]), ["inside"], "{name} has nothing to ask outside");
        }
        // What is built here has the check of its image.
        assert!(built || !service["healthcheck"]["test"].is_null(), "{name} is not looked after");
        for (other, wanted) in service["depends_on"].as_object().into_iter().flatten() {
            assert!(!compose["services"][other].is_null() && wanted["condition"] != "service_started", "{name} on {other}");
        }
    }
    assert_eq!(compose["networks"]["inside"]["internal"], true, "the database is not to be reached from outside");
}

#[test]
fn containers_get_secrets_as_files_and_settings_that_there_are() {
    let compose = compose();
    for (name, service) in services(&compose) {
        let given: Vec<String> = texts(&service["secrets"]).iter().map(|secret| format!("/run/secrets/{secret}")).collect();
        for secret in texts(&service["secrets"]) {
            assert!(!compose["secrets"][secret].is_null(), "{name}: there is no secret {secret}");
        }
        for (variable, value) in service["environment"].as_object().into_iter().flatten() {
            assert!(!is_secret(variable), "{name}: {variable} is shown by `docker inspect`");
            let text = value.as_str().unwrap_or_default();
            assert!(!text.contains('@'), "{name}: {variable} holds an address with a password");
            if text.starts_with("/run/") {
                assert!(given.iter().any(|path| path == text), "{name}: nobody gives {text}");
            }
            if variable.starts_with("LINLI_") {
                let known = KNOWN.iter().any(|known| known.variables.contains(&variable.as_str()));
                assert!(known || variable == "LINLI_CONFIG", "{name}: there is no setting {variable}");
            }
        }
        for word in texts(&service["command"]) {
            assert!(!is_secret(word) && !word.contains("://"), "{name}: arguments are for everybody to read: {word}");
        }
    }
}
