import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulators.hubspot import HubSpotSimulator, RateLimit

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.records import OutgoingRow
from odoo.addons.connector_hubspot.hubspot import writer
from odoo.addons.connector_hubspot.hubspot.endpoints import VERSIONS, path
from odoo.addons.connector_hubspot.hubspot.errors import (
    BY_CATEGORY,
    BY_STATUS,
    POLICY_SECONDS,
    classify,
    row_error,
)

from .vendor import closed_port

RETRIES = frozenset(errors.ERROR_CLASSES) - {"bug"}
COMPANIES = "crm/objects/2026-09/companies"
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["message", "errors", "context", "policyName", "correlationId"]
                + ["requiredScopes", "requiredGranularScopes", "category"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


def failure(client, place=COMPANIES, **options):
    with pytest.raises(errors.ConnectorError) as caught:
        client.get(place, **options)
    return caught.value


def seconds_until(moment):
    return (moment - datetime.datetime.now(datetime.UTC)).total_seconds()


@pytest.fixture(params=[False, True], ids=["full errors", "sparse errors"])
def account(request, hubspot):
    """An account whose errors are complete, or have nothing but a message."""
    hubspot.errors.sparse = request.param
    return hubspot


def test_a_wrong_token_is_an_authentication_error(account, hubspot_client):
    error = failure(hubspot_client(token="wrong-token"))

    assert (type(error), error.code) == (errors.AuthenticationError, "wrong_token")
    assert error.request_id == account.requests.last.correlation_id


def test_a_revoked_token_is_an_authentication_error(account, hubspot_client):
    client = hubspot_client()
    client.get(COMPANIES)
    account.revoke()

    assert failure(client).error_class == "authentication"


def test_a_missing_scope_is_named(hubspot, hubspot_client):
    hubspot.set_tokens({hubspot.token: ["crm.objects.contacts.read"]})
    client = hubspot_client()

    error = failure(client)

    assert (type(error), error.code) == (errors.PermissionDenied, "missing_scope")
    assert error.error_class == "authentication"
    assert error.params["scope"] == "crm.objects.companies.read"
    assert client.get("crm/objects/2026-09/contacts").status == 200


def test_a_missing_scope_without_a_name_is_one_all_the_same(account, hubspot_client):
    account.set_tokens({account.token: []})

    error = failure(hubspot_client())

    assert (type(error), error.code) == (errors.PermissionDenied, "missing_scope")
    assert ("scope" in error.params) is not account.errors.sparse


def test_an_unknown_version_is_not_found(account, hubspot_client):
    error = failure(hubspot_client(), "crm/objects/1999-01/companies")

    assert (type(error), error.code) == (errors.RemoteNotFound, "not_found")


def test_a_record_that_is_gone_is_not_found(account, hubspot_client):
    error = failure(hubspot_client(), f"{COMPANIES}/1")

    assert (type(error), error.error_class) == (errors.RemoteNotFound, "not_found")


def test_a_request_that_makes_no_sense_is_refused_with_the_vendors_words(
    account, hubspot_client
):
    error = failure(hubspot_client(), params={"limit": 1000})

    assert (type(error), error.code) == (errors.InvalidRecord, "refused")
    assert "limit must be between 1 and 100" in error.params["detail"]


def test_the_same_contact_twice_is_refused(account, hubspot_client):
    client = hubspot_client()
    contact = {"properties": {"email": "jane@example.com"}}
    client.post("crm/objects/2026-09/contacts", contact)

    with pytest.raises(errors.InvalidRecord) as caught:
        client.post("crm/objects/2026-09/contacts", contact)

    assert caught.value.params["status"] == 409


@pytest.mark.parametrize("status", [423, 477, 500, 502, 503, 504])
def test_trouble_that_passes_is_transient(account, hubspot_client, status):
    account.faults.add("status", status=status, times=None)

    error = failure(hubspot_client())

    assert (type(error), error.code) == (errors.TransientError, "server_error")
    assert error.params["status"] == status


@pytest.mark.parametrize("status", [423, 477, 503, 429])
def test_the_time_that_the_vendor_names_is_kept(hubspot, hubspot_client, status):
    kind = "rate_limit" if status == 429 else "status"
    hubspot.faults.add(kind, status=status, retry_after=120, times=None)

    error = failure(hubspot_client())

    assert 110 < seconds_until(error.retry_at) <= 120


@pytest.mark.parametrize(
    ("policy", "seconds"),
    [("SECONDLY", 1), ("TEN_SECONDLY_ROLLING", 10), ("DAILY", 900), ("NEW", 10)],
)
def test_a_rate_limit_without_a_time_waits_as_its_policy_needs(
    hubspot, hubspot_client, policy, seconds
):
    hubspot.faults.add("rate_limit", policy=policy)

    error = failure(hubspot_client())

    assert (type(error), error.code) == (errors.RateLimited, "rate_limited")
    assert seconds - 3 < seconds_until(error.retry_at) <= seconds


def test_a_rate_limit_of_few_words_is_one_all_the_same(account, hubspot_client):
    account.faults.add("rate_limit")

    error = failure(hubspot_client())

    assert type(error) is errors.RateLimited
    assert 5 < seconds_until(error.retry_at) <= 10


def test_the_searches_of_one_second_are_limited(clock, naps, hubspot_client):
    limit = RateLimit(search_secondly=2)
    with HubSpotSimulator(clock=clock, rate_limit=limit) as strict:
        client = hubspot_client()
        client.base_url = strict.url
        for _number in range(2):
            client.post(f"{COMPANIES}/search", {}, safe=True)

        with pytest.raises(errors.RateLimited) as caught:
            client.post(f"{COMPANIES}/search", {}, safe=True)

    # Not slept away in a worker: it says when to come back.
    assert naps == [] and seconds_until(caught.value.retry_at) <= 1


def test_an_email_address_in_a_message_is_masked(hubspot, hubspot_client):
    error = classify(400, {"message": "Contact jane@example.com is invalid"}, {})

    assert "jane@example.com" not in str(error) + str(error.params)


def test_a_long_message_is_cut():
    error = classify(400, {"message": "x" * 5000}, {})

    assert len(error.message) <= 301


@given(st.integers(400, 599) | st.sampled_from(sorted(BY_STATUS)), json_values)
def test_every_answer_has_exactly_one_class_whatever_its_body(status, body):
    error = classify(status, body, {})

    assert error.error_class in errors.ERROR_CLASSES and error.error_class != "bug"
    assert isinstance(error.message, str) and isinstance(error.code, str)
    assert error.request_id is None or isinstance(error.request_id, str)
    if status in BY_STATUS:
        assert (type(error), error.code) == BY_STATUS[status]


# -- the whole tables ----------------------------------------------------------------


@pytest.mark.parametrize("status", sorted(BY_STATUS))
def test_each_status_of_the_table_has_its_class_over_http(
    account, hubspot_client, status
):
    account.faults.add("status", status=status, times=None)

    error = failure(hubspot_client())

    assert (type(error), error.code) == BY_STATUS[status]
    assert type(error).error_class in RETRIES
    assert error.response["status"] == status


@pytest.mark.parametrize("status", [402, 405, 406, 414, 418, 422, 451, 501, 507, 599])
def test_a_status_that_the_table_lacks_goes_by_its_kind(
    account, hubspot_client, status
):
    account.faults.add("status", status=status, times=None)

    error = failure(hubspot_client())

    expected = errors.TransientError if status >= 500 else errors.InvalidRecord
    assert type(error) is expected


@pytest.mark.parametrize("category", [*BY_CATEGORY, "SOMETHING_NEW", ""])
def test_each_category_of_a_row_has_its_class(hubspot, hubspot_client, category):
    """One row of a batch is answered with it; its neighbour is written."""
    hubspot.store.define_property("companies", "odoo_id", unique=True)
    client = hubspot_client()
    rows = [
        OutgoingRow(f"k-{number}", {"properties.name": f"Company {number}"})
        for number in range(2)
    ]
    post = client.post

    def answer_one_with_it(path, json, **options):
        reply = post(path, {"inputs": json["inputs"][1:]}, **options)
        context = {"objectWriteTraceId": ["k-0"]}
        error = {"message": "Simulated", "category": category, "context": context}
        reply.data["errors"] = [error]
        return reply

    client.post = answer_one_with_it
    refused, written = writer.HubSpotWriter(client, "companies").create(rows)
    expected = BY_CATEGORY.get(category, (errors.InvalidRecord, "refused"))
    assert (type(refused.error), refused.error.code) == expected
    assert written.error is None and hubspot.store.count("companies") == 1


def test_a_row_without_a_right_names_it():
    detail = {"context": {"requiredGranularScopes": ["crm.objects.deals.write"]}}
    error = row_error({"category": "MISSING_SCOPES", "errors": [detail]})
    assert error.params["scope"] == "crm.objects.deals.write"


@pytest.mark.parametrize(("policy", "seconds"), POLICY_SECONDS.items())
def test_each_policy_of_the_table_names_a_time(
    hubspot, hubspot_client, policy, seconds
):
    hubspot.faults.add("rate_limit", policy=policy)

    error = failure(hubspot_client())

    assert type(error) is errors.RateLimited
    assert seconds - 3 < seconds_until(error.retry_at) <= seconds


#: Classes of what happens in Odoo: no answer of a vendor means them.
OURS = {"mapping", "missing_dependency", "ambiguous_match", "conflict", "bug"} | {
    "closed_period"
}


def test_the_table_covers_every_class_that_an_answer_can_have():
    in_table = {error_type.error_class for error_type, _code in BY_STATUS.values()}

    assert in_table == set(errors.ERROR_CLASSES) - OURS - {"timeout", "remote_down"}


def test_no_answer_at_all_has_its_class_as_well(hubspot, hubspot_client):
    hubspot.faults.add("latency", times=None, ms=400)
    slow = hubspot_client()
    slow.timeout = 0.1
    gone = hubspot_client()
    gone.base_url = f"http://127.0.0.1:{closed_port()}"

    assert failure(slow).error_class == "timeout"
    assert failure(gone).error_class == "remote_down"


# -- addresses -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("area", "version", "address"),
    [
        ("objects", "2026-09", "crm/objects/2026-09/companies"),
        ("objects", "v3", "crm/v3/objects/companies"),
        ("associations", "2026-09", "crm/associations/2026-09/companies"),
        ("associations", "v3", "crm/v4/associations/companies"),
        ("owners", "2027-03", "crm/owners/2027-03/companies"),
    ],
)
def test_a_version_has_its_own_addresses(area, version, address):
    assert path(area, version, "companies") == address


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("area", ["owners", "account", "objects", "pipelines"])
def test_every_address_exists(hubspot_client, version, area):
    rest = {"objects": ["deals"], "pipelines": ["deals"]}.get(area, [])

    assert hubspot_client(version).get(path(area, version, *rest)).status == 200
