//! Accounts, sessions, roles and keys.

use chrono::TimeDelta;
use domain::identity::{Grant, Role};
use domain::person::Phone;
use persistence::identity::{
    AccountState, Attempt, GrantRow, NewStaff, RefreshUse, actor, add_refresh, add_resident, add_signing_key, add_staff, by_openid, cancel,
    count, grant, grants, link_person, load, lock, open_session, phone, principal, recall, remember_address, retire_signing_key,
    revoke_grant, revoke_session, session, set_fact_once, set_password, set_phone, signing_keys, unlock, use_refresh,
};
use persistence::{StoreError, Tx};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::bench::{Bench, code, county, id, morning, on_both};
use crate::people;

on_both! {
    of_two_uses_of_a_refresh_token_one_is_fresh
    a_refresh_token_ends_with_its_session
    many_first_sign_ins_make_one_account
    a_cancelled_account_keeps_nothing_that_signs_in
    wrong_passwords_are_counted_one_by_one
    an_actor_is_what_the_store_says_now
    signing_keys_open_again
    a_fact_is_said_once
}

pub(crate) fn staff(tx: &mut Tx, id: Uuid) -> Result<(), StoreError> {
    let (username, password_hash) = (format!("user{}", id.as_u128()), "$argon2id$".to_owned());
    add_staff(tx, &NewStaff { id, username, password_hash, must_change_password: true, person: None })
}

async fn of_two_uses_of_a_refresh_token_one_is_fresh(bench: &Bench) {
    let later = morning() + TimeDelta::days(30);
    bench.write(move |tx| staff(tx, id(1)).and_then(|()| open_session(tx, id(2), id(1), later))).await;
    for round in 0..10_u8 {
        bench.write(move |tx| add_refresh(tx, &[round], id(2), later)).await;
        let mut uses = JoinSet::new();
        for _ in 0..2 {
            let store = bench.store.clone();
            uses.spawn(async move { store.write::<_, StoreError>(move |tx| use_refresh(tx, &[round])).await.unwrap() });
        }
        let uses = uses.join_all().await;
        assert!(uses.contains(&RefreshUse::Fresh { session: id(2), account: id(1) }), "{uses:?}");
        assert!(uses.contains(&RefreshUse::Reused { session: id(2) }), "{uses:?}");
    }
    assert_eq!(bench.write(|tx| use_refresh(tx, b"nobody's")).await, RefreshUse::Unknown);
}

async fn a_refresh_token_ends_with_its_session(bench: &Bench) {
    let later = morning() + TimeDelta::days(30);
    bench.write(move |tx| staff(tx, id(1)).and_then(|()| open_session(tx, id(2), id(1), later))).await;
    bench.write(move |tx| add_refresh(tx, b"one", id(2), morning() + TimeDelta::days(1))).await;
    bench.write(move |tx| add_refresh(tx, b"two", id(2), later)).await;
    bench.clock.advance(TimeDelta::days(1));
    assert_eq!(bench.write(|tx| use_refresh(tx, b"one")).await, RefreshUse::Expired);
    bench.write(|tx| revoke_session(tx, id(2), "signed_out")).await;
    let ended = bench.read(|tx| session(tx, id(2))).await.revoked_at;
    assert_eq!(ended, Some(bench.clock.now()));
    assert_eq!(bench.write(|tx| use_refresh(tx, b"two")).await, RefreshUse::Expired);
    bench.clock.advance(TimeDelta::days(1));
    bench.write(|tx| revoke_session(tx, id(2), "again")).await;
    assert_eq!(bench.read(|tx| session(tx, id(2))).await.revoked_at, ended, "it ended when it first did");
}

