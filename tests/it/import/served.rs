//! Imports through the API: handed in as a file, loaded in the background, watched, reported.

use std::sync::Arc;

use domain::identity::Role;
use domain::import::ImportState;
use persistence::import::{self, Import, ImportCounts};
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use support::world::{COMMUNITY, COUNTY, OTHER_COMMUNITY, TOWNSHIP};
use support::{Answer, Person, World, on_both};

on_both! {
    twenty_rows_with_three_bad_ones, a_trial_keeps_nothing, needs_come_with_their_people, a_need_is_on_the_list_once,
    social_workers_are_registered, nobody_registers_themselves, what_lies_elsewhere_is_refused, nothing_masked_is_found_out_by_trying, whoever_may_not_singly_may_not_so,
    what_is_no_table_is_refused, a_stopped_one_loads_nothing_more, it_goes_on_where_it_was, who_is_locked_loads_nothing_more,
    two_clocks_load_once, the_same_request_begins_once
}

async fn sends(who: &Person, query: &str, table: &str) -> Answer {
    let form = Form::new().part("file", Part::bytes(table.as_bytes().to_vec()).file_name("表.csv"));
    who.send(who.request(Method::POST, &format!("/v1/imports?{query}")).multipart(form)).await
}

/// Loads a table, and gives what became of it.
async fn loaded(world: &World, who: &Person, query: &str, table: &str) -> Value {
    let begun = sends(who, query, table).await.is(201);
    assert_eq!((&begun["state"], &begun["rows"]["seen"]), (&json!("queued"), &json!(0)));
    world.import().await;
    seen(who, &begun).await
}

fn at(import: &Value, step: &str) -> String {
    format!("/v1/imports/{}{step}", import["id"].as_str().expect("an id"))
}

async fn seen(who: &Person, import: &Value) -> Value {
    who.get(&at(import, "")).await.is(200)
}

/// Added, unchanged, differing, refused.
fn rows(import: &Value) -> [i64; 4] {
    assert_eq!((&import["state"], &import["failure"]), (&json!("done"), &Value::Null), "{import}");
    ["added", "unchanged", "differing", "refused"].map(|count| import["rows"][count].as_i64().expect("a count"))
}

/// The report: line, outcome, field and code of each row that was not taken.
async fn reported(who: &Person, import: &Value) -> Vec<[String; 4]> {
    let answer = who.get(&at(import, "/report")).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/csv; charset=utf-8"));
    let text = answer.text.trim_start_matches('\u{feff}').to_owned();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.records().map(|row| row.expect("a row")).map(|row| [0, 1, 2, 3].map(|cell| row[cell].to_owned())).collect()
}

fn told(rows: &[[&str; 4]]) -> Vec<[String; 4]> {
    rows.iter().map(|row| row.map(str::to_owned)).collect()
}

/// Volunteers of so many rows.
fn volunteers(count: usize) -> String {
    let row = |index: usize| format!("{},1381234{:04}\n", ["王", "李", "张", "刘"][index % 4].to_owned() + "小明", index);
    format!("姓名,手机号\n{}", (0..count).map(row).collect::<String>())
}

fn of(kind: &str) -> String {
    let basis = if kind == "demands" { "&basis=statutory_duty" } else { "" };
    format!("kind={kind}&division={COMMUNITY}{basis}")
}

async fn twenty_rows_with_three_bad_ones(world: Arc<World>) {
    let grid = world.staff(Role::GridMember, COMMUNITY).await;
    let table = volunteers(17) + "赵一,不详\n钱二,\n,13900000009\n";
    let done = loaded(&world, &grid, &of("volunteers"), &table).await;
    assert_eq!(rows(&done), [17, 0, 0, 3]);
    assert_eq!((&done["rows"]["seen"], &done["rows"]["total"]), (&json!(20), &json!(20)));
    let bad = [
        ["19", "refused", "phone", "too_short"],
        ["20", "refused", "document", "identifier_needed"],
        ["21", "refused", "name", "required"],
    ];
    assert_eq!(reported(&grid, &done).await, told(&bad));
    let text = grid.get(&at(&done, "/report")).await.text;
    assert!(!text.contains("不详") && !text.contains("13900000009"), "the report repeats nothing of a row: {text}");
    let again = loaded(&world, &grid, &of("volunteers"), &table).await;
    assert_eq!(rows(&again), [0, 17, 0, 3]);
    let listed = grid.get(&format!("/v1/imports?division={COMMUNITY}&limit=1")).await.is(200);
    assert_eq!((&listed["items"][0]["id"], listed["next_cursor"].is_string()), (&again["id"], true));
}

