//! Working examples of every request body. Their ids are those of the miniature in which a test sends each of them.

use serde_json::{Value, json};

/// A craft: plumbing and wiring.
pub const CRAFT: &str = "01990000-0000-7000-8000-0000000c0001";
/// A free service of that craft.
pub const SERVICE: &str = "01990000-0000-7000-8000-0000000e0001";
/// A craftsman certified for it.
pub const CRAFTSMAN: &str = "01990000-0000-7000-8000-0000000a0001";
/// A team.
pub const TEAM: &str = "01990000-0000-7000-8000-0000000b0001";
/// Somebody who is served.
pub const RESIDENT: &str = "01990000-0000-7000-8000-0000000a0002";

/// The example of an operation's JSON body, by operation id. Bodies that may be empty have none.
#[must_use]
pub fn body(operation: &str) -> Option<Value> {
    order(operation).or_else(|| identity(operation)).or_else(|| registers(operation))
}

fn order(operation: &str) -> Option<Value> {
    let place = json!({ "longitude": 130.553, "latitude": 46.239, "crs": "wgs84" });
    let proof = json!({ "kind": "position", "position": place });
    Some(match operation {
        "placeOrder" => json!({
            "service": SERVICE, "division": "230822106001", "text": "厨房水龙头漏水", "address": "红旗小区3号楼2单元", "position": place,
            "wanted": { "start": "2026-09-08T09:00:00+08:00", "end": "2026-09-08T11:00:00+08:00" }, "urgency": "normal"
        }),
        "triageOrder" => json!({ "craft": CRAFT, "group": "elderly", "urgency": "normal", "minutes": 60, "people_needed": 1 }),
        "transferOrder" => json!({ "to": "230822106002", "reason": "other_division" }),
        "refuseOrder" => json!({ "reason": "no_capacity", "note": "本周力量不足" }),
        "appealOrder" => json!({ "text": "家中只有老人，确实需要" }),
        "offerOrder" => json!({ "takers": [{ "kind": "person", "id": CRAFTSMAN }] }),
        "recallOrder" => json!({ "reason": "dispatcher_changed_plan" }),
        "declineOrder" | "releaseOrder" => json!({ "reason": "not_available" }),
        "acceptOrder" => json!({ "start": "2026-09-08T09:30:00+08:00" }),
        "assignMembers" => json!({ "members": [CRAFTSMAN] }),
        "rescheduleOrder" => json!({ "window": { "start": "2026-09-08T10:00:00+08:00", "end": "2026-09-08T11:00:00+08:00" } }),
        "reportNoShow" => json!({ "absent": "taker" }),
        "checkIn" => json!({ "proof": proof }),
        "abortOrder" => json!({ "reason": "needs_more", "note": "缺配件" }),
        "finishOrder" => json!({ "proof": proof, "work": "更换阀芯并试水", "minutes": 40 }),
        "reviewOrder" => json!({ "stars": 5, "solved": true, "tags": ["准时"], "text": "修得很好" }),
        "mendOrder" => json!({ "how": "revisited", "note": "重新缠了生料带" }),
        "escalateOrder" => json!({ "reason": "needs_authority" }),
        "decideOrder" => json!({ "ruling": "requeue", "handler": "230822106001", "reason": "third_return", "note": "由红旗社区落实" }),
        "cancelOrder" => json!({ "reason": "resident_changed_mind" }),
        "addContact" => json!({ "kind": "first_contact", "reached": true, "note": "已约周二上午" }),
        "proposeExclusion" => json!({ "note": "属物业维修职责" }),
        "decideContent" => json!({ "decision": "release", "reason": "needed_for_service", "note": "店名本身含此字样" }),
        "receiveWechatMessage" => json!({
            "ToUserName": "gh_0123456789ab", "FromUserName": "o0123456789ab", "CreateTime": 1_788_742_800, "MsgType": "event",
            "Event": "wxa_media_check", "appid": "wx-test", "trace_id": "60ae120f-371d5872-7941a05b", "version": 2,
            "errcode": 0, "errmsg": "ok", "result": { "suggest": "pass", "label": 100 }, "detail": []
        }),
        "decideExclusion" => json!({ "confirmed": true, "note": "情况属实" }),
        _ => return None,
    })
}