async fn many_first_sign_ins_make_one_account(bench: &Bench) {
    let mut sign_ins = JoinSet::new();
    for number in 0..20 {
        let store = bench.store.clone();
        sign_ins
            .spawn(async move { store.write::<_, StoreError>(move |tx| add_resident(tx, id(number), "openid of 李")).await.unwrap().id });
    }
    let accounts = sign_ins.join_all().await;
    assert!(accounts.iter().all(|account| *account == accounts[0]), "{accounts:?}");
    let other = bench.write(|tx| add_resident(tx, id(99), "openid of 王")).await;
    assert_eq!(other.id, id(99));
    assert_eq!(bench.read(|tx| by_openid(tx, "openid of 李")).await.unwrap().id, accounts[0]);
    assert_eq!(bench.read(|tx| by_openid(tx, "openid of 张")).await, None);
}

async fn a_cancelled_account_keeps_nothing_that_signs_in(bench: &Bench) {
    let li = Phone::parse("13812345678").unwrap();
    let later = morning() + TimeDelta::days(30);
    bench.write(county).await;
    bench
        .write(move |tx| {
            add_resident(tx, id(1), "openid")?;
            set_phone(tx, id(1), &Phone::parse("13812345678").unwrap())?;
            open_session(tx, id(2), id(1), later)?;
            grant(tx, &role(id(3), id(1), Role::GridMember, "230822100001"))
        })
        .await;
    assert_eq!(bench.read(|tx| phone(tx, id(1))).await, Some(li));
    assert!(bench.read(|tx| load(tx, id(1))).await.has_phone);
    assert!(bench.read(|tx| principal(tx, id(2), TimeDelta::days(400))).await.is_some());
    bench.write(|tx| cancel(tx, id(1))).await;
    let account = bench.read(|tx| load(tx, id(1))).await;
    assert_eq!((account.state, account.has_phone), (AccountState::Cancelled, false));
    assert_eq!(bench.read(|tx| phone(tx, id(1))).await, None);
    assert_eq!(bench.read(|tx| grants(tx, id(1))).await, []);
    assert_eq!(bench.read(|tx| principal(tx, id(2), TimeDelta::days(400))).await, None);
    assert_eq!(bench.store.write(|tx| cancel(tx, id(1))).await, Err(StoreError::Stale));
    assert_eq!(bench.write(|tx| add_resident(tx, id(5), "openid")).await.id, id(5), "the openid opens a new account");
}

async fn wrong_passwords_are_counted_one_by_one(bench: &Bench) {
    bench.write(|tx| staff(tx, id(1))).await;
    let attempt = || Attempt::new(bench.store.keys(), "user1", "192.0.2.7");
    let mut tries = JoinSet::new();
    for _ in 0..10 {
        let (store, attempt) = (bench.store.clone(), attempt());
        tries.spawn(async move { store.write::<_, StoreError>(move |tx| count(tx, &attempt, morning())).await.unwrap() });
    }
    let mut counts = tries.join_all().await;
    counts.sort_unstable();
    assert_eq!(counts, (1..=10).map(|count| [count; 3]).collect::<Vec<_>>());
    let (kept, known) = (attempt(), attempt());
    let tried = bench.read(move |tx| recall(tx, &kept, Some(id(1)))).await;
    assert_eq!((tried.pair.count, tried.account.last, tried.known), (10, Some(morning()), false));
    bench.write(move |tx| remember_address(tx, &known, id(1), 20)).await;
    let kept = attempt();
    let tried = bench.read(move |tx| recall(tx, &kept, Some(id(1)))).await;
    assert_eq!((tried.pair.count, tried.account.count, tried.known), (0, 10, true));
    bench.write(|tx| set_password(tx, id(1), "$other$", false)).await;
    let account = bench.read(|tx| load(tx, id(1))).await;
    assert_eq!((account.password_hash.as_deref(), account.must_change_password, account.version), (Some("$other$"), false, 2));
    assert!(!format!("{account:?}").contains("$other$"), "a log never has a password hash");
    let taken = bench
        .store
        .write(|tx| {
            add_staff(
                tx,
                &NewStaff { id: id(2), username: "user1".into(), password_hash: "$".into(), must_change_password: true, person: None },
            )
        })
        .await;
    assert!(taken.unwrap_err().is_duplicate_of("accounts", "username"));
}