async fn a_trial_keeps_nothing(world: Arc<World>) {
    let grid = world.staff(Role::GridMember, COMMUNITY).await;
    let table = "姓名,手机号,需求类别,需求内容\n赵大爷,13812340000,助餐,午饭\n赵大爷,13812340000,助餐,午饭\n赵大爷,13812340000,助浴,洗澡\n";
    let trial = loaded(&world, &grid, &format!("{}&trial=true", of("demands")), table).await;
    assert_eq!((rows(&trial), &trial["trial"]), ([2, 1, 0, 0], &json!(true)));
    assert_eq!(grid.post("/v1/persons/search", json!({ "name": "赵大爷" })).await.is(200)["items"], json!([]));
    assert_eq!(rows(&loaded(&world, &grid, &of("demands"), table).await), [2, 1, 0, 0], "as the trial has said");
}

async fn needs_come_with_their_people(world: Arc<World>) {
    let grid = world.staff(Role::GridMember, COMMUNITY).await;
    let craft = world.catalogue.plumbing;
    let crafts = grid.get(&format!("/v1/crafts?region={COUNTY}")).await.is(200);
    let plumbing = crafts["items"].as_array().unwrap().iter().find(|one| one["id"] == json!(craft)).unwrap();
    let name = plumbing["names"]["zh"].as_str().unwrap_or_else(|| panic!("{plumbing}"));
    let table = format!(
        "姓名,手机号,出生日期,需求类别,需求内容,紧急程度,人员类别\n\
         赵大爷,13812340000,1948-03-12,助餐,每天中午送一餐,紧急,独居、空巢\n\
         钱大妈,13812340001,1950/1/2,{name},厨房漏水,,\n\
         孙大爷,13812340002,1950-01-02,登月,想去月球,,\n"
    );
    let done = loaded(&world, &grid, &of("demands"), &table).await;
    assert_eq!((rows(&done), &done["basis"]), ([2, 0, 0, 1], &json!("statutory_duty")));
    assert_eq!(reported(&grid, &done).await, told(&[["4", "refused", "category", "not_in_list"]]));
    let list = grid.get(&format!("/v1/demand-lists/{COMMUNITY}/elderly")).await.is(200);
    let items = list["items"].as_array().unwrap();
    assert_eq!(items.len(), 2, "{list}");
    assert_eq!((&items[0]["urgency"], &items[0]["tags"]), (&json!("high"), &json!(["living_alone", "empty_nest"])));
    assert_eq!((&items[1]["craft"], &items[0]["source"]), (&json!(craft), &json!("other_organisation")));
    assert_eq!(grid.post("/v1/persons/search", json!({ "name": "孙大爷" })).await.is(200)["items"], json!([]), "nothing half done");
}

async fn a_need_is_on_the_list_once(world: Arc<World>) {
    let grid = world.staff(Role::GridMember, COMMUNITY).await;
    let table = "姓名,手机号,需求类别,需求内容\n赵大爷,13812340000,助餐,每天中午送一餐\n";
    assert_eq!(rows(&loaded(&world, &grid, &of("demands"), table).await), [1, 0, 0, 0]);
    assert_eq!(rows(&loaded(&world, &grid, &of("demands"), table).await), [0, 1, 0, 0]);
    let list = grid.get(&format!("/v1/demand-lists/{COMMUNITY}/general")).await.is(200);
    assert_eq!((list["items"].as_array().unwrap().len(), &list["items"][0]["voices"]), (1, &json!(1)), "{list}");
}

const WORKERS: &str = "姓名,证件号码,岗位,资格等级,证书编号,发证日期,是否党员,居住社区代码\n\
    王芳,11010519491231002X,社工站,中级,20190001,2019-10-01,是,230822106001\n\
    李娜,,社区工作者,,,,否,230822106001\n";

