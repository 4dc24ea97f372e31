from odoo import api, fields, models
from odoo.modules.module import Manifest

from ..engine import map_file


class ConnectorFlow(models.Model):
    """A flow and what its provider ships for it."""

    _inherit = "connector.flow"

    shipped_hash = fields.Char(
        readonly=True, copy=False, help="Names the shipped map that was offered last."
    )

    def action_import_map(self):
        """Ask for a file of a field map."""
        self.ensure_one()
        self.env["connector.field.map"]._check_editor()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import Map"),
            "res_model": "connector.map.import",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_flow_id": self.id},
        }

    @api.model
    def _offer_shipped_maps(self, provider):
        """Offer what an upgraded addon ships to the connections of its provider.

        Changed maps as drafts, new flows switched off, and places for new credentials.
        An addon with shipped maps calls it from its data, at each upgrade.
        """
        connections = (
            self.env["connector.connection"]
            .with_context(active_test=False)
            .search([("provider", "=", provider)])
        )
        connections._create_credentials()
        connections.flow_ids._offer_shipped()
        connections._offer_new_flows()

    def _has_version_of(self, lines):
        """Whether a version of the flow's map says the same as shipped lines.

        :param lines: list of attributes, see ``engine.map_file``
        """
        # Older lines aren't marked as personal data before the upgrade ends.
        ours = {} if self.shipped_hash else {"pii": None}

        def told(found):
            return map_file.lines_hash([line | ours for line in found])

        wanted = told(lines)
        return any(told(m._line_attributes()) == wanted for m in self.map_ids)

    def _offer_shipped(self):
        """Make a draft of the shipped map where it is another than was offered last.

        Nothing is activated or overwritten: people look at the draft, take what they
        want of it, and have it approved as any other.
        """
        field_maps = self.env["connector.field.map"]
        for flow in self.sudo():
            provider = flow.connection_id._provider()
            streams = {stream.name: stream for stream in provider._streams()}
            stream = streams.get(flow.stream)
            if stream is None or not stream.default_map:
                continue
            lines = [map_file.line_attributes(line) for line in stream.default_map]
            shipped = map_file.lines_hash(lines)
            if flow.shipped_hash == shipped:
                continue
            if flow._has_version_of(lines):
                # A version says the same, as where nothing was noted in older releases.
                flow.shipped_hash = shipped
                continue
            draft = field_maps._create_shipped(
                flow, stream, flow._shipped_note(provider)
            )
            draft._ask(
                flow.owner_id,
                self.env._("Review a shipped map"),
                self.env._(
                    "The upgrade brought another map for %(flow)s: %(difference)s."
                    " The active one stays as it is until you decide.",
                    flow=flow.name,
                    difference=draft.difference_summary,
                ),
            )

    def _shipped_note(self, provider):
        manifest = Manifest.for_addon(provider._original_module or "-")
        if not manifest:
            return self.env._("As shipped now: review it.")
        return self.env._("As shipped with version %s: review it.", manifest.version)
