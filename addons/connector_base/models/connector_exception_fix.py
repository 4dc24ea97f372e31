from odoo import api, fields, models

#: Codes whose cause is that something isn't there, which can be made or fetched.
MISSING_CODES = ("create_not_allowed", "no_rate", "missing_parent", "parent_held")
#: Codes that a right value for a field of the record settles.
VALUE_ERRORS = (
    "required_missing",
    "invalid_value",
    "transform_failed",
    "refused_by_odoo",
)


class ConnectorException(models.Model):
    """Which ways of settling a cause there are."""

    _inherit = "connector.exception"

    fix_kinds = fields.Json(compute="_compute_fix_kinds")

    @api.depends("error_class", "code", "has_items", "value_line_id", "state")
    def _compute_fix_kinds(self):
        for exception in self:
            open_now = exception.state == "open"
            exception.fix_kinds = exception._fix_kinds() if open_now else []

    def _fix_kinds(self):
        """The kinds of fixes that fit a cause, the most likely one first; extend it.

        A kind ``x`` is explained, checked and carried out by the methods
        ``_explain_x``, ``_check_x``, ``_decide_x`` and ``_go_on_x`` of the wizard
        ``connector.fix``.

        :return: list of names of ``connector.fix._selection_kind``
        """
        self.ensure_one()
        if self.error_class == "authentication":
            return ["reconnect"]
        kinds = []
        pulled = self.direction == "pull" and self.has_items
        if self.value_line_id:
            kinds.append("map_value")
        if self._unmapped_record()[0]:
            kinds.append("map_record")
        if self.is_match and self.has_items:
            kinds.append("choose_record")
        if self.code == "conflict" and self.has_items:
            kinds.append("choose_side")
        if pulled and self.code in MISSING_CODES:
            kinds.append("create_missing")
        if pulled and self.error_class == "closed_period" and self._period_field():
            kinds.append("open_period")
        if pulled and self.code in VALUE_ERRORS:
            kinds.append("correct_value")
        return [*kinds, "fetch_again", "ignore"]

    def _unmapped_record(self):
        """:return: ``(value map, Odoo id)`` of what no remote value means, if so"""
        if self.code != "unmapped_record":
            return False, False
        name, _sep, record_id = (self.cause or "").rpartition("<")
        return name, int(record_id)

    def _period_field(self):
        return self.flow_id and self.flow_id._entity_model()._period_field()
