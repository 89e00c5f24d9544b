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
/// A hospital.
pub const HOSPITAL: &str = "01990000-0000-7000-8000-0000000b0002";
/// Somebody who is served.
pub const RESIDENT: &str = "01990000-0000-7000-8000-0000000a0002";

/// The example of an operation's JSON body, by operation id. Bodies that may be empty have none.
#[must_use]
pub fn body(operation: &str) -> Option<Value> {
    let of_people = || people(operation).or_else(|| training(operation)).or_else(|| registers(operation)).or_else(|| demand(operation));
    order(operation)
        .or_else(|| identity(operation))
        .or_else(of_people)
        .or_else(|| site(operation))
        .or_else(|| appointment(operation))
        .or_else(|| cavalry(operation))
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

fn appointment(operation: &str) -> Option<Value> {
    Some(match operation {
        "openSlots" => json!({
            "service": SERVICE, "day": "2026-09-08", "start": "09:00", "end": "09:30", "capacity": 4,
            "repeat": { "weekdays": [2, 4], "weeks": 4, "except": ["2026-10-01"] }
        }),
        "closeSlot" => json!({ "reason": "no_staff" }),
        "bookSlot" => json!({ "person": RESIDENT }),
        "recordBookingAttendance" => json!({ "attended": true }),
        "planShifts" => json!({ "shifts": [{
            "person": CRAFTSMAN, "post": "reception", "starts_at": "2026-09-08T08:30:00+08:00", "ends_at": "2026-09-08T11:30:00+08:00"
        }] }),
        "releaseShift" => json!({ "reason": "illness" }),
        "recordShift" => json!({ "held": true }),
        "publishAppointmentPolicy" => json!({ "region": "230822", "policy": domain::appointment::AppointmentPolicy {
            version: "huanan-2026-10".to_owned(), ..domain::appointment::AppointmentPolicy::default()
        } }),
        _ => return None,
    })
}

fn cavalry(operation: &str) -> Option<Value> {
    let position = json!({ "longitude": 130.553, "latitude": 46.239, "crs": "wgs84" });
    Some(match operation {
        "joinCavalry" | "enrolInCavalry" => json!({ "employment": "courier", "emergency_ready": true }),
        "goOnDuty" | "reportPosition" => json!({ "position": position }),
        "publishCavalryPolicy" => json!({ "region": "230822", "policy": domain::cavalry::CavalryPolicy {
            version: "huanan-2026-10".to_owned(), ..domain::cavalry::CavalryPolicy::default()
        } }),
        _ => return None,
    })
}

fn site(operation: &str) -> Option<Value> {
    let mut paper = json!({
        "kind": "station", "names": { "zh": "红旗社区暖心驿站", "en": "Hongqi warm-heart station", "vi": "Trạm ấm lòng Hồng Kỳ" },
        "address": "桦南镇前进路 18 号", "phone": "0454-6222888",
        "position": { "longitude": 130.560388, "latitude": 46.240927, "crs": "gcj02" },
        "languages": ["zh"], "services": [SERVICE],
        "hours": {
            "week": (1..=5).map(|weekday| json!({ "weekday": weekday, "opens": "08:30", "closes": "17:00" })).collect::<Vec<_>>(),
            "exceptions": [{ "day": "2026-10-01" }, { "day": "2026-10-10", "opens": "08:30", "closes": "12:00" }]
        }
    });
    let (field, value) = match operation {
        "addSite" => ("division", json!("230822106001")),
        "updateSite" => ("active", json!(true)),
        "publishSitePolicy" => {
            let policy = domain::site::SitePolicy { version: "huanan-2026-10".to_owned(), ..domain::site::SitePolicy::default() };
            return Some(json!({ "region": "230822", "policy": policy }));
        }
        _ => return None,
    };
    paper.as_object_mut()?.insert(field.to_owned(), value);
    Some(paper)
}

fn demand(operation: &str) -> Option<Value> {
    Some(match operation {
        "enterDemand" => json!({
            "subject": { "kind": "person", "id": RESIDENT }, "division": "230822106001", "care": "meals", "urgency": "normal",
            "tags": ["living_alone"], "source": "grid_visit", "description": "独居，午饭常不做", "basis": "statutory_duty"
        }),
        "verifyDemand" => json!({ "note": "已上门，仍有需要" }),
        "editDemand" => json!({ "urgency": "high", "tags": ["living_alone", "dependent"], "basis": "statutory_duty", "note": "近日跌倒" }),
        "dropDemand" => json!({ "reason": "solved_otherwise", "note": "女儿接回同住" }),
        "reopenDemand" => json!({ "note": "女儿又外出务工" }),
        "orderDemand" => json!({
            "service": SERVICE, "text": "送一份午饭，敲门要久一些", "basis": "statutory_duty", "channel": "visit",
            "wanted": { "start": "2026-09-08T11:00:00+08:00", "end": "2026-09-08T12:00:00+08:00" }
        }),
        "makeCarePlan" => json!({
            "service": SERVICE, "rule": "FREQ=WEEKLY;BYDAY=TU", "first_day": "2026-09-08", "last_day": "2026-12-29", "starts": "09:30",
            "minutes": 60, "note": "独居老人，敲门要久一些", "basis": "statutory_duty"
        }),
        "skipCareVisit" => json!({ "day": "2026-09-15", "reason": "hospital" }),
        "endCarePlan" => json!({ "reason": "moved" }),
        "addHousehold" => json!({ "division": "230822106001", "head": RESIDENT }),
        "addHouseholdMember" => json!({ "person": CRAFTSMAN, "relation": "child" }),
        "publishDemandPolicy" => json!({ "region": "230822", "policy": domain::demand::DemandPolicy {
            version: "huanan-2026-10".to_owned(), ..domain::demand::DemandPolicy::default()
        } }),
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

fn people(operation: &str) -> Option<Value> {
    let profile = json!({
        "sex": "female", "residence": "红旗小区3号楼2单元", "phone": "13912345678", "skills": ["理发", "手语"],
        "services": ["elderly_care", "household"], "groups": ["elderly"],
        "windows": [{ "weekday": 6, "start": "09:00", "end": "11:30" }, { "weekday": 7, "start": "14:00", "end": "17:00" }],
        "exceptions": [{ "day": "2026-10-01", "available": false }]
    });
    Some(match operation {
        "registerVolunteer" => json!({ "division": "230822106001" }),
        "applyAsVolunteer" => json!({ "division": "230822106001", "profile": profile }),
        "keepOwnVolunteerProfile" | "keepVolunteerProfile" => profile,
        "decideVolunteer" => json!({ "state": "refused", "reason": "incomplete", "note": "请补充服务技能后再次申请" }),
        "changeOwnVolunteerState" => json!({ "state": "paused" }),
        "certify" => json!({ "craft": CRAFT, "level": "intermediate", "evidence": "低压电工作业证", "valid_until": "2028-09-07" }),
        "suspendCertification" => json!({ "reason": "服务投诉待核实" }),
        "resumeCertification" => json!({ "reason": "经核实投诉不属实" }),
        "addInsurance" => json!({
            "insurer": "人保财险桦南支公司", "number": "PEAC202623080000017", "covers": ["accident", "medical"],
            "valid_from": "2026-01-01", "valid_until": "2026-12-31"
        }),
        "publishPeoplePolicy" => json!({ "region": "230822", "policy": domain::person::PeoplePolicy {
            version: "huanan-2026-10".to_owned(), ..domain::person::PeoplePolicy::default()
        } }),
        _ => return None,
    })
}

fn training(operation: &str) -> Option<Value> {
    let course = json!({
        "title": "水电维修提升班", "description": "漏电保护、排水改造与入户安全", "credit_hours": 8,
        "certifies": { "craft": CRAFT, "level": "intermediate", "valid_months": 36 }
    });
    Some(match operation {
        "createTrainingCourse" => with(course, "division", json!("230822106001")),
        "updateTrainingCourse" => with(course, "active", json!(true)),
        "planTrainingSession" | "updateTrainingSession" => json!({
            "place": "红旗社区活动室", "starts_at": "2026-09-12T08:30:00+08:00", "ends_at": "2026-09-12T16:30:00+08:00", "capacity": 30
        }),
        "enrolInTraining" => json!({ "person": CRAFTSMAN }),
        "recordTrainingAttendance" => json!({ "attended": true }),
        "recordTrainingResult" => json!({ "passed": true }),
        _ => return social_work(operation),
    })
}

fn social_work(operation: &str) -> Option<Value> {
    let worker = json!({
        "division": "230822106001", "qualification": "social_worker", "certificate": "20251234567890231", "certified_on": "2025-10-20",
        "registered_on": "2026-01-15", "post": "station", "party_member": true
    });
    Some(match operation {
        "registerSocialWorker" => json!({ "person": CRAFTSMAN, "worker": worker }),
        "updateSocialWorker" => with(worker, "active", json!(true)),
        "openSocialWorkCase" => json!({ "worker": CRAFTSMAN }),
        "endSocialWorkCase" => json!({ "reason": "handed_over" }),
        "registerForExam" => json!({ "person": CRAFTSMAN, "year": 2026, "level": "senior" }),
        "recordExamResult" => json!({ "result": "passed" }),
        _ => return partnership(operation),
    })
}

fn partnership(operation: &str) -> Option<Value> {
    let pledge = json!({ "organisation": TEAM, "resource": "义诊现场秩序维护", "unit": "人次", "quota": 120 });
    Some(match operation {
        "proposePartnership" => json!({
            "kind": "medical", "division": "230822106001", "title": "县医院进社区义诊", "valid_from": "2026-09-01",
            "valid_until": "2027-08-31", "parties": [TEAM, HOSPITAL], "pledges": [pledge]
        }),
        "agreeToPartnership" => json!({ "organisation": TEAM }),
        "endPartnership" => json!({ "reason": "by_agreement" }),
        "addPledge" => pledge,
        "setPledgeQuota" => json!({ "quota": 200 }),
        "drawPledge" => json!({ "amount": 3, "used_on": "2026-09-05", "purpose": "九月社区义诊" }),
        "takeBackPledgeUse" => json!({ "reason": "重复登记" }),
        _ => return apprenticeship(operation),
    })
}

fn apprenticeship(operation: &str) -> Option<Value> {
    Some(match operation {
        "proposeApprenticeship" => json!({
            "side": "master", "other": RESIDENT, "other_name": "王秀英", "craft": CRAFT, "division": "230822106001"
        }),
        "decideStage" => json!({ "confirmed": true }),
        "agreeToApprenticeship" => json!({}),
        "endApprenticeship" => json!({ "reason": "by_agreement" }),
        "addApprenticeWork" => json!({ "title": "莲花团扇", "description": "绷绢、裱边、绘莲", "made_on": "2026-09-05" }),
        "exhibitWork" => json!({ "kind": "sold", "day": "2026-09-06", "price_fen": 6800 }),
        "publishApprenticeshipPolicy" => json!({ "region": "230822", "policy": domain::apprenticeship::ApprenticeshipPolicy {
            version: "huanan-2026-10".to_owned(), ..domain::apprenticeship::ApprenticeshipPolicy::default()
        } }),
        _ => return None,
    })
}

/// An object with one more member.
fn with(mut object: Value, name: &str, value: Value) -> Value {
    if let Some(members) = object.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
    object
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
        "publishRetentionPolicy" => json!({ "region": "230822", "policy": domain::retention::RetentionPolicy {
            version: "huanan-2026-10".to_owned(), ..domain::retention::RetentionPolicy::default()
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
        "addCraft" => json!({ "region": "230822", "domain": "生活", "code": "sewing", "names": { "zh": "缝纫", "en": "Sewing" } }),
        "updateCraft" => json!({ "domain": "维修", "names": { "zh": "水电维修" }, "active": true }),
        "addService" => json!({
            "region": "230822", "code": "lamp", "craft": CRAFT, "names": { "zh": "换灯", "en": "Changing a lamp" }, "payment": "at_cost", "minutes": 30
        }),
        "updateService" => json!({ "craft": CRAFT, "names": { "zh": "修水龙头" }, "payment": "free", "minutes": 45, "active": true }),
        "createOrganisation" => json!({
            "kind": "volunteer_team", "name": "邻里十八匠红旗分队", "division": "230822106001", "credit_code": "91350100M000100Y43",
            "founded_on": "2019-03-05", "contact": { "name": "陈队长", "phone": "0454-6222888" }
        }),
        _ => return organisations(operation),
    })
}

fn organisations(operation: &str) -> Option<Value> {
    Some(match operation {
        "updateOrganisation" => json!({
            "kind": "volunteer_team", "name": "邻里十八匠红旗分队", "credit_code": "91350100M000100Y43",
            "founded_on": "2019-03-05", "contact": { "name": "赵队长", "phone": "0454-6222889" }
        }),
        "decideOrganisation" => json!({ "step": "activate", "reason": "材料齐全" }),
        "addAllianceMember" => json!({ "organisation": TEAM }),
        "enterFundEntry" => json!({
            "account": "income_donation", "amount": 20_000, "happened_on": "2026-09-01", "purpose": "爱心商户捐赠", "receipt": "票据 00017"
        }),
        "decideFundEntry" => json!({ "approved": true }),
        "reverseFundEntry" => json!({ "reason": "金额记错" }),
        "publishFundReport" => json!({ "quarter": "2026-Q2" }),
        "publishOrganisationPolicy" => json!({ "region": "230822", "policy": domain::organisation::OrganisationPolicy {
            version: "huanan-2026-10".to_owned(), ..domain::organisation::OrganisationPolicy::default()
        } }),
        "searchAudit" => json!({ "region": "230822", "action": "placeOrder" }),
        "makeAuditCheckpoint" => json!({ "region": "230822" }),
        "addMember" => json!({ "person": CRAFTSMAN }),
        _ => return None,
    })
}
