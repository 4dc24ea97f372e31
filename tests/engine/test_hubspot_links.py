"""Links with labels: read by their label, and written with its type."""

import pytest

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.paths import MISSING, getter
from odoo.addons.connector_base.engine.records import OutgoingRow
from odoo.addons.connector_hubspot.hubspot import describe
from odoo.addons.connector_hubspot.hubspot.endpoints import VERSIONS
from odoo.addons.connector_hubspot.hubspot.links import choice
from odoo.addons.connector_hubspot.hubspot.reader import HubSpotReader
from odoo.addons.connector_hubspot.hubspot.writer import HubSpotWriter

BILLING = "links.contacts[label=Billing contact].id"


class Deal:
    """A deal with two contacts, one of whom gets the bills."""

    def __init__(self, store):
        self.store = store
        self.billing, self.back = store.links.define_label(
            "deals", "contacts", "Billing contact"
        )
        self.id = store.create("deals", {"dealname": "Rollout"})
        self.ada = store.create("contacts", {"firstname": "Ada"})
        self.bob = store.create("contacts", {"firstname": "Bob"})
        store.associate("deals", self.id, "contacts", self.ada)
        store.associate("deals", self.id, "contacts", self.bob, [self.billing])

    def types(self, contact):
        return self.store.associated("deals", self.id, "contacts").get(contact)


@pytest.fixture
def deal(hubspot):
    return Deal(hubspot.store)


@pytest.fixture
def read(hubspot_client, deal):
    """Read values of the deal by their paths."""

    def values(*paths, version=VERSIONS[0]):
        reader = HubSpotReader(hubspot_client(version), "deals", paths)
        [record] = reader.fetch_by_ids([deal.id])
        return [getter(path)(record.values) for path in paths]

    return values


@pytest.fixture
def write(hubspot_client, deal):
    """Write a link of the deal; ``before`` is what it was."""

    def row(path, value, before=None, version=VERSIONS[0]):
        writer = HubSpotWriter(hubspot_client(version), "deals")
        sent = OutgoingRow("k-1", {path: value}, deal.id, {path: before})
        [result] = writer.update([sent])
        return result

    return row


@pytest.mark.parametrize("version", VERSIONS)
def test_a_label_is_read_by_its_name(read, deal, version):
    assert read(BILLING, version=version) == [deal.bob]


def test_all_of_a_label_are_a_list(hubspot, read, deal):
    hubspot.store.associate("deals", deal.id, "contacts", deal.ada, [deal.billing])
    path = "links.contacts[*label=Billing contact].id"
    assert read(path) == [[deal.ada, deal.bob]]


def test_whom_nobody_labelled_is_empty_and_not_missing(read, deal):
    assert read("links.contacts[label=Decision maker].id") == [None]
    assert read("links.contacts[*label=Decision maker].id") == [[]]


def test_ids_and_labels_cost_one_request_for_a_page(hubspot, read, deal):
    assert read("associations.contacts", BILLING) == [[deal.ada, deal.bob], deal.bob]
    assert hubspot.requests.count(template="{toObjectType}/batch/read") == 1


def test_without_such_a_line_a_record_holds_no_labels(hubspot_client, deal):
    reader = HubSpotReader(hubspot_client(), "deals", ["associations.contacts"])
    [record] = reader.fetch_by_ids([deal.id])
    assert getter("links.contacts")(record.values) is MISSING


@pytest.mark.parametrize("version", VERSIONS)
def test_a_label_is_written_with_its_type(write, deal, version):
    result = write(BILLING, deal.ada, version=version)
    assert result.error is None
    assert deal.billing in deal.types(deal.ada)


def test_a_label_that_is_taken_away_leaves_the_link(write, deal):
    write(BILLING, None, deal.bob)
    assert deal.types(deal.bob) == [3]


def test_a_label_goes_from_one_to_the_other(write, deal):
    write(BILLING, deal.ada, deal.bob)
    assert deal.billing in deal.types(deal.ada)
    assert deal.types(deal.bob) == [3]