fn identity(operation: &str) -> Option<Value> {
    Some(match operation {
        "signInWithWechat" => json!({ "code": "wang-xiuying:1" }),
        "signInAsStaff" => json!({ "username": "wang.li", "password": "Hongqi-2026-shequ" }),
        "refreshSession" => json!({ "refresh_token": "q0ZC3zB7Xl1nJ0yqk3tN2v8r5uW9xYbE6sD4fG1hA7o" }),
        "bindPhone" => json!({ "code": "phone-13800138000:1" }),
        "claimPerson" => {
            json!({ "name": "王秀英", "division": "230822106001", "birth_date": "1950-05-01", "consent_version": "2026-1" })
        }
        "changePassword" => json!({ "current": "Hongqi-2026-shequ", "new": "Tiexi-2027-shequ" }),
        "createStaffAccount" => {
            json!({ "username": "zhao.min", "grants": [{ "role": "dispatcher", "scope": "230822106001" }] })
        }
        "enrolTotp" => json!({ "password": "Hongqi-2026-shequ" }),
        "confirmTotp" => json!({ "code": "287082" }),
        "disableTotp" => json!({ "password": "Hongqi-2026-shequ", "code": "287082" }),
        "createClient" => json!({
            "name": "省志愿服务平台", "division": "230822", "scopes": ["orders.read", "statistics.read"],
            "expires_at": "2027-09-01T00:00:00+08:00", "authentication": "client_secret_basic"
        }),
        "rotateClientSecret" => json!({ "overlap_hours": 24 }),
        "replaceClientKeys" => json!({ "keys": [{
            "kty": "OKP", "kid": "2026-09", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "alg": "EdDSA", "use": "sig"
        }] }),
        "grantRole" => json!({ "role": "grid_member", "scope": "230822106001" }),
        _ => return None,
    })
}

fn registers(operation: &str) -> Option<Value> {
    Some(match operation {
        "addGrid" => json!({ "code": "230822106001002", "name": "红旗第二网格" }),
        "importDivisions" => json!({ "rows": [{ "code": "230822106003", "level": "village", "name": "建设社区", "parent": "230822106" }] }),
        "addDivisionAlias" => json!({ "alias": "230822199" }),
        "setPopulation" => json!({ "year": 2025, "residents": 3200, "source": "县统计局" }),
        "publishOrderPolicy" => json!({ "region": "230822", "policy": domain::order::OrderPolicy {
            version: "huanan-2026-10".to_owned(), ..domain::order::OrderPolicy::default()
        } }),
        "enterPerson" => json!({
            "name": "周桂兰", "phone": "13800138001", "division": "230822106001", "birth_date": "1948-03-12", "basis": "consent"
        }),
        "searchPersons" => json!({ "name": "王秀英", "within": "230822106" }),
        "mergePersons" => json!({ "into": RESIDENT }),
        "giveConsent" => json!({ "kind": "publication", "text_version": "2026-1" }),
        "recordConsent" => json!({
            "kind": "sensitive_data", "text_version": "2026-1", "giver": "self", "channel": "paper", "evidence": "同意书 2026-017"
        }),
        "withdrawConsent" | "recordWithdrawal" => json!({ "kind": "register" }),
        "unmaskPerson" | "requestUnmasking" => json!({ "fields": ["phone"], "purpose": "verification" }),
        "settleDocumentDispute" => json!({ "is_theirs": false }),
        "decideUnmasking" => json!({ "approved": true }),
        "eraseMe" => json!({ "irreversible": true }),
        "erasePerson" => json!({ "irreversible": true, "requested_through": "paper" }),
        "registerVolunteer" | "applyAsVolunteer" => json!({ "division": "230822106001" }),
        "decideVolunteer" => json!({ "state": "active" }),
        "changeOwnVolunteerState" => json!({ "state": "paused" }),
        "certify" => json!({ "craft": CRAFT, "level": "intermediate", "evidence": "低压电工作业证", "valid_until": "2028-09-07" }),
        "addCraft" => json!({ "region": "230822", "domain": "生活", "code": "sewing", "names": { "zh": "缝纫", "en": "Sewing" } }),
        "updateCraft" => json!({ "domain": "维修", "names": { "zh": "水电维修" }, "active": true }),
        "addService" => json!({
            "region": "230822", "code": "lamp", "craft": CRAFT, "names": { "zh": "换灯", "en": "Changing a lamp" }, "payment": "at_cost", "minutes": 30
        }),
        "updateService" => json!({ "craft": CRAFT, "names": { "zh": "修水龙头" }, "payment": "free", "minutes": 45, "active": true }),
        "createOrganisation" => json!({ "kind": "volunteer_team", "name": "邻里十八匠红旗分队", "division": "230822106001" }),
        "searchAudit" => json!({ "region": "230822", "action": "placeOrder" }),
        "makeAuditCheckpoint" => json!({ "region": "230822" }),
        "addMember" => json!({ "person": CRAFTSMAN }),
        _ => return None,
    })
}
