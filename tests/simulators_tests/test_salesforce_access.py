"""Salesforce: sessions, versions, limits, faults and the shapes of errors."""

import base64
import json
import time

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from simulators import Clock
from simulators.salesforce import KEY, SECRET, USERNAME

TOKEN_PATH = "/services/oauth2/token"
JWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(65537, 2048)


def assertion(key, claims, header=None):
    """An RS256 JWT."""
    parts = [header or {"alg": "RS256"}, claims]
    text = ".".join(encoded(json.dumps(part).encode()) for part in parts)
    return f"{text}.{encoded(key.sign(text.encode(), padding.PKCS1v15(), SHA256()))}"


def encoded(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def ask(simulator, auth=None, **form):
    return requests.post(simulator.url + TOKEN_PATH, data=form, auth=auth, timeout=10)


@pytest.mark.parametrize("way", ["basic", "form"])
def test_client_credentials_give_a_session(salesforce, org_client_of, way):
    if way == "basic":
        answer = ask(salesforce, (KEY, SECRET), grant_type="client_credentials")
    else:
        answer = ask(
            salesforce,
            grant_type="client_credentials",
            client_id=KEY,
            client_secret=SECRET,
        )
    body = answer.json()
    assert body["instance_url"] == salesforce.url
    assert body["token_type"] == "Bearer"
    assert "refresh_token" not in body
    client = org_client_of(salesforce, body["access_token"])
    assert client.get("/limits").status_code == 200
    me = client.get("/services/oauth2/userinfo").json()
    assert me["organization_id"] == salesforce.store.organization_id
    assert me["preferred_username"] == USERNAME


@pytest.mark.parametrize(
    ("pair", "error"),
    [(("x", SECRET), "invalid_client_id"), ((KEY, "x"), "invalid_client")],
)
def test_wrong_credentials_are_an_oauth_error(salesforce, pair, error):
    answer = ask(salesforce, pair, grant_type="client_credentials")
    assert answer.status_code == 400
    assert answer.json()["error"] == error


def test_other_grants_are_not_supported(salesforce):
    answer = ask(salesforce, (KEY, SECRET), grant_type="password")
    assert answer.json()["error"] == "unsupported_grant_type"


def test_an_assertion_is_verified(start_org, org_client_of, key):
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    org = start_org(
        clock=Clock(), auth={"public_key": pem, "audiences": ("https://a",)}
    )
    now = int(time.time())
    good = {"iss": KEY, "sub": USERNAME, "aud": org.url, "exp": now + 180}

    def outcome(claims, signer=key, **more):
        signed = assertion(signer, {**good, **claims}, **more)
        return ask(org, grant_type=JWT, assertion=signed)

    answer = outcome({})
    assert answer.status_code == 200, answer.text
    client = org_client_of(org, answer.json()["access_token"])
    assert client.get("/limits").status_code == 200
    assert outcome({"aud": "https://a"}).status_code == 200
    for bad in (
        {"aud": "https://login.example"},
        {"exp": now - 1},
        {"exp": now + 3600},
        {"sub": "somebody@example.com"},
        {"iss": "another"},
    ):
        assert outcome(bad).status_code == 400, bad
    stranger = rsa.generate_private_key(65537, 2048)
    assert outcome({}, stranger).json()["error"] == "invalid_grant"
    assert outcome({}, header={"alg": "none"}).json()["error"] == "invalid_grant"
    nonsense = ask(org, grant_type=JWT, assertion="a.b.c")
    assert nonsense.json()["error"] == "invalid_grant"


@pytest.mark.parametrize("token", ["", "wrong"])
def test_without_a_session_it_is_a_401(salesforce, org_client_of, is_refused, token):
    answer = org_client_of(salesforce, token).get("/limits")
    text = is_refused(answer, 401, "INVALID_SESSION_ID")
    assert text == "Session expired or invalid"


def test_a_session_expires_when_nobody_uses_it(
    start_org, clock, org_client_of, is_refused
):
    org = start_org(auth={"session_seconds": 60})
    token = ask(org, (KEY, SECRET), grant_type="client_credentials").json()
    client = org_client_of(org, token["access_token"])
    for _each in range(3):
        clock.advance(59)
        assert client.get("/limits").status_code == 200
    clock.advance(61)
    is_refused(client.get("/limits"), 401, "INVALID_SESSION_ID")


def test_a_session_can_be_revoked(salesforce, org, is_refused):
    salesforce.revoke(salesforce.token)
    is_refused(org.get("/limits"), 401, "INVALID_SESSION_ID")


def test_versions_are_listed_without_a_session(salesforce):
    answer = requests.get(f"{salesforce.url}/services/data", timeout=10)
    assert answer.json()[-1] == {
        "label": "Summer '26",
        "url": "/services/data/v67.0",
        "version": "67.0",
    }
    assert "Sforce-Limit-Info" not in answer.headers


def test_retired_versions_are_gone_and_others_not_there(org, is_refused):
    base = "/services/data"
    is_refused(org.get(f"{base}/v30.0/limits"), 410, "UNSUPPORTED_API_VERSION")
    for version in ("v68.0", "v66", "66.0"):
        is_refused(org.get(f"{base}/{version}/limits"), 404, "NOT_FOUND")
    assert org.get(f"{base}/v31.0/limits").status_code == 200


def test_each_reply_tells_what_was_used(start_org, org_client_of, clock, is_refused):
    org = org_client_of(start_org(daily_limit=2))
    told = [org.get("/limits").headers["Sforce-Limit-Info"] for _each in range(2)]
    assert told == ["api-usage=1/2", "api-usage=2/2"]
    answer = org.get("/limits")
    is_refused(answer, 403, "REQUEST_LIMIT_EXCEEDED")
    assert "Retry-After" not in answer.headers
    clock.advance(24 * 3600)
    body = org.get("/limits").json()
    assert body["DailyApiRequests"] == {"Max": 2, "Remaining": 1}


def test_a_long_url_is_refused(org):
    assert org.query("SELECT Id FROM Account" + " " * 17_000).status_code == 414


def test_faults_have_the_shape_of_the_vendor(salesforce, org, is_refused):
    salesforce.faults.add("status", status=503)
    is_refused(org.get("/limits"), 503, "SERVER_UNAVAILABLE")
    salesforce.faults.add("status", status=500, target="QUERY_TIMEOUT")
    is_refused(org.get("/limits"), 500, "QUERY_TIMEOUT")
    salesforce.faults.add("revoked")
    is_refused(org.get("/limits"), 401, "INVALID_SESSION_ID")
    salesforce.faults.add("html")
    assert org.get("/limits").headers["Content-Type"].startswith("text/html")
    salesforce.faults.add("drop", worked=True, method="POST")
    with pytest.raises(requests.ConnectionError):
        org.post("/sobjects/Account", {"Name": "Acme"})
    assert salesforce.store.count("Account") == 1


def test_error_bodies_can_be_sparse_or_bare(salesforce, org):
    salesforce.errors.style = "sparse"
    [error] = org.post("/sobjects/Account", {}).json()
    assert set(error) == {"message", "errorCode"}
    salesforce.errors.style = "bare"
    assert org.get("/sobjects/Nothing").json()["errorCode"] == "NOT_FOUND"


def test_the_control_endpoint_changes_the_org(salesforce, org):
    def control(path, **body):
        answer = requests.post(
            f"{salesforce.url}/_control/{path}", json=body, timeout=10
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    control("field", object="Account", name="Odoo_Id__c", external_id=True)
    made = control("create", object="Account", values={"Name": "A", "Odoo_Id__c": "1"})
    found = org.get("/sobjects/Account/Odoo_Id__c/1").json()
    assert found["Id"] == made["id"]
    control("field/remove", object="Account", name="Odoo_Id__c")
    assert org.get("/sobjects/Account/Odoo_Id__c/1").status_code == 404
    control("fill", object="Lead", number=3, values={"Company": "C"})
    control("delete", object="Account", id=made["id"])
    state = requests.get(f"{salesforce.url}/_control/state", timeout=10).json()
    assert state["objects"]["Lead"] == 3
    assert state["deleted"]["Account"] == 1
