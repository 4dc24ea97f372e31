"""What Zendesk offers, and the first field map of each.

The maps are files in ``data/field_maps/zendesk``. Paths in them: Zendesk's own keys,
and what ``records.py`` and ``tickets.py`` put under ``support``.
"""

import pathlib

from odoo.addons.connector_base.engine.map_file import shipped_lines
from odoo.addons.connector_base.engine.records import Stream

MAPS = pathlib.Path(__file__).parents[2] / "data" / "field_maps" / "zendesk"


def _stream(name, entity, label, sequence):
    return Stream(name, entity, label, shipped_lines(MAPS / f"{name}.json"), sequence)


STREAMS = (
    _stream("organizations", "support.organization", "Organizations", 10),
    _stream("users", "support.requester", "Users", 20),
    _stream("tickets", "support.ticket", "Tickets", 30),
    _stream("comments", "support.comment", "Comments", 40),
)