async fn social_workers_are_registered(world: Arc<World>) {
    let admin = world.staff(Role::Administrator, COUNTY).await;
    let query = format!("kind=social_workers&division={TOWNSHIP}");
    let done = loaded(&world, &admin, &query, WORKERS).await;
    assert_eq!(rows(&done), [1, 0, 0, 1]);
    assert_eq!(reported(&admin, &done).await, told(&[["3", "refused", "document", "identifier_needed"]]));
    let listed = admin.get(&format!("/v1/social-workers?division={TOWNSHIP}")).await.is(200);
    let worker = &listed["items"][0];
    assert_eq!((&worker["qualification"], &worker["post"]), (&json!("social_worker"), &json!("station")), "{listed}");
    let changed = WORKERS.replace("中级", "高级").replace("李娜,,", "李娜,11010519491231002X,");
    let again = loaded(&world, &admin, &query, &changed).await;
    assert_eq!(rows(&again), [0, 0, 1, 1]);
    let report = reported(&admin, &again).await;
    assert!(report.contains(&["2", "differs", "qualification", "differs_from_record"].map(str::to_owned)), "{report:?}");
    assert!(report.iter().any(|row| row[0] == "3" && row[3] == "somebody_else"), "{report:?}");
}

async fn nobody_registers_themselves(world: Arc<World>) {
    let admin = world.staff(Role::Administrator, COUNTY).await;
    let phone = support::people::phone_of(admin.person);
    let table = format!("姓名,手机号,出生日期,岗位,居住社区代码\n王干事,{phone},1990-01-02,社工站,{COMMUNITY}\n");
    let done = loaded(&world, &admin, &format!("kind=social_workers&division={TOWNSHIP}"), &table).await;
    assert_eq!(rows(&done), [0, 0, 0, 1]);
    assert_eq!(reported(&admin, &done).await[0][3], "others_only");
}

async fn what_lies_elsewhere_is_refused(world: Arc<World>) {
    let grid = world.staff(Role::GridMember, COMMUNITY).await;
    let there = world.resident_of(OTHER_COMMUNITY, "周大爷").await;
    let phone = support::people::phone_of(there.person);
    let table = format!(
        "姓名,手机号,区划代码,需求类别,需求内容\n赵大爷,13812340000,{OTHER_COMMUNITY},助餐,午饭\n周大爷,{phone},{COMMUNITY},助餐,午饭\n"
    );
    let done = loaded(&world, &grid, &of("demands"), &table).await;
    let report = [["2", "refused", "division", "unknown_division"], ["3", "refused", "document", "somebody_else"]];
    assert_eq!((rows(&done), reported(&grid, &done).await), ([0, 0, 0, 2], told(&report)));
}

/// A table is no way to guess what is masked, nor who somebody elsewhere is.
async fn nothing_masked_is_found_out_by_trying(world: Arc<World>) {
    let grid = world.staff(Role::GridMember, COMMUNITY).await;
    let number = "11010519491231002X";
    let table = |name: &str, phone: &str| format!("姓名,证件号码,手机号\n{name},{number},{phone}\n");
    assert_eq!(rows(&loaded(&world, &grid, &of("volunteers"), &table("赵一", "13812340001")).await), [1, 0, 0, 0]);
    let trial = format!("{}&trial=true", of("volunteers"));
    for phone in ["13812340001", "13812340002"] {
        assert_eq!(rows(&loaded(&world, &grid, &trial, &table("赵一", phone)).await), [0, 1, 0, 0], "{phone} is not told apart");
    }
    let other = world.staff(Role::GridMember, OTHER_COMMUNITY).await;
    let trial = format!("kind=volunteers&trial=true&division={OTHER_COMMUNITY}");
    for name in ["赵一", "钱二"] {
        let done = loaded(&world, &other, &trial, &table(name, "13812340003")).await;
        assert_eq!(reported(&other, &done).await, told(&[["2", "refused", "document", "somebody_else"]]), "{name}");
    }
}

async fn whoever_may_not_singly_may_not_so(world: Arc<World>) {
    let (grid, other) = (world.staff(Role::GridMember, COMMUNITY).await, world.staff(Role::GridMember, OTHER_COMMUNITY).await);
    for kind in ["organisations", "social_workers"] {
        sends(&grid, &of(kind), "名称\n红旗队\n").await.is_broken("kind", "kind_not_yours");
    }
    world.staff(Role::Administrator, COUNTY).await.get("/v1/imports").await.is_broken("division", "required");
    sends(&other, &of("volunteers"), &volunteers(1)).await.is_problem(404, "not_found");
    let begun = sends(&grid, &of("volunteers"), &volunteers(1)).await.is(201);
    for step in ["", "/report"] {
        other.get(&at(&begun, step)).await.is_problem(404, "not_found");
    }
    other.post(&at(&begun, "/cancel"), json!({})).await.is_problem(404, "not_found");
}

