from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import escape_psql

from ..engine import errors

#: Records that are offered at once.
MOST = 12
#: The table wants its room.
DIALOG = {"dialog_size": "extra-large"}


class ConnectorMapPreview(models.TransientModel):
    """A version of a field map on one real record: both sides, before and after.

    Nothing is written: the engine's own steps run in a savepoint that is rolled back.
    Personal data is shown to those who may see payloads, masked to all others.
    """

    _name = "connector.map.preview"
    _description = "Connector Map Preview"

    map_id = fields.Many2one(
        "connector.field.map", required=True, readonly=True, ondelete="cascade"
    )
    flow_id = fields.Many2one(related="map_id.flow_id")
    direction = fields.Selection(related="map_id.flow_id.direction")
    remote_id = fields.Char(
        string="Try It On", help="Name in Odoo, or the id that the vendor gave it."
    )
    record_name = fields.Char(string="In Odoo", readonly=True)
    remote_name = fields.Char(string="Record", readonly=True)
    source = fields.Selection(
        [("kept", "As It Came In Last"), ("live", "As It Is at the Vendor Now")],
        readonly=True,
    )
    summary = fields.Char(readonly=True)
    summary_kind = fields.Selection(
        [("good", "Good"), ("info", "Info"), ("bad", "Bad")], readonly=True
    )
    problem_text = fields.Text(string="What Stands in the Way", readonly=True)
    line_ids = fields.One2many(
        "connector.map.preview.line",
        "preview_id",
        readonly=True,
        domain=[("direction", "=", "pull")],
    )
    push_line_ids = fields.One2many(
        "connector.map.preview.line",
        "preview_id",
        readonly=True,
        domain=[("direction", "=", "push")],
    )

    @api.model
    def suggest_records(self, flow_id, text=""):
        """Records to choose from, by remote id or by name in Odoo; the latest first.

        :return: list of ``{"value", "label", "type"}``, at most ``MOST``
        """
        flow = self.env["connector.flow"].browse(int(flow_id)).exists()
        flow.check_access("read")
        domain = Domain("flow_id", "=", flow.id) & Domain("remote_id", "!=", False)
        text = (text or "").strip()
        if text:
            by_name = []
            model = self.env.get(flow.res_model)
            if model is not None and model.has_access("read"):
                model = model.with_context(active_test=False)
                by_name = [row[0] for row in model.name_search(text, limit=MOST)]
            domain &= Domain("remote_id", "=like", f"{escape_psql(text)}%") | Domain(
                "res_id", "in", by_name
            )
        bindings = self.env["connector.binding"].search(
            domain, order="synced_at desc, id desc", limit=MOST
        )
        found = [
            {"value": b.remote_id, "label": b.record_name or b.remote_id, "type": ""}
            for b in bindings
        ]
        return [*self._suggest_held(flow, text), *found][:MOST]

    def _suggest_held(self, flow, text):
        """Records that Odoo doesn't have because something holds them."""
        items = self.env["connector.exception.item"].search(
            [
                ("flow_id", "=", flow.id),
                ("state", "=", "open"),
                ("blocking", "=", True),
                ("remote_id", "=like", f"{escape_psql(text)}%"),
            ],
            limit=MOST // 3,
        )
        return [
            {"value": remote_id, "label": remote_id, "type": self.env._("held")}
            for remote_id in dict.fromkeys(items.mapped("remote_id"))
        ]

    # -- buttons ----------------------------------------------------------------

    def action_show(self):
        """Show the record as it came in last."""
        self.ensure_one()
        self._check_wanted()
        found = (
            self.env["connector.payload"]
            .sudo()
            ._newest(self.flow_id, 1, self.remote_id.strip())
        )
        if not found and self.direction == "pull":
            raise UserError(
                self.env._(
                    "Record %s isn't kept here as it came: fetch it from the vendor.",
                    self.remote_id,
                )
            )
        return self._show(found[0] if found else None, "kept")

    def action_fetch(self):
        """Ask the vendor for the record as it is now: one request."""
        self.ensure_one()
        if not self.env.user.has_group("connector_base.group_operator"):
            raise AccessError(
                self.env._("Only an operator can fetch records from the vendor.")
            )
        self._check_wanted()
        return self._show(self._fetch(), "live")

    def _check_wanted(self):
        self.map_id.check_access("read")
        if not (self.remote_id or "").strip():
            raise UserError(self.env._("Choose a record first."))

    def _fetch(self):
        flow = self.flow_id.sudo()
        connection = flow.connection_id
        provider = connection._provider()
        paths = self.map_id.line_ids.mapped("remote_path")
        wanted = self.remote_id.strip()
        try:
            client = provider._client(connection)
            reader = provider._careful_reader(connection, flow.stream, paths, client)
            # The wizard's own row is the only thing written so far: nobody waits for
            # it while the vendor thinks.
            found = reader.fetch_by_ids([wanted])
        except errors.ConnectorError as error:
            raise UserError(
                self.env["connector.exception"]._sentence_of_error(error)
            ) from error
        record = next((r for r in found if r.remote_id == wanted), None)
        if record is None:
            raise UserError(
                self.env._(
                    "%(vendor)s has no record %(remote_id)s.",
                    vendor=provider._provider_label,
                    remote_id=wanted,
                )
            )
        return record


class ConnectorMapPreviewLine(models.TransientModel):
    _name = "connector.map.preview.line"
    _description = "Connector Map Preview Line"

    preview_id = fields.Many2one(
        "connector.map.preview", required=True, ondelete="cascade"
    )
    direction = fields.Selection(
        [("pull", "Into Odoo"), ("push", "Out of Odoo")], required=True
    )
    remote_path = fields.Char(string="Remote Field")
    raw = fields.Char(string="There")
    result = fields.Char(string="After the Steps")
    target_label = fields.Char(string="Odoo Field")
    ours = fields.Char(string="In Odoo Now")
    written = fields.Char(string="Would Be")
    outcome = fields.Char()
    verdict = fields.Selection([("good", "Good"), ("info", "Info"), ("bad", "Bad")])
    owner = fields.Selection(
        [
            ("remote", "Remote"),
            ("odoo", "Odoo"),
            ("newest", "Newest"),
            ("ask", "Ask"),
        ]
    )


class ConnectorFieldMap(models.Model):
    _inherit = "connector.field.map"

    def action_preview(self):
        """Show what this version makes of one real record; nothing is written."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "connector.map.preview",
            "views": [(False, "form")],
            "target": "new",
            "name": self.env._("Preview: %s", self.display_name),
            "context": {"default_map_id": self.id, **DIALOG},
        }
