from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date, format_datetime, html2plaintext
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
    base = fields.Json(readonly=True, groups="connector_base.group_operator")
    ours = fields.Json(readonly=True, groups="connector_base.group_operator")
    theirs = fields.Json(readonly=True, groups="connector_base.group_operator")
    had_base = fields.Boolean(
        string="Agreed Before",
        readonly=True,
        help="Not so for records that were linked by matching: they never agreed.",
    )
    base_text = fields.Char(string="Last Agreed", compute="_compute_texts")
    ours_text = fields.Char(string="In Odoo", compute="_compute_texts")
    theirs_text = fields.Char(string="At the Vendor", compute="_compute_texts")
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
    @api.depends("base", "ours", "theirs", "had_base")
    def _compute_texts(self):
        operator = self.env.user.has_group("connector_base.group_operator")
        for conflict in self:
            stored = conflict.sudo()
            field = conflict._entity_field()
            masked = not operator and (field is None or field.pii)
            show = mask_personal if masked else lambda text: text
            conflict.ours_text = show(conflict._in_words(stored.ours))
            conflict.theirs_text = show(conflict._in_words(stored.theirs))
            conflict.base_text = (
                show(conflict._in_words(stored.base))
                if conflict.had_base
                else self.env._("Never agreed")
            )

    def _in_words(self, value):
        """A stored value as people read it: names for ids, dates and amounts formatted.

        :param value: JSON value as ``connector.import._comparable`` makes it
        """
        model = self.env.get(self.res_model)
        field = model is not None and model._fields.get(self.field_name)
        if value in (None, False, "", []) and not (field and field.type == "boolean"):
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
            return formatLang(self.env, value, digits=2)
        text = html2plaintext(value) if field.type == "html" else str(value)
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
                SELECT c.id, c.remote_id, c.res_id, c.field_name, c.ours, c.theirs,
                       c.choice, c.decided_by_id
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
                    "base": None if base is MISSING else base,
                    "had_base": base is not MISSING,
                    "ours": ours,
                    "theirs": theirs,
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
                    {"ours": comparable(ours[name])} | UNDECIDED
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
        for conflict in self:
            binding = self.env["connector.binding"].search(
                [
                    ("connection_id", "=", conflict.connection_id.id),
                    ("entity", "=", conflict.flow_id.entity),
                    ("remote_id", "=", conflict.remote_id),
                ]
            )
            name = conflict.field_name
            binding.agreed = {**(binding.agreed or {}), name: conflict.ours}
            binding.agreed_remote = {
                **(binding.agreed_remote or {}),
                name: conflict.theirs,
            }

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


class ConnectorExceptionItem(models.Model):
    _inherit = "connector.exception.item"

    is_conflict = fields.Boolean(compute="_compute_conflict_ids")
    conflict_ids = fields.Many2many(
        "connector.conflict",
        string="Fields in Conflict",
        compute="_compute_conflict_ids",
        help="All fields of the record that wait for a decision.",
    )

    @api.depends("exception_id.code", "flow_id", "remote_id", "state")
    def _compute_conflict_ids(self):
        self.is_conflict = False
        self.conflict_ids = False
        items = self.filtered(lambda item: item.exception_id.code == "conflict")
        if not items:
            return
        conflicts = self.env["connector.conflict"].search(
            [
                ("flow_id", "in", items.flow_id.ids),
                ("remote_id", "in", items.mapped("remote_id")),
            ],
            order="id",
        )
        for item in items:
            item.is_conflict = True
            item.conflict_ids = conflicts.filtered(
                lambda c, item=item: (
                    c.item_id == item
                    or (c.flow_id, c.remote_id, c.state, item.state)
                    == (item.flow_id, item.remote_id, "open", "open")
                )
            )

    def _resolve_conflict(self, choices):
        """Decide the fields of a record that both sides changed.

        :param choices: ``{Odoo field: "ours" or "theirs"}``; the others stay open
        :raises UserError: where a field isn't in conflict or a choice is none
        """
        self.ensure_one()
        self.check_access("write")
        conflicts = self.conflict_ids.filtered(lambda c: c.state == "open")
        by_name = {conflict.field_name: conflict for conflict in conflicts}
        unknown = choices.keys() - by_name.keys()
        if unknown or not set(choices.values()) <= {"ours", "theirs"}:
            raise UserError(
                self.env._(
                    "Nothing is to be decided about: %s.",
                    ", ".join(sorted(unknown or set(choices.values()))),
                )
            )
        for name, choice in choices.items():
            by_name[name]._choose(choice)
        self.browse({by_name[name].item_id.id for name in choices})._retry()

    def action_keep_all_ours(self):
        """Keep Odoo's value of every field that nobody has decided about yet."""
        return self._open_conflicts().action_keep_ours()

    def action_take_all_theirs(self):
        """Take the remote value of every field that nobody has decided about yet."""
        return self._open_conflicts().action_take_theirs()

    def _open_conflicts(self):
        self.check_access("write")
        conflicts = self.conflict_ids.filtered(lambda c: c.state == "open")
        return conflicts.filtered(lambda c: not c.choice) or conflicts


class ConnectorException(models.Model):
    _inherit = "connector.exception"

    def action_ignore(self):
        conflicts = self.env["connector.conflict"].sudo()
        found = conflicts.search(
            Domain("item_id.exception_id", "in", self.ids)
            & Domain("state", "=", "open")
        )
        result = super().action_ignore()
        found._let_be()
        return result