async fn what_is_no_table_is_refused(world: Arc<World>) {
    let grid = world.staff(Role::GridMember, COMMUNITY).await;
    sends(&grid, &of("volunteers"), "色彩,形状\n红,圆\n").await.is_broken("/file", "columns_missing");
    sends(&grid, &of("volunteers"), "").await.is_broken("/file", "columns_missing");
    sends(&grid, &of("volunteers"), "PK\u{3}\u{4}nonsense").await.is_broken("/file", "not_a_table");
    sends(&grid, &format!("{}&basis=consent", of("volunteers")), &volunteers(1)).await.is_broken("basis", "unknown_field");
    sends(&grid, &format!("kind=demands&division={COMMUNITY}"), &volunteers(1)).await.is_broken("basis", "basis_required");
    let bare = grid.request(Method::POST, &format!("/v1/imports?{}", of("volunteers"))).header("content-type", "text/csv");
    grid.send(bare.body(volunteers(1))).await.is_problem(415, "unsupported_media_type");
    let listed = grid.get(&format!("/v1/imports?division={COMMUNITY}")).await.is(200);
    assert_eq!(listed["items"], json!([]));
}

async fn a_stopped_one_loads_nothing_more(world: Arc<World>) {
    let grid = world.staff(Role::GridMember, COMMUNITY).await;
    let begun = sends(&grid, &of("volunteers"), &volunteers(3)).await.is(201);
    let stopped = grid.post(&at(&begun, "/cancel"), json!({})).await.is(200);
    assert_eq!(stopped["state"], "cancelled");
    world.import().await;
    assert_eq!(seen(&grid, &begun).await["rows"]["seen"], 0);
    let id = begun["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(world.keep(move |tx| import::content(tx, id)).await, None, "its content is gone");
    assert_eq!(grid.post(&at(&begun, "/cancel"), json!({})).await.is(200)["version"], stopped["version"]);
}

async fn it_goes_on_where_it_was(world: Arc<World>) {
    let grid = world.staff(Role::GridMember, COMMUNITY).await;
    let begun = sends(&grid, &of("volunteers"), &volunteers(230)).await.is(201);
    let id = begun["id"].as_str().unwrap().parse().unwrap();
    // As if the process had ended after 105 rows.
    world
        .keep(move |tx| {
            let before = import::load(tx, id)?;
            let counts = ImportCounts { unchanged: 105, ..ImportCounts::default() };
            import::save(tx, &before, &Import { state: ImportState::Running, counts, ..before.clone() })
        })
        .await;
    world.import().await;
    assert_eq!(rows(&seen(&grid, &begun).await), [125, 105, 0, 0]);
}

async fn who_is_locked_loads_nothing_more(world: Arc<World>) {
    let grid = world.staff(Role::GridMember, COMMUNITY).await;
    let begun = sends(&grid, &of("volunteers"), &volunteers(3)).await.is(201);
    let account = grid.account;
    world.keep(move |tx| persistence::identity::lock(tx, account)).await;
    world.import().await;
    let admin = world.staff(Role::Administrator, COUNTY).await;
    let failed = seen(&admin, &begun).await;
    assert_eq!((&failed["state"], &failed["failure"], &failed["rows"]["seen"]), (&json!("failed"), &json!("not_allowed"), &json!(0)));
}

async fn two_clocks_load_once(world: Arc<World>) {
    let grid = world.staff(Role::GridMember, COMMUNITY).await;
    let begun = sends(&grid, &of("volunteers"), &volunteers(250)).await.is(201);
    futures_util::future::join(world.import(), api::import::job::turn(&world.services, uuid::Uuid::from_u128(2))).await.1.unwrap();
    world.import().await;
    assert_eq!(rows(&seen(&grid, &begun).await), [250, 0, 0, 0]);
}

async fn the_same_request_begins_once(world: Arc<World>) {
    let grid = world.staff(Role::GridMember, COMMUNITY).await;
    let mut begun = Vec::new();
    for _ in 0..2 {
        let form = Form::new().part("file", Part::bytes(volunteers(1).into_bytes()).file_name("表.csv"));
        let request = grid.request(Method::POST, &format!("/v1/imports?{}", of("volunteers"))).header("idempotency-key", "imports-0001");
        begun.push(grid.send(request.multipart(form)).await.is(201)["id"].clone());
    }
    assert_eq!(begun[0], begun[1]);
    for _ in 0..2 {
        let _ = sends(&grid, &of("volunteers"), &volunteers(1)).await.is(201);
    }
    sends(&grid, &of("volunteers"), &volunteers(1)).await.is_broken("/file", "too_many");
}
