from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import map_file


class ConnectorFlow(models.Model):
    """Lines that a provider ships beside its default map, for those who want them."""

    _inherit = "connector.flow"

    pack_text = fields.Char(
        string="Further Lines",
        compute="_compute_pack_text",
        help="What the connector can map besides: added as a draft of the field map.",
    )

    @api.depends("map_ids.state", "map_ids.line_ids", "stream", "entity")
    def _compute_pack_text(self):
        for flow in self:
            missing = flow._missing_packs()
            flow.pack_text = ", ".join(pack.label for pack, _lines in missing) or False

    def _missing_packs(self):
        """What the active map doesn't have of the packs of its stream.

        Lines whose field no installed addon knows are left out.

        :return: list of ``(records.MapPack, lines as attributes)``
        """
        self.ensure_one()
        name = f"connector.provider.{self.connection_id.provider}"
        known = self.env["connector.entity"]._named(self.entity)
        if name not in self.env or known is None:
            return []
        streams = {stream.name: stream for stream in self.env[name]._streams()}
        stream = streams.get(self.stream)
        entity = self._entity_model()
        mapped = {
            (line.remote_path, line.target) for line in self.active_map_id.line_ids
        }
        found = []
        for pack in stream.packs if stream else ():
            lines = [
                map_file.line_attributes(line)
                for line in pack.lines
                if (line.remote_path, line.target) not in mapped
                and entity._entity_field(line.target)
            ]
            if lines:
                found.append((pack, lines))
        return found

    def action_add_packs(self):
        """Make a draft of the active map with the lines that it doesn't have yet.

        Nothing of it is sent or taken before somebody else has approved the draft.
        """
        self.ensure_one()
        maps = self.env["connector.field.map"]
        maps._check_editor()
        self.check_access("write")
        packs = self._missing_packs()
        if not packs:
            raise UserError(self.env._("The field map has all lines already."))
        lines = self.active_map_id._line_attributes()
        for _pack, more in packs:
            lines += more
        labels = ", ".join(pack.label for pack, _more in packs)
        note = self.env._("With further lines: %s.", labels)
        return maps._create_draft(self, lines, note)._open()
