import decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date, format_datetime
from odoo.tools.mail import html_to_inner_content
from odoo.tools.misc import formatLang

from ..engine.masking import mask_personal
from ..engine.paths import MISSING
from .bulk_insert import bulk_insert
from .loose_many2one import LooseMany2one

#: Letters of a long text that are shown beside each other.
SHOWN_LETTERS = 300
#: What a decision leaves, undone.
UNDECIDED = {"choice": False, "decided_by_id": False, "decided_at": False}


class ConnectorConflict(models.Model):
    """A field that both sides changed, until a person has said which value is right.

    It belongs to an item of an exception, of which there is one for each flow and
    field. What is decided is carried out by the next take of the record, which sees
    whether the values are still those that the person has seen.
    """

    _name = "connector.conflict"
    _description = "Connector Conflict"
    _inherit = ["connector.guard", "connector.record.mixin"]
    _order = "id desc"
    _rec_name = "label"

    item_id = fields.Many2one(
        "connector.exception.item",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    state = fields.Selection(related="item_id.state")
    connection_id = fields.Many2one(
        "connector.connection", required=True, readonly=True, ondelete="cascade"
    )
    company_id = LooseMany2one("res.company", readonly=True)
    flow_id = fields.Many2one(
        "connector.flow", required=True, readonly=True, ondelete="cascade"
    )
    remote_id = fields.Char(string="Remote ID", required=True, readonly=True)
    res_model = fields.Char(string="Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record ID", model_field="res_model", required=True, readonly=True
    )
    field_name = fields.Char(string="Odoo Field", required=True, readonly=True)
    label = fields.Char(string="Field", compute="_compute_label")
    # Each is a list of one value: Odoo stores 0, False and "" as nothing.
    base = fields.Json(
        readonly=True,
        groups="connector_base.group_operator",
        help="Empty where records were linked by matching: they never agreed.",
    )
    ours = fields.Json(readonly=True, groups="connector_base.group_operator")
    theirs = fields.Json(readonly=True, groups="connector_base.group_operator")
    base_text = fields.Text(string="Last Agreed", compute="_compute_texts")
    ours_text = fields.Text(string="In Odoo", compute="_compute_texts")
    theirs_text = fields.Text(string="At the Vendor", compute="_compute_texts")
    choice = fields.Selection(
        [("ours", "Odoo"), ("theirs", "Remote")],
        readonly=True,
        help="Empty until a person has decided.",
    )
    decided_by_id = fields.Many2one("res.users", readonly=True)
    decided_at = fields.Datetime(readonly=True)

    _field_uniq = models.Constraint(
        "UNIQUE(item_id, field_name)", "A record has one conflict for each field."
    )
    _remote_idx = models.Index("(flow_id, remote_id)")
    _record_idx = models.Index("(flow_id, res_id)")

    # -- what people read -----------------------------------------------------

    def _entity_field(self):
        """The entity field that fills the Odoo field, or ``None``."""
        self.ensure_one()
        entity = self.flow_id._entity_model()
        return entity._fields_by_odoo_name().get(self.field_name)

    @api.depends_context("lang")
    @api.depends("field_name", "res_model")
    def _compute_label(self):
        for conflict in self:
            field = conflict._entity_field()
            model = self.env.get(conflict.res_model)
            odoo_field = model is not None and model._fields.get(conflict.field_name)
            conflict.label = (
                field.label
                if field
                else odoo_field._description_string(self.env)
                if odoo_field
                else conflict.field_name
            )

    @api.depends_context("lang", "uid", "tz")
    @api.depends("base", "ours", "theirs")
    def _compute_texts(self):
        operator = self.env.user.has_group("connector_base.group_operator")
        for conflict in self:
            stored = conflict.sudo()
            field = conflict._entity_field()
            masked = not operator and (field is None or field.pii)
            show = mask_personal if masked else lambda text: text
            for name in ("base", "ours", "theirs"):
                values = stored[name]
                conflict[f"{name}_text"] = (
                    show(conflict._in_words(values[0]))
                    if values
                    else self.env._("Never agreed")
                )

    def _in_words(self, value):
        """A stored value as people read it: names for ids, dates and amounts formatted.

        :param value: JSON value as ``connector.import._comparable`` makes it
        """
        model = self.env.get(self.res_model)
        field = model is not None and model._fields.get(self.field_name)
        # A number is never empty: 0 equals False.
        empty = value is None or value is False or value in ("", [])
        if empty and not (field and field.type == "boolean"):
            return self.env._("Empty")
        if not field:
            return str(value)
        if field.type in ("many2one", "many2many", "one2many"):
            return self._names(field.comodel_name, value)
        if field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        if field.type == "selection":
            labels = dict(field._description_selection(self.env))
            return labels.get(value, str(value))
        if field.type == "date":
            return format_date(self.env, value)
        if field.type == "datetime":
            return format_datetime(self.env, value)
        if field.type in ("float", "monetary"):
            # All digits that there are: the difference may be in the last one.
            digits = -decimal.Decimal(str(value)).as_tuple().exponent
            return formatLang(self.env, value, digits=max(digits, 2))
        text = html_to_inner_content(value) if field.type == "html" else str(value)
        return text if len(text) <= SHOWN_LETTERS else text[:SHOWN_LETTERS] + "…"

    def _names(self, model, value):
        ids = value if isinstance(value, list) else [value]
        if not all(isinstance(record_id, int) for record_id in ids):
            # A remote id whose record came in the same page.
            return ", ".join(map(str, ids))
        records = self.env[model].sudo().browse(ids).exists()
        return ", ".join(records.mapped("display_name")) or self.env._("Deleted")

    # -- the engine's side ----------------------------------------------------

    @api.model
    def _open_rows(self, flow, name, ids):
        """What is open about records of a flow, in one query.

        :param name: ``remote_id`` or ``res_id``
        :return: ``{(remote id or Odoo id, Odoo field): dict}``
        """
        if not ids:
            return {}
        self.flush_model()
        self.env["connector.exception.item"].flush_model(["state"])
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT c.id, c.remote_id, c.res_id, c.field_name, c.choice,
                       c.ours -> 0 AS ours, c.theirs -> 0 AS theirs, c.decided_by_id
                  FROM connector_conflict c
                  JOIN connector_exception_item i ON i.id = c.item_id
                 WHERE c.flow_id = %s AND %s = ANY(%s) AND i.state = 'open'
                """,
                flow.id,
                SQL.identifier("c", name),
                list(ids),
            )
        )
        return {(row[name], row["field_name"]): row for row in rows}

    @api.model
    def _note(self, run, batch):
        """Note the values of the conflicts that were just reported, or renew them.

        What was decided about other values than these has to be decided again.

        :param batch: list of ``connector_mapper.Mapped``
        """
        contested = [mapped for mapped in batch if mapped.conflicts]
        items = {
            (item.remote_id, item.exception_id.field_name): item
            for item in self.env["connector.exception.item"].search(
                [
                    ("flow_id", "=", run.flow.id),
                    ("direction", "=", "pull"),
                    ("state", "=", "open"),
                    ("exception_id.code", "=", "conflict"),
                    ("remote_id", "in", [m.record.remote_id for m in contested]),
                ]
            )
        }
        known = {
            (conflict.item_id.id, conflict.field_name): conflict
            for conflict in self.search(
                [("item_id", "in", [item.id for item in items.values()])]
            )
        }
        rows = []
        for mapped in contested:
            for name, (base, ours, theirs) in mapped.conflicts.items():
                item = items.get((mapped.record.remote_id, name))
                if not item:
                    # People let it be, and it is as it was.
                    continue
                vals = {
                    "base": False if base is MISSING else [base],
                    "ours": [ours],
                    "theirs": [theirs],
                }
                conflict = known.get((item.id, name))
                if conflict is None:
                    rows.append(self._row(run, item, mapped, name) | vals)
                elif any(conflict[key] != value for key, value in vals.items()):
                    conflict.write(vals | UNDECIDED)
        bulk_insert(self, rows)
        self.invalidate_model()
        self.env["connector.exception.item"].invalidate_model()

    @api.model
    def _renew_ours(self, rows, ours_by_id):
        """Show what Odoo has by now; what was decided about another value isn't.

        :param rows: as :meth:`_open_rows` returns them, by Odoo id
        :param ours_by_id: ``{Odoo id: {Odoo field: value as read}}``
        """
        comparable = self.env["connector.import"]._comparable
        for (res_id, name), row in rows.items():
            ours = ours_by_id[res_id]
            if name in ours and comparable(ours[name]) != row["ours"]:
                self.browse(row["id"]).write(
                    {"ours": [comparable(ours[name])]} | UNDECIDED
                )

    def _row(self, run, item, mapped, name):
        return {
            "item_id": item.id,
            "connection_id": run.connection.id,
            "company_id": run.connection.company_id.id,
            "flow_id": run.flow.id,
            "remote_id": mapped.record.remote_id,
            "res_model": run.entity._entity_model,
            "res_id": mapped.record_id,
            "field_name": name,
        }

    def _let_be(self):
        """Both sides stay as they are; a change of either one counts from here on."""
        if not self:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE connector_binding b
                   SET agreed = COALESCE(b.agreed, '{}'::jsonb) || v.ours,
                       agreed_remote = COALESCE(b.agreed_remote, '{}'::jsonb)
                            || v.theirs
                  FROM (
                    SELECT f.connection_id, f.entity, c.remote_id,
                           jsonb_object_agg(c.field_name, c.ours -> 0) AS ours,
                           jsonb_object_agg(c.field_name, c.theirs -> 0) AS theirs
                      FROM connector_conflict c
                      JOIN connector_flow f ON f.id = c.flow_id
                     WHERE c.id = ANY(%s)
                     GROUP BY f.connection_id, f.entity, c.remote_id) AS v
                 WHERE b.connection_id = v.connection_id AND b.entity = v.entity
                   AND b.remote_id = v.remote_id
                """,
                self.ids,
            )
        )
        self.env["connector.binding"].invalidate_model(flush=False)

    # -- people ---------------------------------------------------------------

    def _choose(self, choice):
        """Note the decision and let the records be taken once more to carry it out.

        :param choice: ``ours`` or ``theirs``
        :raises UserError: where nothing is open, or the flow may not write into Odoo
        """
        self.check_access("write")
        conflicts = self.sudo().filtered(lambda c: c.state == "open")
        if not conflicts:
            raise UserError(self.env._("These conflicts are settled already."))
        forbidden = conflicts.flow_id.filtered(lambda flow: not flow.may_update)
        if choice == "theirs" and forbidden:
            raise UserError(
                self.env._(
                    "%s may not change records in Odoo: the remote value can't be"
                    " taken. Keep the value of Odoo, or let the flow update.",
                    ", ".join(forbidden.mapped("name")),
                )
            )
        conflicts.write(
            {
                "choice": choice,
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
            }
        )
        return conflicts

    def action_keep_ours(self):
        """Keep Odoo's values, and send them where the flow sends such fields."""
        self._choose("ours").item_id._retry()
        return self._said()

    def action_take_theirs(self):
        """Take the remote values into Odoo."""
        self._choose("theirs").item_id._retry()
        return self._said()

    def _said(self):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Decided. It is carried out in the background, unless one of the"
                    " values has changed meanwhile: then it is asked again."
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
