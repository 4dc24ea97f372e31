"""What Freshdesk offers, and the first field map of each.

The maps are files in ``data/field_maps/freshdesk``. Paths in them: what ``records.py``
puts under ``desk``, Freshdesk's own keys, and ``custom_fields.<name>``. What customers
wrote costs requests and is nobody's business who doesn't need it: a pack beside them.
"""

import pathlib

from odoo.addons.connector_base.engine.map_file import shipped_lines
from odoo.addons.connector_base.engine.records import MapLine, MapPack, Stream

MAPS = pathlib.Path(__file__).parents[2] / "data" / "field_maps" / "freshdesk"
DESCRIPTIONS = MapPack(
    "Descriptions of Tickets",
    (MapLine("description_text", "description", direction="pull"),),
)


def _stream(name, entity, label, sequence, packs=()):
    lines = shipped_lines(MAPS / f"{name}.json")
    return Stream(name, entity, label, lines, sequence, packs=packs)


STREAMS = (
    _stream("companies", "support.organization", "Companies", 10),
    _stream("contacts", "support.requester", "Contacts", 20),
    _stream("tickets", "support.ticket", "Tickets", 30, (DESCRIPTIONS,)),
    _stream("comments", "support.comment", "Comments", 40),
)
