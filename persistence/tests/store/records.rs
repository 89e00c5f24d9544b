//! Divisions, regions, policies, the catalogue.

use std::collections::HashSet;

use chrono::TimeDelta;
use domain::catalogue::{Names, ServiceCode};
use domain::identity::{Grant, Role};
use domain::order::{Hazard, Payment};
use domain::policy::PolicyKind;
use domain::region::Level;
use persistence::catalogue::{Service, add_service, list_crafts, list_services, load_service, update_service};
use persistence::identity::{GrantRow, grant, revoke_grant};
use persistence::policy::{self, Policy};
use persistence::{StoreError, region};

use crate::bench::{Bench, code, county, division, id, morning, on_both};
use crate::identity::staff;

on_both! {
    the_tree_is_walked_and_searched
    what_was_merged_lies_in_what_it_now_is
    a_region_holds_for_all_below_it
    the_policy_of_a_day_stays_known
    a_service_changes_by_versions
}

async fn the_tree_is_walked_and_searched(bench: &Bench) {
    bench.write(county).await;
    let codes = |found: Vec<region::Division>| found.into_iter().map(|division| division.code).collect::<Vec<_>>();
    assert_eq!(codes(bench.read(region::roots).await), [code("2308")]);
    let children = bench.read(|tx| region::children(tx, &code("230822100"), None, 10)).await;
    assert_eq!(codes(children), [code("230822100001"), code("230822100002")]);
    let next = bench.read(|tx| region::children(tx, &code("230822100"), Some(code("230822100001")), 10)).await;
    assert_eq!(codes(next), [code("230822100002")]);
    for (text, within, expected) in
        [("桦南", None, 2), ("桦南", Some("230822100"), 1), ("%", None, 0), ("_", None, 0), ("", None, 5), ("新村", Some("45"), 0)]
    {
        let within = within.map(code);
        assert_eq!(bench.read(move |tx| region::search(tx, text, within.as_ref(), None, 10)).await.len(), expected, "{text}");
    }
    let orphan = division("230822200001", "孤村", Level::Community);
    let orphans = [orphan.clone()];
    assert_eq!(bench.store.write(move |tx| region::add(tx, &orphan)).await, Err(StoreError::Missing));
    assert_eq!(bench.store.write(move |tx| region::insert_many(tx, &orphans)).await, Err(StoreError::Missing));
    let again = [division("230822", "桦南县", Level::County), division("230822200", "石头河子镇", Level::Township)];
    assert_eq!(bench.write(move |tx| region::insert_many(tx, &again)).await, 1, "what is there stays");
    let grid = division("230822100001001", "第一网格", Level::Grid);
    bench.write(move |tx| region::add(tx, &grid)).await;
    let known = bench.read(|tx| region::existing(tx, &[code("2308"), code("45"), code("230822200")])).await;
    assert_eq!(known, HashSet::from([code("2308"), code("230822200")]));
    assert_eq!(bench.store.read(|tx| region::find(tx, &code("45"))).await, Err(StoreError::Missing));
}

async fn what_was_merged_lies_in_what_it_now_is(bench: &Bench) {
    bench.write(county).await;
    bench.write(|tx| region::add(tx, &division("230822200", "石头河子镇", Level::Township))).await;
    bench.write(|tx| region::add(tx, &division("230822200001", "石村", Level::Community))).await;
    // A code that was never loaded comes into a community, the community's town is then merged into another town.
    bench.write(|tx| region::add_alias(tx, &code("230822300"), &code("230822200001"))).await;
    bench.write(|tx| region::add_alias(tx, &code("230822200"), &code("230822100"))).await;
    assert_eq!(bench.read(|tx| region::find(tx, &code("230822200"))).await.name, "桦南镇");
    assert_eq!(bench.read(|tx| region::find(tx, &code("230822300"))).await.name, "石村");
    assert_eq!(bench.read(|tx| region::find(tx, &code("230822100"))).await.name, "桦南镇");
    let ranges = bench.read(|tx| region::ranges(tx, &code("230822100"))).await;
    assert_eq!(ranges, [code("230822100").range(), code("230822200").range(), code("230822300").range()]);
    assert_eq!(bench.read(|tx| region::ranges(tx, &code("230822"))).await, [code("230822").range()]);
    assert_eq!(bench.read(|tx| region::ranges_of(tx, &[code("230822100"), code("2308")])).await, [code("2308").range()]);
    let back = bench.store.write(|tx| region::add_alias(tx, &code("230822100"), &code("230822200"))).await;
    assert!(matches!(back, Err(StoreError::Duplicate(_))), "no code is merged into itself: {back:?}");
    bench.write(|tx| region::add_alias(tx, &code("230822100"), &code("230822100002"))).await;
    assert_eq!(bench.read(|tx| region::find(tx, &code("230822200"))).await.name, "新村", "what was merged before goes along");
}

