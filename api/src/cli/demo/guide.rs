//! What the demo prints when it is ready: short enough to read.

use std::path::Path;

use super::manifest::Cast;
use super::tokens::{FILE, FOLDER, HandedOut};

/// The roles that are shown, with something that each of them asks first. Words in capitals stand for places and a period.
const SHOWN: [(&str, &str); 14] = [
    ("resident", "/v1/orders?list=mine"),
    ("grid_member", "/v1/demand-lists/GRID/elderly"),
    ("dispatcher", "/v1/orders?list=station&division=COMMUNITY&limit=3"),
    ("dispatcher_township", "/v1/orders?list=station&division=TOWNSHIP&state=queued"),
    ("dispatcher_county", "/v1/orders?list=station&division=COUNTY&limit=3"),
    ("social_worker", "/v1/orders?list=station&division=TOWNSHIP&state=mending"),
    ("craftsman", "/v1/orders?list=offered"),
    ("craftsman_uncertified", "/v1/orders?list=offered"),
    ("volunteer", "/v1/orders?list=accepted"),
    ("organisation_manager", "/v1/orders?list=accepted"),
    ("supervisor", "/v1/measures/orders?division=REGION&PERIOD"),
    ("evaluator", "/v1/measures/hotline?division=REGION&PERIOD"),
    ("administrator", "/v1/accounts?limit=3"),
    ("operator", "/v1/me"),
];

/// The lines to print, with the places of one region.
pub(super) fn lines(handed_out: &HandedOut, cast: &Cast, data: &Path, base_url: &str) -> Vec<String> {
    let folder = data.join(FOLDER);
    let today = handed_out.until.date_naive();
    let period = format!("from={}&to={today}", today - chrono::Days::new(31));
    let mut lines = vec![
        String::new(),
        format!("Linli 邻里 serves on {base_url}   documentation: {base_url}/docs"),
        format!("Tokens until {} UTC, one for each role:", handed_out.until.format("%Y-%m-%d %H:%M")),
        String::new(),
    ];
    for (role, asks) in SHOWN {
        if handed_out.tokens.contains_key(role) {
            let places = [
                ("GRID", &cast.grid),
                ("COMMUNITY", &cast.community),
                ("TOWNSHIP", &cast.township),
                ("COUNTY", &cast.county),
                ("REGION", &cast.region),
            ];
            let asks = places.iter().fold(asks.replace("PERIOD", &period), |asks, (word, code)| asks.replace(word, code.as_str()));
            let header = folder.join(role);
            lines.push(format!("  curl -H @{} '{base_url}{asks}'", header.display()));
        }
    }
    lines.extend([
        String::new(),
        format!("  Chongzuo: the same roles with @4514, such as {}", folder.join("resident@4514").display()),
        format!("  Everything, with ids of services, people and orders: {}", data.join(FILE).display()),
        format!("  Staff sign in with their user name and the password {}", handed_out.password),
        "  Residents sign in through the stand-in: POST /v1/sessions/wechat {\"code\":\"wang-jianguo:1\"} (each code once)".to_owned(),
        String::new(),
    ]);
    lines
}
