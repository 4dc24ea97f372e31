"""HubSpot: tokens, scopes, rate limits, definitions, owners, the account."""

import pytest
from simulators.hubspot import RateLimit

BASE = "/crm/objects/2026-09"


@pytest.mark.parametrize("token", ["", "wrong"])
def test_without_a_known_token_it_is_a_401(hubspot, client_of, token):
    answer = client_of(hubspot, token).get(f"{BASE}/companies")
    assert answer.status_code == 401
    assert answer.json()["category"] == "INVALID_AUTHENTICATION"
    assert answer.json()["message"].startswith("Authentication credentials not found")


def test_a_revoked_token_is_a_401_from_then_on(hubspot, client):
    assert client.get(f"{BASE}/companies").status_code == 200
    hubspot.revoke()
    assert client.get(f"{BASE}/companies").status_code == 401
    hubspot.set_tokens({hubspot.token: None})
    assert client.get(f"{BASE}/companies").status_code == 200


def test_a_revocation_can_be_a_fault(hubspot, client):
    hubspot.faults.add("revoked", times=1)
    assert client.get(f"{BASE}/companies").status_code == 401
    assert client.get(f"{BASE}/companies").status_code == 200


def test_a_missing_scope_is_a_403_that_names_it(start, client_of):
    client = client_of(start(scopes=["crm.objects.companies.read"]))
    assert client.get(f"{BASE}/companies").status_code == 200
    for answer, scope in (
        (client.get(f"{BASE}/deals"), "crm.objects.deals.read"),
        (
            client.post(f"{BASE}/companies", {"properties": {}}),
            "crm.objects.companies.write",
        ),
        (client.get("/crm/owners/2026-09"), "crm.objects.owners.read"),
    ):
        assert answer.status_code == 403
        body = answer.json()
        assert body["category"] == "MISSING_SCOPES"
        assert body["errors"][0]["context"]["requiredGranularScopes"] == [scope]


def test_associations_need_the_scopes_of_both_sides(start, client_of):
    client = client_of(start(scopes=["crm.objects.contacts.read"]))
    path = "/crm/associations/2026-09/contacts/companies/batch/read"
    answer = client.post(path, {"inputs": [{"id": "1"}]})
    assert answer.status_code == 403


def test_definitions_open_with_the_schema_scope_and_the_account_with_any(
    start, client_of
):
    client = client_of(start(scopes=["crm.schemas.deals.read"]))
    assert client.get("/crm/properties/2026-09/deals").status_code == 200
    assert client.get("/crm/pipelines/2026-09/deals").status_code == 200
    assert client.get(f"{BASE}/deals").status_code == 403
    assert client.get("/account-info/2026-09/details").status_code == 200


def test_a_missing_scope_can_be_a_fault(hubspot, client):
    hubspot.faults.add("missing_scope", target="contacts", path="/contacts")
    answer = client.get(f"{BASE}/contacts")
    assert answer.status_code == 403
    context = answer.json()["errors"][0]["context"]
    assert context["requiredGranularScopes"] == ["crm.objects.contacts.read"]


def test_every_answer_has_a_correlation_id_and_a_date(client):
    for path in (f"{BASE}/companies", f"{BASE}/companies/1", "/nowhere"):
        answer = client.get(path)
        assert len(answer.headers["x-hubspot-correlation-id"]) == 36
        assert answer.headers["Date"] == "Mon, 02 Nov 2026 09:00:00 GMT"


def test_error_bodies_can_be_sparse(start, client_of):
    hubspot = start(sparse_errors=True)
    client = client_of(hubspot)
    for answer in (
        client.get(f"{BASE}/companies/1"),
        client.get(f"{BASE}/companies", limit="0"),
        client_of(hubspot, "wrong").get(f"{BASE}/companies"),
    ):
        assert answer.status_code >= 400
        assert list(answer.json()) == ["message"]


def test_without_a_rate_limit_there_are_no_rate_headers(client):
    headers = client.get(f"{BASE}/companies").headers
    assert not [name for name in headers if "ratelimit" in name.lower()]


def test_a_rate_limit_tells_what_is_left(start, client_of):
    client = client_of(start(rate_limit=True))
    headers = client.get(f"{BASE}/companies").headers
    assert headers["X-HubSpot-RateLimit-Max"] == "190"
    assert headers["X-HubSpot-RateLimit-Interval-Milliseconds"] == "10000"
    assert headers["X-HubSpot-RateLimit-Remaining"] == "189"
    assert headers["X-HubSpot-RateLimit-Daily"] == "650000"
    assert headers["X-HubSpot-RateLimit-Daily-Remaining"] == "649999"
    assert "X-HubSpot-RateLimit-Secondly-Remaining" in headers


def test_too_many_requests_in_ten_seconds_are_a_429(start, client_of, clock):
    client = client_of(start(rate_limit=RateLimit(ten_secondly=3)))
    answers = [client.get(f"{BASE}/companies") for _ in range(4)]
    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    body = answers[-1].json()
    assert body["policyName"] == "TEN_SECONDLY_ROLLING"
    assert body["errorType"] == "RATE_LIMIT"
    assert "Retry-After" not in answers[-1].headers
    clock.advance(10)
    assert client.get(f"{BASE}/companies").status_code == 200


def test_the_day_ends_at_midnight_of_the_accounts_time_zone(start, client_of, clock):
    client = client_of(start(rate_limit=RateLimit(daily=1)))
    assert client.get(f"{BASE}/companies").status_code == 200
    assert client.get(f"{BASE}/companies").json()["policyName"] == "DAILY"
    clock.stop("2026-11-02T23:00:00Z")  # midnight in Berlin
    assert client.get(f"{BASE}/companies").status_code == 200


