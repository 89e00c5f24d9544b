//! The headers of answers, as the contract shows them.

use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Response};

use crate::limits::Class;

/// The operations whose answer carries an `ETag`; a test compares with what is sent.
const VERSIONED: &[&str] = &[
    "createClient",
    "readClient",
    "disableClient",
    "enableClient",
    "replaceClientKeys",
    "rotateClientSecret",
    "readContentCheck",
    "decideContent",
    "disableTotp",
    "resetSecondFactor",
    "settleDocumentDispute",
    "resetPassword",
    "lockAccount",
    "unlockAccount",
    "grantRole",
    "createStaffAccount",
    "readAccount",
    "readMe",
    "bindPhone",
    "claimPerson",
    "enterPerson",
    "readPerson",
    "registerVolunteer",
    "applyAsVolunteer",
    "decideVolunteer",
    "changeOwnVolunteerState",
    "readVolunteerProfile",
    "keepVolunteerProfile",
    "readOwnVolunteerProfile",
    "keepOwnVolunteerProfile",
    "addInsurance",
    "endInsurance",
    "certify",
    "suspendCertification",
    "resumeCertification",
    "mergePersons",
    "acceptOrder",
    "declineOrder",
    "releaseOrder",
    "assignMembers",
    "checkIn",
    "finishOrder",
    "mendOrder",
    "readOrder",
    "listOrderEvents",
    "placeOrder",
    "proposeExclusion",
    "decideExclusion",
    "appealOrder",
    "reviewOrder",
    "cancelOrder",
    "rescheduleOrder",
    "reportNoShow",
    "abortOrder",
    "triageOrder",
    "transferOrder",
    "refuseOrder",
    "offerOrder",
    "recallOrder",
    "escalateOrder",
    "decideOrder",
    "enterDemand",
    "readDemand",
    "editDemand",
    "verifyDemand",
    "dropDemand",
    "reopenDemand",
    "listDemandEvents",
    "addHousehold",
    "readHousehold",
    "addHouseholdMember",
    "createTrainingCourse",
    "readTrainingCourse",
    "updateTrainingCourse",
    "planTrainingSession",
    "readTrainingSession",
    "updateTrainingSession",
    "cancelTrainingSession",
    "enrolInTraining",
    "withdrawFromTraining",
    "recordTrainingAttendance",
    "recordTrainingResult",
    "makeCarePlan",
    "readCarePlan",
    "pauseCarePlan",
    "resumeCarePlan",
    "skipCareVisit",
    "endCarePlan",
    "registerSocialWorker",
    "readSocialWorker",
    "updateSocialWorker",
    "openSocialWorkCase",
    "endSocialWorkCase",
    "registerForExam",
    "withdrawFromExam",
    "recordExamResult",
    "beginImport",
    "readImport",
    "cancelImport",
    "joinCavalry",
    "readOwnCavalry",
    "leaveCavalry",
    "enrolInCavalry",
    "removeFromCavalry",
    "goOnDuty",
    "reportPosition",
    "goOffDuty",
    "proposePartnership",
    "addPledge",
    "readPledge",
    "setPledgeQuota",
    "proposeApprenticeship",
    "readApprenticeship",
    "agreeToApprenticeship",
    "refuseApprenticeship",
    "askForStage",
    "decideStage",
    "endApprenticeship",
    "addApprenticeWork",
    "exhibitWork",
    "withdrawWork",
    "createOrganisation",
    "readOrganisation",
    "addMember",
    "updateOrganisation",
    "submitOrganisation",
    "decideOrganisation",
    "addSite",
    "readSite",
    "updateSite",
    "readSlot",
    "closeSlot",
    "bookSlot",
    "readBooking",
    "cancelBooking",
    "recordBookingAttendance",
    "readShift",
    "releaseShift",
    "recordShift",
    "readCraft",
    "addCraft",
    "updateCraft",
    "readService",
    "addService",
    "updateService",
    "readDivision",
    "addGrid",
    "readVocabulary",
];

/// Whether the answer of an operation carries an `ETag`.
#[must_use]
pub(super) fn is_versioned(operation: &Operation) -> bool {
    operation.operation_id.as_deref().is_some_and(|id| VERSIONED.contains(&id))
}

/// Says with each answer which headers it carries.
pub(super) fn describe(class: Class, keyed: bool, operation: &mut Operation) {
    let versioned = is_versioned(operation);
    let is_cursor = |parameter: &RefOr<Parameter>| matches!(parameter, RefOr::T(known) if known.parameter_in == ParameterIn::Query && known.name == "cursor");
    let paged = operation.parameters.iter().flatten().any(is_cursor);
    let limited = class != Class::Probe;
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        let (good, status) = (status.starts_with('2') || status == "304", status.as_str());
        let headers: [(bool, &str, Type, &str); 8] = [
            (true, "X-Request-Id", Type::String, "请求编号，日志中以此为准"),
            (good && versioned, "ETag", Type::String, "版本与内容摘要，用于 If-Match 与 If-None-Match"),
            (status == "201", "Location", Type::String, "新建资源的地址"),
            (status == "200" && paged, "Link", Type::String, "下一页的地址，rel=\"next\"；末页没有"),
            (good && keyed, "Idempotent-Replayed", Type::Boolean, "true 表示同一 Idempotency-Key 的首次结果"),
            (matches!(status, "429" | "503"), "Retry-After", Type::Integer, "多少秒后再试"),
            (limited, "RateLimit-Policy", Type::String, "配额：q 次，w 秒（draft-ietf-httpapi-ratelimit-headers-10）"),
            (limited, "RateLimit", Type::String, "余量：r 次，t 秒后恢复（同上）"),
        ];
        for (_, name, kind, about) in headers.into_iter().filter(|(applies, ..)| *applies) {
            add(response, name, kind, about);
        }
    }
}

fn add(response: &mut Response, name: &str, kind: Type, about: &str) {
    let schema = ObjectBuilder::new().schema_type(kind);
    let header = HeaderBuilder::new().schema(Some(schema)).description(Some(about)).build();
    response.headers.insert(name.to_owned(), RefOr::T(header));
}
