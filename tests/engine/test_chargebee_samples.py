"""Payloads of real sites, where somebody has put them beside the project."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from odoo.addons.connector_base.engine.map_file import shipped_lines
from odoo.addons.connector_billing.providers.chargebee import webhook
from odoo.addons.connector_billing.providers.chargebee.endpoints import LISTINGS
from odoo.addons.connector_billing.providers.chargebee.records import Shaping
from odoo.addons.connector_billing.providers.chargebee.streams import MAPS

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "samples" / "chargebee"
FOLDERS = [FOLDER, Path(__file__).resolve().parents[4] / "shared/samples/chargebee"]
FILES = sorted(found for folder in FOLDERS for found in folder.glob("fixtures/*.json"))
EVENTS = [name for name in FILES if "content" in json.loads(name.read_text("utf-8"))]
#: Of the older catalogue: none of ours.
OLDER = {"addon_created", "plan"}

pytestmark = pytest.mark.skipif(
    not FILES, reason="sample data: shared/samples/chargebee is not there"
)


class NoReferences:
    """Knows nothing of what records name."""

    def __getattr__(self, _name):
        return lambda *_ids: {}


def records():
    """``(file, stream, record)`` of all that the samples hold."""
    for name in FILES:
        sample = json.loads(name.read_text("utf-8"))
        content = sample.get("content") or {sample["object"]: sample}
        for key, item in content.items():
            stream = webhook.STREAMS.get(key)
            if key == "transaction":
                stream = webhook.TRANSACTIONS.get(item["type"])
            if stream in LISTINGS:
                yield pytest.param(stream, item, id=f"{name.stem}-{key}")


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_events_are_understood(path):
    found = webhook.inbound(path.read_bytes())
    named = any(each.stream for each in found)
    pending = path.stem in ("pending_invoice_created",)
    assert named != (path.stem in OLDER or pending)


@pytest.mark.parametrize(("stream", "item"), records() if FILES else [])
def test_records_are_shaped_and_mapped(stream, item):
    shaping = Shaping(None, stream, NoReferences())
    shaped = shaping.records([item])
    if item.get("status") == "pending":
        assert shaped == []
        return
    [record] = shaped
    parts = record.values["billing"]
    for line in shipped_lines(MAPS / f"{stream}.json"):
        place, _dot, name = line.remote_path.partition(".")
        if place == "billing" and line.direction != "push":
            assert name in parts
    for name in ("total", "amount"):
        if parts.get(name) is not None:
            assert Decimal(parts[name]) * 100 == Decimal(str(item.get(name, 0)))
    if "lines" in parts:
        assert net(parts["lines"]) == Decimal(parts["total"])


def net(lines):
    return sum(
        Decimal(line["amount"])
        - sum(Decimal(each["amount"]) for each in line["discounts"])
        + sum(Decimal(t["amount"]) for t in line["taxes"] if not t["inclusive"])
        for line in lines
    )