fn role(id: Uuid, account: Uuid, role: Role, scope: &str) -> GrantRow {
    let grant = Grant { role, scope: code(scope), organisation: None };
    GrantRow { id, account, grant, granted_by: None, granted_at: morning() }
}

async fn an_actor_is_what_the_store_says_now(bench: &Bench) {
    bench.write(county).await;
    bench.write(|tx| staff(tx, id(1)).and_then(|()| open_session(tx, id(2), id(1), morning() + TimeDelta::days(1)))).await;
    let nobody = bench.read(|tx| actor(tx, id(1))).await;
    assert_eq!((nobody.person, nobody.roles(), nobody.craftsman), (None, vec![], false));
    bench.write(|tx| people::craftsman(tx, id(10), id(1))).await;
    bench.write(|tx| link_person(tx, id(1), id(10))).await;
    bench.write(|tx| grant(tx, &role(id(3), id(1), Role::Dispatcher, "230822"))).await;
    bench.write(|tx| grant(tx, &role(id(4), id(1), Role::GridMember, "230822100001"))).await;
    let found = bench.read(|tx| principal(tx, id(2), TimeDelta::days(400))).await.unwrap();
    assert_eq!(found.actor, bench.read(|tx| actor(tx, id(1))).await);
    assert_eq!(found.actor.roles(), [Role::Resident, Role::Volunteer, Role::Craftsman, Role::GridMember, Role::Dispatcher]);
    assert!(found.must_change_password);
    bench.write(|tx| revoke_grant(tx, id(3), id(1))).await;
    assert_eq!(bench.store.write(|tx| revoke_grant(tx, id(3), id(1))).await, Err(StoreError::Stale));
    let held = bench.read(|tx| grants(tx, id(1))).await;
    assert_eq!(held, [role(id(4), id(1), Role::GridMember, "230822100001")]);
    bench.clock.advance(TimeDelta::hours(2));
    assert!(!bench.read(|tx| actor(tx, id(1))).await.craftsman, "the certification is over");
    assert_eq!(bench.store.write(|tx| link_person(tx, id(1), id(11))).await, Err(StoreError::Stale), "one account, one person");
    bench.write(|tx| lock(tx, id(1))).await;
    assert_eq!(bench.read(|tx| principal(tx, id(2), TimeDelta::days(400))).await, None);
    bench.write(|tx| unlock(tx, id(1))).await;
    assert_eq!(bench.read(|tx| principal(tx, id(2), TimeDelta::days(400))).await, None, "a locked account signs in anew");
    assert_eq!(bench.store.read(|tx| actor(tx, id(99))).await, Err(StoreError::Missing));
    assert_eq!(bench.read(|tx| principal(tx, id(99), TimeDelta::days(400))).await, None);
}

async fn signing_keys_open_again(bench: &Bench) {
    bench.write(|tx| add_signing_key(tx, id(1), b"private", b"public")).await;
    bench.clock.advance(TimeDelta::days(90));
    bench.write(|tx| add_signing_key(tx, id(2), b"another", b"key")).await;
    bench.write(|tx| retire_signing_key(tx, id(1))).await;
    assert_eq!(bench.store.write(|tx| retire_signing_key(tx, id(1))).await, Err(StoreError::Stale));
    let keys = bench.read(signing_keys).await;
    let shown: Vec<_> =
        keys.iter().map(|key| (key.id, key.private_key.as_slice(), key.public_key.as_slice(), key.retired_at.is_some())).collect();
    assert_eq!(shown, [(id(2), &b"another"[..], &b"key"[..], false), (id(1), &b"private"[..], &b"public"[..], true)]);
}

async fn a_fact_is_said_once(bench: &Bench) {
    let mut speakers = JoinSet::new();
    for number in 0..8 {
        let store = bench.store.clone();
        speakers
            .spawn(async move { store.write::<_, StoreError>(move |tx| set_fact_once(tx, "key", &format!("{number}"))).await.unwrap() });
    }
    let heard = speakers.join_all().await;
    assert!(heard.iter().all(|fact| *fact == heard[0]), "{heard:?}");
}
