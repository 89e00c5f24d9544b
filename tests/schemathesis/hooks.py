"""Keeps the users of a run what they are.

The document says how to end one's own session, how to cancel one's own account, and how to lock somebody else's. All of it
is called, and must not make the rest of the run a list of refusals: whoever lost a session signs in again, accounts are
cancelled by people who come for that alone, and what would do away with one of the users is not sent.
"""

import atexit
import itertools
import json
import pathlib
import sys

import schemathesis

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from prepare import OWNERS, ask, sign_in

DEMO = json.loads(pathlib.Path("demo.json").read_text(encoding="utf-8"))
REGIONS = {"": "230822", "4514": "4514"}
# What cancels or erases the caller's own account. What makes a newcomer somebody is like it.
LEAVING = {"cancelAccount", "eraseMe"}
# What may end the caller's own session.
ENDING = {"signOut", "endOwnSession", "endAccountSession", "changePassword", "claimPerson", "bindPhone"}
# What does away with the account or the person whom the path names.
REMOVING = {"lockAccount", "resetPassword", "revokeRole", "endAccountSession", "erasePerson", "mergePersons"}

# Where the id of something that may be read is found. Lists have names of their own in the document, so that the tool does not
# see by itself that what is listed is what can be read; and only of what it found itself it knows whose it is.
READABLE = {
    "listOrders": ("items/{n}/id", ["readOrder", "listOrderEvents", "listPhotos", "listContacts"]),
    "listDemands": ("items/{n}/id", ["readDemand", "listDemandEvents"]),
    "listAccounts": ("items/{n}/id", ["readAccount", "listAccountSessions"]),
    "listClients": ("items/{n}/id", ["readClient"]),
    "listContentChecks": ("items/{n}/id", ["readContentCheck"]),
    "listOrganisations": (
        "items/{n}/id",
        ["readOrganisation", "listOrganisationDecisions", "listMembershipEvents", "listAllianceMembers", "listFundEntries", "readFund", "listFundReports"],
    ),
    "listTrainingCourses": ("items/{n}/id", ["readTrainingCourse"]),
    "listTrainingSessions": ("items/{n}/id", ["readTrainingSession", "listTrainingEnrolments"]),
    "listCraftsmen": ("items/{n}/person", ["readPerson", "listCertifications", "listInsurances", "readVolunteerProfile", "readTrainingRecord"]),
    "listVolunteers": ("items/{n}/person", ["readPerson", "listVolunteerEvents", "readVolunteerProfile"]),
    "listExpiringCertifications": ("items/{n}/id", ["listCertificationEvents"]),
    "listSocialWorkers": ("items/{n}/person/id", ["readSocialWorker", "listSocialWorkCases", "listExamsOfPerson"]),
    "listSites": ("items/{n}/id", ["readSite"]),
    "searchPersons": ("items/{n}/id", ["readPerson", "listCertifications", "listConsents", "listUnmaskRequests"]),
    "readMe": ("person/id", ["readPerson", "listCertifications", "listConsents"]),
}
LISTED = range(3)

numbers = itertools.count(1)
# Who was given a header, at first and later; and everybody's header of now, where it is another.
known = {f"Bearer {token}": name for name, token in DEMO.items() if isinstance(token, str)}
present = {}
lost = set()


def kept():
    """The accounts and people of the users."""
    ids = set()
    for user in OWNERS:
        me = ask(DEMO, user, "/v1/me")
        ids.add(me["account"]["id"])
        if me.get("person"):
            ids.add(me["person"]["id"])
    return ids


KEPT = kept()


def operation(case):
    return case.operation.definition.raw.get("operationId")


def sign_in_new(name):
    return sign_in(DEMO, "/v1/sessions/wechat", {"code": f"{name}:again-{next(numbers)}"})


def open_session(name):
    """A new session of a user."""
    if name == "newcomer":
        return sign_in_new(name)
    key, _, region = name.partition("@")
    ids = DEMO["ids"][REGIONS[region]]
    if key in ids["usernames"]:
        body = {"username": ids["usernames"][key], "password": DEMO["staff_password"]}
        return sign_in(DEMO, "/v1/sessions/staff", body)
    return sign_in_new(ids["wechat_names"][key])


def renew(name):
    token = open_session(name)
    if token is None:
        lost.add(name)
        return
    present[name] = f"Bearer {token}"
    known[present[name]] = name


@schemathesis.hook
def before_load_schema(context, raw_schema):
    for item in raw_schema["paths"].values():
        for described in item.values():
            pointer, readers = READABLE.get(described.get("operationId"), ("", []))
            links = described["responses"]["200"].setdefault("links", {}) if readers else {}
            for reader in readers:
                for pointed in dict.fromkeys(pointer.format(n=n) for n in LISTED):
                    link = {"operationId": reader, "parameters": {"id": f"$response.body#/{pointed}"}}
                    links[f"{reader} {pointed}"] = link


@schemathesis.hook
def filter_case(context, case):
    named = (case.path_parameters or {}).get("id")
    return operation(case) not in REMOVING or named not in KEPT


@schemathesis.hook
def before_call(context, case, kwargs):
    name = known.get(case.headers.get("Authorization"))
    if name is None:
        return
    if operation(case) in LEAVING or (name == "newcomer" and operation(case) == "claimPerson"):
        case.headers["Authorization"] = f"Bearer {sign_in_new(f'leaving-{next(numbers)}')}"
    elif name in present:
        case.headers["Authorization"] = present[name]


@schemathesis.hook
def after_call(context, case, response):
    name = known.get(response.request.headers.get("Authorization"))
    if name is None or name in lost:
        return
    ended = operation(case) in ENDING and response.status_code < 300
    if ended or (response.status_code == 401 and operation(case) not in {"requestToken"}):
        renew(name)


@atexit.register
def tell_lost():
    if lost:
        print(f"These users lost their account on the way: {', '.join(sorted(lost))}", file=sys.stderr)
