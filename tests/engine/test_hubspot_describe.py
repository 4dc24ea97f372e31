"""What HubSpot says about its fields."""

import pytest

from odoo.addons.connector_base.engine.compat import REMOTE_KINDS, locate
from odoo.addons.connector_base.engine.paths import MISSING, getter
from odoo.addons.connector_hubspot.hubspot import describe
from odoo.addons.connector_hubspot.hubspot.endpoints import LINKS, VERSIONS
from odoo.addons.connector_hubspot.hubspot.reader import HubSpotReader
from odoo.addons.connector_hubspot.hubspot.streams import STREAMS


def by_path(client, object_type):
    found = describe.remote_fields(client, object_type)
    assert len({field.path for field in found}) == len(found)
    return {field.path: field for field in found}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream.name)
def test_all_paths_of_the_shipped_maps_are_described(hubspot_client, stream, version):
    known = by_path(hubspot_client(version), stream.name)
    lines = [*stream.default_map, *(line for p in stream.packs for line in p.lines)]
    for line in lines:
        # Not every account has the label of earlier deals.
        if not line.remote_path.startswith(LINKS):
            assert locate(line.remote_path, known)[0], line.remote_path
    assert {field.kind for field in known.values()} <= set(REMOTE_KINDS)


def test_types_become_kinds(hubspot_client):
    companies = by_path(hubspot_client(), "companies")
    deals = by_path(hubspot_client(), "deals")
    contacts = by_path(hubspot_client(), "contacts")
    assert companies["properties.name"].kind == "text"
    assert companies["properties.description"].kind == "long_text"
    assert companies["properties.phone"].kind == "phone"
    assert companies["properties.annualrevenue"].kind == "number"
    assert companies["properties.hs_parent_company_id"].kind == "reference"
    assert companies["properties.hs_parent_company_id"].references == "companies"
    assert companies["properties.hubspot_owner_id"].kind == "option"
    assert contacts["properties.email"].kind == "email"
    assert contacts["properties.email"].unique
    assert deals["properties.amount"].kind == "money"
    assert deals["properties.closedate"].kind == "datetime"
    assert deals["properties.hs_is_closed"].kind == "boolean"
    assert deals["properties.dealtype"].options[0] == ("newbusiness", "New Business")
    assert deals["associations.contacts"].kind == "references"


def test_what_can_not_be_written_is_told(hubspot_client):
    deals = by_path(hubspot_client(), "deals")
    assert not deals["properties.hs_is_closed"].writable
    assert not deals["id"].writable
    assert deals["properties.dealname"].writable
    assert deals["associations.companies"].writable


def test_custom_properties_are_told_and_archived_ones_are_not(hubspot, hubspot_client):
    hubspot.store.define_property("companies", "tier", label="Tier")
    found = by_path(hubspot_client(), "companies")
    assert found["properties.tier"].custom
    assert not found["properties.name"].custom
    client = hubspot_client()
    client.request("DELETE", "crm/properties/2026-09/companies/tier")
    assert "properties.tier" not in by_path(client, "companies")


def test_a_property_that_is_gone_is_no_key_and_an_empty_one_is_null(
    hubspot, hubspot_client
):
    hubspot.store.define_property("companies", "tier")
    company = hubspot.store.create("companies", {"name": "Acme", "tier": "gold"})
    other = hubspot.store.create("companies", {"name": "Bolt"})
    client = hubspot_client()
    reader = HubSpotReader(client, "companies", ["properties.tier"])
    get = getter("properties.tier")

    def read():
        found = reader.fetch_by_ids([str(company), str(other)])
        return [get(record.values) for record in found]

    assert read() == ["gold", None]
    client.request("DELETE", "crm/properties/2026-09/companies/tier")
    assert read() == [MISSING, MISSING]
    listed = reader.fetch_page(None).records
    assert {get(record.values) for record in listed} == {MISSING}


@pytest.mark.parametrize("version", VERSIONS)
def test_an_accounts_own_objects_are_told_with_properties_and_links(
    hubspot, hubspot_client, version
):
    client = hubspot_client(version)
    assert describe.objects(client) == []
    links = ["companies", "deals"]
    badges = hubspot.store.define_object("badge", "Badge", ["title"], links=links)
    [found] = describe.objects(client)
    assert (found.name, found.label, found.custom) == (badges, "Badges", True)
    known = by_path(client, badges)
    assert known["properties.title"].custom
    for partner in links:
        assert known[f"associations.{partner}"].references == partner
    assert "associations.contacts" not in known
