"""What Freshdesk says of its fields, its agents and its statuses."""

import json
import pathlib

import pytest
from simulators.freshdesk.settings import rating_of

from odoo.addons.connector_base.engine.compat import REMOTE_KINDS
from odoo.addons.connector_base.engine.map_file import dump
from odoo.addons.connector_base.engine.paths import MISSING, getter
from odoo.addons.connector_support.providers.freshdesk import (
    describe,
    endpoints,
    references,
    streams,
)

from .freshdesk_desk import Builder, Desk

NAMES = ("companies", "contacts", "tickets", "comments")


@pytest.fixture
def described(freshdesk, freshdesk_client):
    def make(stream):
        found = describe.remote_fields(freshdesk_client(), stream)
        by_path = {each.path: each for each in found}
        assert len(by_path) == len(found)
        return by_path

    return make


@pytest.mark.parametrize("stream", NAMES)
def test_each_line_of_the_first_map_has_its_field(described, stream):
    [found] = [each for each in streams.STREAMS if each.name == stream]
    known = described(stream)
    for line in found.default_map:
        assert line.remote_path in known, line.remote_path
        if line.direction != "pull":
            assert known[line.remote_path].writable, line.remote_path
    assert {each.kind for each in known.values()} <= set(REMOTE_KINDS)


@pytest.mark.parametrize("stream", ["companies", "contacts", "tickets"])
def test_what_is_described_is_what_records_hold(
    described, freshdesk, freshdesk_client, stream
):
    desk = Builder(freshdesk)
    contact = desk.contact(email="ada@acme.example", company_id=desk.company()["id"])
    ticket = desk.ticket(contact, responder_id=freshdesk.store.rows("agent")[0]["id"])
    freshdesk.store.create("rating", rating_of(ticket, 103))
    known = described(stream)
    reading = Desk(freshdesk_client, stream, tuple(known))
    [record] = reading.run()
    if stream == "contacts":
        [full] = reading.reader.fetch_by_ids([record.remote_id])
        record.values |= {**full.values, "desk": full.values["desk"]}
        record.values["desk"]["suspended"] = False
    for path, field in known.items():
        if field.description.startswith("Not there yet"):
            continue
        assert getter(path)(record.values) is not MISSING, path


def test_fields_of_the_account_are_known_by_their_names(described, freshdesk):
    name = freshdesk.fields.define(
        "ticket", "Cause", "custom_dropdown", choices=["Battery", "Cable"]
    )
    field = freshdesk.fields.custom("ticket")[name]
    freshdesk.fields.change(field, {"label": "Root Cause"})
    found = described("tickets")["custom_fields.cf_cause"]
    assert (found.label, found.kind, found.custom) == ("Root Cause", "option", True)
    assert found.options == (("Battery", "Battery"), ("Cable", "Cable"))
    # Of tickets nothing but the status goes out.
    assert not found.writable


def test_statuses_are_described(described):
    options = dict(described("tickets")["status"].options)
    assert options["2"] == "Open"
    assert options["6"] == "Waiting on Customer"


def test_what_is_made_later_can_be_mapped_before(described, freshdesk):
    assert described("companies")["custom_fields.odoo_renewal_date"].kind == "date"
    freshdesk.fields.define("company", "Odoo Renewal Date", "custom_text")
    assert described("companies")["custom_fields.odoo_renewal_date"].kind == "text"


def test_agents_are_owners(freshdesk, freshdesk_client):
    one, two = freshdesk.store.rows("agent")[:2]
    two["active"] = False
    found = {int(each.value): each for each in references.agents(freshdesk_client())}
    assert len(found) == freshdesk.store.count("agent")
    assert found[one["id"]].hints == {"email": one["email"]}
    assert found[two["id"]].hints["archived"]
    assert {each.kind for each in found.values()} == {"owner"}


@pytest.mark.parametrize("stream", NAMES)
def test_shipped_maps_are_written_as_exports_are(stream):
    file = pathlib.Path(streams.MAPS) / f"{stream}.json"
    text = file.read_text(encoding="utf-8")
    assert dump(json.loads(text)) == text


def test_every_stream_has_its_rights(freshdesk):
    assert set(endpoints.SCOPES) == set(endpoints.LISTS) == set(NAMES)
