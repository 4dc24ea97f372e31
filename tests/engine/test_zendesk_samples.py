"""Records of real accounts, where somebody has put them beside the project."""

import csv
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from simulators import Clock

from odoo.addons.connector_base.engine.map_file import shipped_lines
from odoo.addons.connector_base.engine.paths import MISSING, getter
from odoo.addons.connector_base.engine.values import read_value
from odoo.addons.connector_support.providers.zendesk import records, tickets
from odoo.addons.connector_support.providers.zendesk.streams import MAPS

PLACES = [parent / "shared/samples/zendesk" for parent in Path(__file__).parents]
FILES = {
    found.name.removesuffix("_data.csv"): found
    for place in PLACES
    for found in place.glob("*/*_data.csv")
}

pytestmark = pytest.mark.skipif(
    not FILES, reason="sample data: shared/samples/zendesk is not there"
)


def rows(name):
    """Rows of a file, as the API would nest and type them."""
    with FILES[name].open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield {
                key: _typed(value)
                for key, value in row.items()
                if not key.startswith("_fivetran")
            }


def _typed(value):
    if value == "":
        return None
    if value in ("TRUE", "FALSE", "true", "false"):
        return value.lower() == "true"
    if value[:1] in "[{":
        return json.loads(value)
    return int(value) if value.isdigit() else value


def mapped(stream, record):
    """Values of the default map's lines that the record has, read as our types."""
    kinds = {"created_at": "datetime", "updated_at": "datetime", "due_at": "datetime"}
    for line in shipped_lines(MAPS / f"{stream}.json"):
        value = getter(line.remote_path)(record.values)
        if line.direction == "push" or value is MISSING:
            continue
        if line.remote_path in kinds:
            value = read_value("datetime", value)
        yield line.target, value


def test_tickets_are_read_and_mapped():
    shape = tickets.Tickets(SimpleNamespace(clock=Clock("2026-11-02T09:00:00Z").now))
    items = [
        {**row, "via": {"channel": row.get("via_channel")}} for row in rows("ticket")
    ]
    found = shape.records({"tickets": items})
    assert len(found) == len(items) > 5
    for record in found:
        values = dict(mapped("tickets", record))
        assert values["number"] == int(record.remote_id)
        assert values["status"] in tickets.STATUSES.values()
        assert values["channel"] == "web" or values["channel"]
        assert values["updated_at"] == record.updated_at
    assert {dict(mapped("tickets", each))["status"] for each in found} >= {
        *("deleted", "solved", "closed"),
    }


def test_users_and_organizations_are_read_and_mapped():
    people = records.Users(None).records({"users": list(rows("user"))})
    assert len(people) > 5
    by_role = {each.values["support"]["role"]: each for each in people}
    assert by_role["agent"].archived
    assert not by_role["end_user"].archived
    firms = records.Organizations(None).records(
        {"organizations": list(rows("organization"))}
    )
    assert len(firms) > 5
    for record in firms:
        assert dict(mapped("organizations", record))["name"]
        assert record.updated_at
