import collections

from odoo import api, fields, models
from odoo.exceptions import UserError

#: What a dialog says of the names of the chosen records.
NAMES = 3


class ConnectorFix(models.TransientModel):
    """Settle a cause: choose how, look at what that changes, do it for one or all.

    What a kind of fix ``x`` means is in methods by its name, which addons add:

    - ``_explain_x()``: one sentence;
    - ``_check_x()``: raises where something is missing, or the user may not;
    - ``_decide_x()``: writes the decision, and nothing else: the preview does it, too;
    - ``_go_on_x()``: starts what follows from it; by default the records are tried
      again. May return an action.

    ``connector_fix_kinds`` has those of the base, ``connector_fix_preview`` shows what
    they would change.
    """

    _name = "connector.fix"
    _description = "Fix an Exception"

    exception_id = fields.Many2one(
        "connector.exception", required=True, ondelete="cascade"
    )
    # Read with the user's own rights: what it tells is for those who see the cause.
    name = fields.Char(related="exception_id.name", related_sudo=False)
    advice = fields.Char(related="exception_id.advice", related_sudo=False)
    connection_id = fields.Many2one(
        related="exception_id.connection_id", related_sudo=False
    )
    item_ids = fields.Many2many("connector.exception.item", string="Chosen Records")
    scope = fields.Selection(
        [("all", "All Records of the Cause"), ("chosen", "The Chosen Records Only")],
        required=True,
        default="all",
        string="For",
    )
    record_count = fields.Integer(compute="_compute_record_count")
    records_text = fields.Char(string="Records", compute="_compute_record_count")
    kinds = fields.Json(compute="_compute_kinds")
    kind = fields.Selection(
        "_selection_kind",
        string="How",
        compute="_compute_kind",
        store=True,
        readonly=False,
    )
    explanation = fields.Char(compute="_compute_explanation")
    reason = fields.Char()

    @api.model
    def _selection_kind(self):
        _ = self.env._
        return [
            ("map_value", _("Say What the Value Means")),
            ("map_record", _("Say What It Is Called There")),
            ("choose_record", _("Choose the Record in Odoo")),
            ("choose_side", _("Choose Which Value Is Right")),
            ("create_missing", _("Create What Is Missing")),
            ("open_period", _("Choose a Date in an Open Period")),
            ("correct_value", _("Correct the Value")),
            ("reconnect", _("Reconnect")),
            ("fetch_again", _("Try Again")),
            ("ignore", _("Ignore, With a Reason")),
        ]

    @api.depends("exception_id")
    def _compute_kinds(self):
        for fix in self:
            fix.kinds = fix.exception_id._fix_kinds() if fix.exception_id else []

    @api.depends("exception_id")
    def _compute_kind(self):
        for fix in self:
            fix.kind = next(iter(fix.kinds or []), False)

    @api.depends("scope", "item_ids", "exception_id")
    def _compute_record_count(self):
        for fix in self:
            items = fix.item_ids
            chosen = fix.scope == "chosen"
            fix.record_count = len(items) if chosen else fix.exception_id.open_count
            fix.records_text = fix.exception_id.document
            if chosen:
                names = [item.label or item.remote_id for item in items[:NAMES]]
                more = len(items) - NAMES
                fix.records_text = ", ".join(filter(None, names)) + (
                    self.env._(" and %s more", more) if more > 0 else ""
                )

    @api.depends("kind", "exception_id")
    def _compute_explanation(self):
        for fix in self:
            explain = getattr(fix, f"_explain_{fix.kind}", None)
            fix.explanation = explain() if explain and fix.exception_id else False

    # -- what is chosen -------------------------------------------------------

    def _items(self, limit=None):
        """The open records that the fix is for, at most so many."""
        self.ensure_one()
        domain = [("exception_id", "=", self.exception_id.id), ("state", "=", "open")]
        if self.scope == "chosen":
            domain.append(("id", "in", self.item_ids.ids))
        return self.env["connector.exception.item"].search(
            domain, order="flow_id.id, id", limit=limit
        )

    def _flow(self):
        """The flow whose records are meant; of a shared cause the first."""
        return self.exception_id.flow_id or self._items(limit=1).flow_id

    # -- apply ----------------------------------------------------------------

    def _check(self):
        """:raises UserError: where it can't be done as it is entered"""
        self.ensure_one()
        self.exception_id.check_access("write")
        if self.exception_id.state != "open":
            raise UserError(self.env._("This is settled already."))
        if self.kind not in (self.kinds or []):
            raise UserError(self.env._("Choose how to fix it."))
        if self.scope == "chosen" and self.item_ids.exception_id - self.exception_id:
            raise UserError(self.env._("Choose records of one cause."))
        check = getattr(self, f"_check_{self.kind}", None)
        if check:
            check()

    def _decide(self):
        decide = getattr(self, f"_decide_{self.kind}", None)
        if decide:
            decide()

    def action_apply(self):
        """Carry the decision out; the records follow in the background."""
        self._check()
        self._decide()
        go_on = getattr(self, f"_go_on_{self.kind}", self._retry_chosen)
        result = go_on()
        self._note_decision()
        if isinstance(result, dict):
            return result
        return self.exception_id._notify(result or self._said(), "success")

    def _said(self):
        if not self.exception_id.has_items:
            return self.env._("It is tried again in the background.")
        return self.env._(
            "%s records are tried again in the background; what succeeds closes by"
            " itself.",
            self.exception_id._in_digits(self.record_count),
        )

    def _retry_chosen(self):
        if self.scope == "chosen":
            self._items().sudo()._retry()
        else:
            self.exception_id.action_retry()

    def _note_decision(self):
        """Who decided what, in the history of the cause."""
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        parts = [kinds[self.kind]]
        if self.scope == "chosen":
            parts.append(self.env._("%s chosen records", self.record_count))
        if self.reason:
            parts.append(self.reason)
        self.exception_id.sudo().with_context(
            mail_notify_force_send=False
        )._message_log(body=" · ".join(parts), author_id=self.env.user.partner_id.id)

    def _payloads(self):
        """The payloads of the records as they are kept, batch by batch.

        :return: iterator of ``(flow, [(remote id, payload)])``
        """
        items = self._items().sudo()
        for start in range(0, len(items), 1000):
            by_flow = collections.defaultdict(list)
            batch = items[start : start + 1000]
            for item in batch:
                by_flow[item.flow_id].append((item.remote_id, item.payload or {}))
            yield from by_flow.items()
            batch.invalidate_recordset(["payload", "payload_token"], flush=False)
