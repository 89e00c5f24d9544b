//! Organisations of a table: who is taken, who is there already, and who is not taken.

use std::sync::Arc;

use api::book::Book;
use api::import::Loader;
use api::import::organisation::Organisations;
use domain::identity::Role;
use domain::organisation::{OrganisationKind, OrganisationState};
use serde_json::Value;
use support::world::{COMMUNITY, COUNTY, OTHER_COMMUNITY};
use support::{World, on_both};

use super::{counts, file, loaded, told};

on_both! { teams_are_taken_once_and_serve, each_row_says_what_is_wrong_with_it }

async fn organisations(world: &World, state: OrganisationState) -> Organisations {
    let book = Book::default();
    book.refresh(&world.services.store).await.unwrap();
    Organisations {
        book: Arc::new(book),
        division: None,
        sponsor: None,
        kind: OrganisationKind::VolunteerTeam,
        state,
        loader: Loader::Operator,
    }
}

const TEAMS: &str = "队伍名称,队伍类型,统一社会信用代码,区划代码,成立日期,主管单位,联系人,联系电话\n\
    桦南县志愿者协会,志愿服务联盟,91350100M000100Y43,230822,2015年3月5日,,陈会长,0454-6222888\n\
    红旗志愿队,志愿服务队伍,,230822106001,2020/5/1,桦南县志愿者协会,,\n\
    铁西志愿队,,,230822106002,,91350100m000100y43,,\n";

async fn named(world: &World, within: &str) -> Vec<Value> {
    let worker = world.staff(Role::Administrator, COUNTY).await;
    worker.get(&format!("/v1/organisations?within={within}")).await.is(200)["items"].as_array().unwrap().clone()
}

async fn teams_are_taken_once_and_serve(world: Arc<World>) {
    let table = organisations(&world, OrganisationState::Active).await;
    let path = file(&world, "teams.csv", TEAMS.as_bytes());
    let trial = loaded(&world, &table, path.clone(), true).await;
    assert_eq!((counts(&trial), named(&world, COUNTY).await.len()), ((3, 0, 0, 0), 0), "{trial:?}");
    assert_eq!(counts(&loaded(&world, &table, path.clone(), false).await), (3, 0, 0, 0));
    assert_eq!(counts(&loaded(&world, &table, path, false).await), (0, 3, 0, 0), "a second time they are there");
    let (all, red) = (named(&world, COUNTY).await, named(&world, COMMUNITY).await);
    assert_eq!((all.len(), &red[0]["name"], &red[0]["state"]), (3, &Value::from("红旗志愿队"), &Value::from("active")));
    assert_eq!((&red[0]["sponsor"], &red[0]["founded_on"]), (&all[0]["id"], &Value::from("2020-05-01")));
    let changed = TEAMS.replace("2020/5/1", "2021/5/1").replace("联盟,91350100M000100Y43,230822,", "联盟,91350100M000100Y43,230822106,");
    let outcome = loaded(&world, &table, file(&world, "teams.csv", changed.as_bytes()), false).await;
    assert_eq!(told(&outcome.differing), [(2, "division", "differs_from_record"), (3, "founded_on", "differs_from_record")]);
    assert_eq!(named(&world, COMMUNITY).await[0]["founded_on"], "2020-05-01", "what is on record stays");
}

async fn each_row_says_what_is_wrong_with_it(world: Arc<World>) {
    let text = format!(
        "名称,类型,信用代码,区划代码,成立时间,上级组织,联系人,电话\n\
         甲队,,,{COMMUNITY},,,,\n\
         乙队,俱乐部,,{COMMUNITY},,没有的组织,,\n\
         丙队,,91350100M000100Y44,{COMMUNITY},,,,\n\
         丁队,,,{COMMUNITY},2199-01-01,没有的组织,,\n\
         戊队,,,{OTHER_COMMUNITY},,没有的组织,,\n\
         己队,,91350100M000100Y43,230822999,,,,\n\
         庚队,,91350100M000100Y43,{COMMUNITY},,,某人,\n\
         辛队,,91350100M000100Y43,{COMMUNITY},,,,\n\
         壬队,,91350100M000100Y43,{COMMUNITY},,,,\n"
    );
    let table = organisations(&world, OrganisationState::Active).await;
    let outcome = loaded(&world, &table, file(&world, "teams.csv", text.as_bytes()), false).await;
    let expected = [
        (2, "credit_code", "identity_needed"),
        (3, "kind", "not_in_list"),
        (4, "credit_code", "credit_code_check"),
        (5, "founded_on", "in_future"),
        (6, "sponsor", "unknown_organisation"),
        (7, "division", "unknown_division"),
        (8, "contact_phone", "required"),
    ];
    assert_eq!(told(&outcome.refused), expected);
    assert_eq!((outcome.added, told(&outcome.differing)), (1, vec![(10, "name", "differs_from_record")]), "one code is one organisation");
}