def test_the_other_side_sees_its_own_label(hubspot, hubspot_client, deal):
    reader = HubSpotReader(
        hubspot_client(), "contacts", ["links.deals[label=Billing contact].id"]
    )
    [record] = reader.fetch_by_ids([deal.bob])
    [entry] = [e for e in record.values["links"]["deals"] if e["label"]]
    assert (entry["id"], entry["typeId"]) == (deal.id, deal.back)


def test_a_label_that_there_isnt_is_the_rows_own_problem(write, deal):
    result = write("links.contacts[label=Decision maker].id", deal.ada)
    assert isinstance(result.error, errors.InvalidRecord)
    assert "Decision maker" in result.error.message
    assert result.error.params["reason"] == "UNKNOWN_LABEL"


def test_a_new_record_gets_its_links_and_their_labels(hubspot, hubspot_client, deal):
    writer = HubSpotWriter(hubspot_client(), "deals")
    hubspot.store.define_property("deals", "odoo_id", unique=True)
    values = {"associations.contacts": [deal.ada, deal.bob], BILLING: deal.ada}
    [result] = writer.create([OutgoingRow("k-2", values)])
    found = hubspot.store.associated("deals", result.remote_id, "contacts")
    assert deal.billing in found[deal.ada]
    assert deal.billing not in found[deal.bob]


def test_labels_are_offered_to_those_who_map(hubspot, hubspot_client, deal):
    store = hubspot.store
    store.links.define_label("deals", "deals", "Previous deal", "Next deal")
    store.links.define_label("deals", "companies", "Odd [label]")
    found = {f.path: f for f in describe.remote_fields(hubspot_client(), "deals")}
    assert found[BILLING].label == "Contacts: Billing contact"
    assert found[BILLING].kind == "reference"
    assert found[BILLING].references == "contacts"
    several = found["links.contacts[*label=Billing contact].id"]
    assert (several.kind, several.label) == (
        "references",
        "Contacts: Billing contact (all)",
    )
    assert "links.deals[label=Previous deal].id" in found
    assert "links.deals[label=Next deal].id" in found
    assert "links.companies[label=Primary].id" in found
    assert not any("Odd" in path for path in found)


def test_links_of_what_we_may_not_read_are_not_offered(hubspot, hubspot_client):
    scopes = ["crm.objects.deals.read", "crm.objects.contacts.read"]
    hubspot.set_tokens({hubspot.token: scopes})
    found = {f.path for f in describe.remote_fields(hubspot_client(), "deals")}
    assert "associations.companies" in found
    assert "links.companies[label=Primary].id" not in found


@pytest.mark.parametrize(
    ("path", "chosen"),
    [
        (BILLING, ("contacts", "Billing contact")),
        ("links.contacts[*label=7].id", ("contacts", "7")),
        ("links.contacts[typeId=7].id", None),
        ("links.contacts", None),
        ("links.contacts[0].id", None),
        ("links.contacts[category=USER_DEFINED].id", None),
        ("links.contacts[label=X].typeId", None),
        ("associations.contacts", None),
        ("properties.links", None),
    ],
)
def test_only_a_label_chooses_a_link(path, chosen):
    assert choice(path) == chosen


@pytest.mark.parametrize("object_type", ["companies", "contacts", "deals"])
def test_tickets_are_linked_records_like_others(hubspot, hubspot_client, object_type):
    record = hubspot.store.create(object_type, {})
    ticket = hubspot.store.create("tickets", {"subject": "Broken"})
    hubspot.store.associate(object_type, record, "tickets", ticket)
    client = hubspot_client()
    found = {field.path for field in describe.remote_fields(client, object_type)}
    assert "associations.tickets" in found
    reader = HubSpotReader(client, object_type, ["associations.tickets"])
    [read] = reader.fetch_by_ids([record])
    assert getter("associations.tickets")(read.values) == [ticket]