async fn a_region_holds_for_all_below_it(bench: &Bench) {
    bench.write(county).await;
    let found = bench.read(|tx| region::region_of(tx, &code("230822100001"))).await.unwrap();
    assert_eq!((found.division, found.languages), (code("230822"), vec!["zh-CN".to_owned(), "en".to_owned()]));
    assert_eq!(bench.read(|tx| region::region_of(tx, &code("2308"))).await, None);
    assert_eq!(bench.read(region::regions).await.len(), 1);
    bench.write(|tx| staff(tx, id(1))).await;
    let scope = |role, scope| Grant { role, scope: code(scope), organisation: None };
    for (number, given) in
        [(1, scope(Role::Dispatcher, "230822")), (2, scope(Role::GridMember, "230822100")), (3, scope(Role::Dispatcher, "2308"))]
    {
        let row = GrantRow { id: id(number), account: id(1), grant: given, granted_by: None, granted_at: morning() };
        bench.write(move |tx| grant(tx, &row)).await;
    }
    bench.write(|tx| revoke_grant(tx, id(3), id(1))).await;
    let dispatching = bench.read(|tx| region::dispatching(tx, &code("230822100001").lineage())).await;
    assert_eq!(dispatching, [code("230822")]);
    bench.write(|tx| region::set_population(tx, &code("230822"), 2024, 1, "typo")).await;
    bench.write(|tx| region::set_population(tx, &code("230822"), 2024, 320_000, "yearbook")).await;
    bench.write(|tx| region::set_population(tx, &code("230822"), 2025, 318_000, "yearbook")).await;
    let stated = bench.read(|tx| region::populations(tx, &code("230822"))).await;
    assert_eq!(
        stated.iter().map(|population| (population.year, population.residents)).collect::<Vec<_>>(),
        [(2025, 318_000), (2024, 320_000)]
    );
}

async fn the_policy_of_a_day_stays_known(bench: &Bench) {
    bench.write(county).await;
    let policy = |version: &str, days: i64| Policy {
        region: code("230822"),
        kind: PolicyKind::Orders,
        version: version.to_owned(),
        valid_from: morning() + TimeDelta::days(days),
        document: format!("{{\"version\":\"{version}\"}}"),
        created_by: None,
        created_at: morning(),
    };
    let (one, two) = (policy("1", 0), policy("2", 10));
    for kept in [one.clone(), two.clone()] {
        bench.write(move |tx| policy::add(tx, &kept)).await;
    }
    let same_moment = policy("3", 10);
    let refused = bench.store.write(move |tx| policy::add(tx, &same_moment)).await;
    assert!(matches!(refused, Err(StoreError::Duplicate(_))), "{refused:?}");
    for (days, expected) in [(-1, None), (0, Some(&one)), (9, Some(&one)), (10, Some(&two)), (99, Some(&two))] {
        let at = morning() + TimeDelta::days(days);
        let found = bench.read(move |tx| policy::in_force(tx, &code("230822"), PolicyKind::Orders, at)).await;
        assert_eq!(found.as_ref(), expected, "day {days}");
    }
    assert_eq!(bench.read(|tx| policy::by_version(tx, &code("230822"), PolicyKind::Orders, "1")).await, one);
    assert_eq!(bench.read(|tx| policy::list(tx, &code("230822"), PolicyKind::Orders)).await, [two, one]);
}

async fn a_service_changes_by_versions(bench: &Bench) {
    bench.write(county).await;
    let repair = Service {
        id: id(1),
        region: code("230822"),
        code: ServiceCode::parse("tap-repair").unwrap(),
        craft: None,
        names: Names::new("修水龙头", None, Some("sửa vòi nước")).unwrap(),
        payment: Payment::AtCost,
        hazard: Hazard::None,
        minutes: 60,
        active: true,
        version: 1,
    };
    let kept = repair.clone();
    bench.write(move |tx| add_service(tx, &kept)).await;
    assert_eq!(bench.read(|tx| load_service(tx, id(1))).await, repair);
    let longer = Service { minutes: 90, names: Names::new("修水龙头", None, None).unwrap(), ..repair.clone() };
    let expected = Service { version: 2, ..longer.clone() };
    bench.write(move |tx| update_service(tx, &longer)).await;
    assert_eq!(bench.store.write(move |tx| update_service(tx, &repair)).await, Err(StoreError::Stale));
    assert_eq!(bench.read(|tx| list_services(tx, &code("230822"))).await, [expected]);
    assert_eq!(bench.read(|tx| list_crafts(tx, &code("230822"))).await, []);
}
