"""Writes what one run of Schemathesis needs into a folder: its settings, its users and the ids that exist.

    python3 prepare.py TOKENS FOLDER USER MODE EXAMPLES SCENARIOS

TOKENS is the demo's file of tokens, USER one of OWNERS, or `everybody`: then each operation is tried by one user after
the other until one is not refused. MODE is `all` or `positive`: only what keeps to the schema. EXAMPLES is how many requests
are made up for an operation, SCENARIOS how many chains of operations.
"""

import contextlib
import http.client
import json
import pathlib
import sys
import urllib.parse
from datetime import date

# Whose requests the document is run with, the one with the fewest rights first.
# The newcomer has signed in for the first time and is nobody yet; that is a conflict, not a refusal, so they come last.
OWNERS = ["resident", "craftsman", "dispatcher", "social_worker", "administrator", "operator", "newcomer"]
# Who must not see anything of theirs: people of the same roles in the other region, and a neighbour for the resident.
STRANGERS = ["resident@4514", "craftsman@4514", "dispatcher@4514", "administrator@4514"]
NEIGHBOUR = "resident_neighbour"
# One user's chains of operations begin with a list, or with something new, and go on reading: so it comes out whether anybody
# else may read it. Everybody's chains are of all operations.
CHAINS_OF_READING = """
[[operations]]
include-method = ["POST", "PUT", "DELETE"]
exclude-operation-id = ["placeOrder", "createClient", "createOrganisation", "enterPerson", "enterDemand", "createTrainingCourse", "registerSocialWorker", "registerForExam", "addHousehold", "searchPersons"]
phases.stateful.enabled = false
"""
NOBODY = "01990000-0000-7000-8000-000000000009"


def users(demo):
    def header(name):
        return {"name": "Authorization", "value": f"Bearer {demo[name]}"}

    return {"auth": [{"name": name, "fixedHeaders": [header(name)]} for name in [*OWNERS, *STRANGERS, NEIGHBOUR]]}


def peers(user):
    owner = "resident" if user == "everybody" else user
    return [owner, *STRANGERS, *([NEIGHBOUR] if owner == "resident" else [])]


def send(demo, path, headers, body=None):
    """What is answered; nothing where that is a refusal."""
    # From an address of its own: the one that the tool asks from is locked after many wrong passwords.
    at = urllib.parse.urlsplit(demo["base_url"])
    connection = http.client.HTTPConnection(at.hostname, at.port, timeout=30, source_address=("127.0.0.2", 0))
    with contextlib.closing(connection):
        connection.request("POST" if body else "GET", path, body, headers)
        answer = connection.getresponse()
        return json.load(answer) if answer.status == 200 else {}


def ask(demo, user, path):
    return send(demo, path, {"Authorization": f"Bearer {demo[user]}"})


def sign_in(demo, path, body):
    """The token of a new session; none where that is refused."""
    return send(demo, path, {"Content-Type": "application/json"}, json.dumps(body).encode()).get("access_token")


def listed(demo, user, path):
    return [item["id"] for item in ask(demo, user, path).get("items", [])]


def dictionaries(demo, owners):
    """The ids of what exists, by what it is: most are of those who ask, some of others."""
    ids = list(demo["ids"].values())
    kinds = ("persons", "organisations", "crafts", "services", "places", "demands", "sites")
    found = {kind: [value for region in ids for value in region[kind].values()] for kind in kinds}
    found["orders"] = [value for region in ids[1:] for value in (region["orders"] or {}).values()][:5]
    community, county = ids[0]["places"]["community"], ids[0]["places"]["county"]
    found["enrolments"] = []
    for user in owners:
        lists = ("mine", "offered", "accepted", f"station&division={community}", f"station&division={county}")
        for name in lists:
            found["orders"] += listed(demo, user, f"/v1/orders?limit=10&list={name}")
        if (person := ask(demo, user, "/v1/me").get("person")) is not None:
            person = person["id"] if isinstance(person, dict) else person
            found["persons"] += [person] * 5
            learned = ask(demo, user, f"/v1/persons/{person}/training").get("enrolments", [])
            found["enrolments"] += [enrolment["id"] for enrolment in learned]
        for site in ids[0]["sites"].values():
            for kind, path in (
                ("slots", f"/v1/sites/{site}/slots?limit=5"),
                ("bookings", f"/v1/sites/{site}/bookings?limit=5"),
                ("shifts", f"/v1/sites/{site}/shifts?limit=5"),
            ):
                found.setdefault(kind, []).extend(listed(demo, user, path))
        found["bookings"] += listed(demo, user, "/v1/me/bookings")
        found["shifts"] += listed(demo, user, "/v1/me/shifts")
        of_county = f"division={county}&limit=30"
        for kind, path in (
            ("accounts", "/v1/accounts?limit=30"),
            ("checks", "/v1/content-checks?limit=30"),
            ("courses", f"/v1/training-courses?{of_county}"),
            ("sessions", f"/v1/training-sessions?{of_county}"),
            ("plans", f"/v1/care-plans?{of_county}"),
            ("exams", f"/v1/exam-registrations?{of_county}&year={date.today().year}"),
        ):
            found.setdefault(kind, []).extend(listed(demo, user, path))
        workers = ask(demo, user, f"/v1/social-workers?{of_county}").get("items", [])
        found.setdefault("workers", []).extend(worker["person"]["id"] for worker in workers)
    # A dictionary must not be empty.
    return {kind: values or [NOBODY] for kind, values in found.items()}


def main(tokens, folder, user, mode, examples, scenarios):
    demo = json.loads(pathlib.Path(tokens).read_text(encoding="utf-8"))
    folder = pathlib.Path(folder)
    demo["newcomer"] = sign_in(demo, "/v1/sessions/wechat", {"code": "newcomer:first"})
    (folder / "demo.json").write_text(json.dumps(demo), encoding="utf-8")
    (folder / "users.json").write_text(json.dumps(users(demo)), encoding="utf-8")
    owners = OWNERS if user == "everybody" else [user]
    for kind, values in dictionaries(demo, owners).items():
        (folder / f"{kind}.dict").write_text("".join(f'"{value}"\n' for value in values), encoding="utf-8")
    settings = pathlib.Path(__file__).with_name("schemathesis.toml").read_text(encoding="utf-8")
    who = "" if user == "everybody" else f'user = "{user}"\n'
    amount = f'\n[generation]\nmode = "{mode}"\nmax-examples = {examples}\n\n[phases.stateful.generation]\nmax-examples = {scenarios}\n'
    only = "" if user == "everybody" else CHAINS_OF_READING
    auth = f'\n[auth.wfc]\npath = "{folder / "users.json"}"\npeers = {json.dumps(peers(user))}\n{who}'
    (folder / "schemathesis.toml").write_text(settings + only + amount + auth, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
