from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


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

    def action_open_conflicts(self):
        """The values of all records of the cause, side by side, to decide."""
        self.ensure_one()
        action = "connector_base.connector_conflict_action"
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(action),
            "domain": [("item_id.exception_id", "=", self.id)],
        }

    def _ignored_now(self, items):
        super()._ignored_now(items)
        self.env["connector.conflict"].sudo().search(
            Domain("item_id", "in", items.ids) & Domain("state", "=", "open")
        )._let_be()