def test_search_has_a_limit_of_its_own_and_no_rate_headers(start, client_of, clock):
    client = client_of(start(rate_limit=True))
    answers = [client.search("companies") for _ in range(6)]
    assert [each.status_code for each in answers] == [200] * 5 + [429]
    assert answers[-1].json()["policyName"] == "SECONDLY"
    assert answers[-1].json()["message"] == "You have reached your secondly limit."
    assert "X-HubSpot-RateLimit-Remaining" not in answers[0].headers
    assert client.get(f"{BASE}/companies").status_code == 200
    clock.advance(1)
    assert client.search("companies").status_code == 200


def test_a_burst_of_429_can_be_a_fault(hubspot, client):
    hubspot.faults.add("rate_limit", times=2, policy="DAILY", retry_after=7)
    answer = client.get(f"{BASE}/companies")
    assert answer.status_code == 429
    assert answer.json()["policyName"] == "DAILY"
    assert answer.headers["Retry-After"] == "7"


@pytest.mark.parametrize("base", ["/crm/properties/2026-09", "/crm/v3/properties"])
def test_properties_are_described(client, base):
    found = {
        each["name"]: each for each in client.get(f"{base}/deals").json()["results"]
    }
    assert found["amount"]["type"] == "number"
    assert found["amount"]["currencyPropertyName"] == "deal_currency_code"
    assert found["closedate"]["type"] == "datetime"
    assert found["hubspot_owner_id"]["referencedObjectType"] == "OWNER"
    assert found["hubspot_owner_id"]["options"] == []
    assert [each["value"] for each in found["dealtype"]["options"]] == [
        "newbusiness",
        "existingbusiness",
    ]
    assert found["hs_is_closed"]["modificationMetadata"]["readOnlyValue"] is True
    assert client.get(f"{base}/deals/amount").json() == found["amount"]
    assert client.get(f"{base}/deals/nothing").status_code == 404


def test_a_custom_property_is_made_used_and_archived(hubspot, client):
    path = "/crm/properties/2026-09/companies"
    body = {
        "name": "tier",
        "label": "Tier",
        "type": "enumeration",
        "fieldType": "select",
        "groupName": "companyinformation",
        "options": [{"label": "Gold", "value": "gold"}],
    }
    assert client.post(path, body).status_code == 201
    assert client.post(path, body).status_code == 409
    assert client.post(path, {"name": "x"}).status_code == 400
    made = client.post(f"{BASE}/companies", {"properties": {"tier": "gold"}})
    assert made.status_code == 201
    assert client.request("DELETE", f"{path}/tier").status_code == 204
    refused = client.post(f"{BASE}/companies", {"properties": {"tier": "gold"}})
    assert refused.status_code == 400
    archived = client.get(path, archived="true").json()["results"]
    assert [each["name"] for each in archived] == ["tier"]
    assert client.request("DELETE", f"{path}/name").status_code == 400


@pytest.mark.parametrize("base", ["/crm/pipelines/2026-09", "/crm/v3/pipelines"])
def test_pipelines_have_stages_with_text_metadata(client, base):
    (pipeline,) = client.get(f"{base}/deals").json()["results"]
    assert pipeline["id"] == "default"
    stages = {each["id"]: each for each in pipeline["stages"]}
    assert list(stages)[0] == "appointmentscheduled"
    assert stages["closedwon"]["metadata"] == {"isClosed": "true", "probability": "1.0"}
    assert stages["qualifiedtobuy"]["metadata"]["isClosed"] == "false"
    assert client.get(f"{base}/deals/default").json() == pipeline
    assert client.get(f"{base}/deals/7").status_code == 404
    assert len(client.get(f"{base}/deals/default/stages").json()["results"]) == 7


@pytest.mark.parametrize("base", ["/crm/owners/2026-09", "/crm/v3/owners"])
def test_owners_are_paged_and_the_archived_ones_apart(hubspot, client, base):
    for number in range(3):
        hubspot.store.add_owner(
            100 + number, f"o{number}@example.com", "O", str(number)
        )
    hubspot.store.add_owner(200, "gone@example.com", archived=True)
    first = client.get(base, limit=2).json()
    assert [each["id"] for each in first["results"]] == ["100", "101"]
    after = first["paging"]["next"]["after"]
    rest = client.get(base, limit=2, after=after).json()
    assert [each["id"] for each in rest["results"]] == ["102"]
    assert "paging" not in rest
    (gone,) = client.get(base, archived="true").json()["results"]
    assert gone["archived"] is True
    assert "userId" not in gone
    assert client.get(base, limit=501).status_code == 400
    assert client.get(base, limit=500).status_code == 200
    (one,) = client.get(base, email="o1@example.com").json()["results"]
    assert isinstance(one["userId"], int)
    assert isinstance(one["id"], str)
    assert client.get(f"{base}/101").json()["email"] == "o1@example.com"
    by_user = client.get(f"{base}/{one['userId']}", idProperty="userId")
    assert by_user.status_code == 200
    assert client.get(f"{base}/999").status_code == 404


@pytest.mark.parametrize("base", ["/account-info/2026-09", "/account-info/v3"])
def test_the_account_tells_its_zone_and_currency(start, client_of, base):
    client = client_of(start(account={"portalId": 99, "companyCurrency": "SEK"}))
    details = client.get(f"{base}/details").json()
    assert details["portalId"] == 99
    assert details["companyCurrency"] == "SEK"
    assert details["timeZone"] == "Europe/Berlin"
    assert details["utcOffset"] == "+01:00"
    assert details["uiDomain"] == "app-eu1.hubspot.com"
    assert details["dataHostingLocation"] == "eu1"
    assert client.get("/account-info/2020-01/details").status_code == 404
