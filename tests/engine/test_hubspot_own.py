"""Our own properties: made when they are first sent, and nothing else is made."""

import pytest

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.records import OutgoingRow
from odoo.addons.connector_hubspot.hubspot import describe, own
from odoo.addons.connector_hubspot.hubspot.endpoints import VERSIONS
from odoo.addons.connector_hubspot.hubspot.writer import HubSpotWriter

BATCH_CREATE = "batch/create"


@pytest.fixture
def send(hubspot, hubspot_client):
    """Send values of a deal that is there."""
    deal = hubspot.store.create("deals", {"dealname": "Rollout"})

    def values(version=VERSIONS[0], client=None, **sent):
        writer = HubSpotWriter(client or hubspot_client(version), "deals")
        row = {f"properties.{name}": value for name, value in sent.items()}
        [result] = writer.update([OutgoingRow("k-1", row, deal)])
        return result, hubspot.store.get("deals", deal)

    return values


def test_every_own_property_names_odoo_and_fits_the_vendor():
    for known in own.PROPERTIES_MADE.values():
        for name, (label, kind) in known.items():
            assert name.startswith("odoo_") and label.startswith("Odoo")
            assert kind in own.KINDS


@pytest.mark.parametrize("version", VERSIONS)
def test_a_property_is_made_when_it_is_first_sent(hubspot, send, version):
    result, kept = send(version, odoo_order_number="S00012")
    assert result.error is None
    assert kept["odoo_order_number"] == "S00012"
    made = hubspot.store.properties["deals"]["odoo_order_number"]
    assert (made.custom, made.group, made.type) == (True, "odoo", "string")
    assert "odoo_order_status" not in hubspot.store.properties["deals"]


def test_what_is_there_is_asked_for_once_and_left_alone(hubspot, send):
    send(odoo_order_number="S1")
    before = hubspot.requests.count(template=BATCH_CREATE)
    _result, kept = send(odoo_order_number="S2", dealname="Pilot")
    assert (kept["odoo_order_number"], kept["dealname"]) == ("S2", "Pilot")
    assert hubspot.requests.count(template=BATCH_CREATE) == before


def test_no_request_is_spent_where_nothing_of_ours_goes(hubspot, send):
    before = len(hubspot.requests.entries)
    send(dealname="Pilot")
    assert len(hubspot.requests.entries) == before + 1


def test_a_property_of_somebody_else_is_never_made(hubspot, send):
    result, _kept = send(odoo_whatever="x", region="north")
    assert isinstance(result.error, errors.InvalidRecord)
    assert not {"odoo_whatever", "region"} & hubspot.store.properties["deals"].keys()


def test_two_workers_make_it_once(hubspot, hubspot_client):
    client = hubspot_client()
    own.ensure(client, "companies", ["odoo_open_balance"])
    # The other one had looked before.
    definition = own._definition("companies", "odoo_open_balance")
    where = "crm/properties/2026-09/companies/batch/create"
    reply = client.post(where, {"inputs": [definition]})
    assert reply.data["errors"][0]["category"] == "CONFLICT"
    own.ensure(client, "companies", ["odoo_open_balance", "odoo_is_overdue"])
    made = hubspot.store.properties["companies"]["odoo_is_overdue"]
    assert [value for value, _label in made.options] == ["true", "false"]


def test_a_missing_right_is_named_and_nothing_is_lost(hubspot, hubspot_client, send):
    scopes = ["crm.objects.deals.read", "crm.schemas.deals.read"]
    hubspot.set_tokens({hubspot.token: scopes})
    with pytest.raises(errors.PermissionDenied) as caught:
        send(client=hubspot_client(), odoo_order_number="S1")
    assert "crm.objects.deals.write" in caught.value.params["scope"]


def test_what_can_be_made_is_offered_to_those_who_map(hubspot, hubspot_client):
    found = {f.path: f for f in describe.remote_fields(hubspot_client(), "companies")}
    balance = found["properties.odoo_open_balance"]
    assert (balance.kind, balance.writable) == ("number", True)
    assert "made when" in balance.description
    hubspot.store.define_property("companies", "odoo_open_balance", type="number")
    found = {f.path: f for f in describe.remote_fields(hubspot_client(), "companies")}
    assert found["properties.odoo_open_balance"].description == ""
