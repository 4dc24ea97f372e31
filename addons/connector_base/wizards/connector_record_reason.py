from odoo import fields, models
from odoo.tools import format_datetime


class ConnectorRecordPanel(models.TransientModel):
    """Why a record is, or is not, as in the other systems: rule by rule."""

    _inherit = "connector.record.panel"

    def _reason(self, rule, verdict, sentence, todo=False, target=None, flow=None):
        """Values of one line.

        :param verdict: ``good``, ``info`` or ``bad``
        :param todo: what to do about it, one sentence
        :param target: the record where that is done
        """
        return {
            "rule": rule,
            "verdict": verdict,
            "sentence": sentence,
            "todo": todo,
            "target_model": target._name if target else False,
            "target_id": target.id if target else False,
            "flow_name": flow.name if flow else False,
            "outgoing": False,
        }

    def _reasons(self):
        """:return: iterator of values of ``connector.record.panel.reason``"""
        flows = self._flows()
        if not flows:
            yield self._reason(
                self.env._("Connections"),
                "info",
                self.env._("No connection takes records of this kind over."),
            )
            return
        records = self._records()
        bound_there = {(b.connection_id, b.res_id): b for b in self.binding_ids}
        for flow in flows:
            for record in records:
                binding = self.binding_ids.filtered(
                    lambda b, f=flow, r=record: b.flow_id == f and b.res_id == r.id
                )
                if not binding and (flow.connection_id, record.id) in bound_there:
                    # As another kind of record of the same system.
                    continue
                for vals in self._reasons_of(flow, record, binding):
                    yield {**vals, "flow_name": flow.name}

    def _reasons_of(self, flow, record, binding):
        if not binding and flow.direction == "pull":
            yield from self._reasons_unlinked(flow, record)
            return
        yield from self._reasons_of_connection(flow.connection_id)
        yield from self._reasons_of_flow(flow)
        if binding:
            yield from self._reasons_of_binding(flow, binding)
        else:
            yield from self._reasons_unlinked(flow, record)
        if flow.direction != "pull":
            for vals in self._reasons_outgoing(flow, record, binding):
                yield {**vals, "outgoing": True}
        yield from self._reasons_held(flow, record, binding)

    # -- the link -------------------------------------------------------------

    def _reasons_of_binding(self, flow, binding):
        name = self.env._("Link")
        if binding.state == "locked":
            yield self._reason(
                self.env._("Lock"),
                "bad",
                self.env._("The record is locked: %s", binding.lock_reason or ""),
                self.env._("Unlock it when the reason is gone."),
            )
        elif binding.state == "creating":
            yield self._reason(
                name, "info", self.env._("The record is being made in the system.")
            )
        elif binding.state == "archived":
            yield self._reason(
                name,
                "info",
                self.env._("The record was archived or deleted in the other system."),
                self.env._("Restore it there, or archive it here as well."),
            )
        elif binding.state == "missing":
            yield self._reason(
                name,
                "bad",
                self.env._("The record was deleted in Odoo and isn't brought back."),
            )
        elif binding.state == "erased":
            yield self._reason(
                name,
                "info",
                self.env._(
                    "The person was erased on request: nothing is taken over or sent."
                ),
            )
        elif binding.state == "merged":
            yield self._reason(
                name,
                "info",
                self.env._(
                    "Remote record %s was merged with another one in Odoo, and isn't"
                    " kept in sync itself.",
                    binding.remote_id,
                ),
                self.env._("Merge the two there as well."),
            )
        else:
            yield self._reason(
                name,
                "good",
                self.env._(
                    "Remote record %(remote_id)s was last taken over on %(date)s by"
                    " version %(version)s of the field map.",
                    remote_id=binding.remote_id,
                    date=format_datetime(
                        self.env, binding.synced_at, dt_format="yyyy-MM-dd HH:mm"
                    )
                    if binding.synced_at
                    else self.env._("an unknown date"),
                    version=binding.map_version,
                ),
            )

    def _reasons_unlinked(self, flow, record):
        yield self._reason(
            self.env._("Link"),
            "info",
            self.env._("No record of %s is linked with it.", flow.connection_id.name),
            flow.direction == "pull"
            and self.env._(
                "It is linked when a matching record comes in; this flow sends none."
            ),
            flow,
        )
        # Who may not decide is told that somebody has to.
        candidates = self.env["connector.match.candidate"].sudo()
        for candidate in candidates.search(
            [
                ("res_model", "=", record._name),
                ("res_id", "=", record.id),
                ("item_id.flow_id", "=", flow.id),
                ("item_id.state", "=", "open"),
            ]
        ):
            yield self._reason(
                self.env._("Match"),
                "bad",
                self.env._(
                    "Record %(remote_id)s of %(system)s may be this one: a person has"
                    " to decide.",
                    remote_id=candidate.item_id.remote_id,
                    system=flow.connection_id.name,
                ),
                self.env._("Link it, or say that it is another one."),
                candidate.item_id.exception_id,
            )

    # -- what holds it --------------------------------------------------------

    def _reasons_held(self, flow, record, binding):
        items = self.env["connector.exception.item"].search(
            [
                ("flow_id", "=", flow.id),
                ("state", "in", ("open", "ignored")),
                "|",
                "&",
                ("direction", "=", "pull"),
                ("remote_id", "in", binding.filtered("remote_id").mapped("remote_id")),
                "&",
                ("direction", "=", "push"),
                ("res_id", "=", record.id),
            ]
        )
        for item in items:
            exception = item.exception_id
            if item.state == "ignored":
                yield self._reason(
                    self.env._("Ignored"),
                    "bad",
                    self.env._(
                        "%(message)s It was ignored: %(reason)s",
                        message=item.message or exception.name,
                        reason=item.ignore_reason or exception.ignore_reason or "",
                    ),
                    self.env._("It is tried again when the record changes."),
                    exception,
                )
                continue
            yield self._reason(
                self._rule_of_item(item),
                "bad",
                item.message or exception.name,
                exception.advice,
                exception,
            )

    def _rule_of_item(self, item):
        if item.depends_remote_id or item.depends_res_id:
            return self.env._("Waits for Another")
        if item.exception_id.error_class == "conflict":
            return self.env._("Conflict")
        return self.env._("Held") if item.blocking else self.env._("Taken Without")


class ConnectorRecordPanelReason(models.TransientModel):
    _name = "connector.record.panel.reason"
    _inherit = ["connector.record.panel.line"]
    _description = "Connector Record Panel Reason"

    flow_name = fields.Char(string="Flow", readonly=True)
    outgoing = fields.Boolean(readonly=True)
    rule = fields.Char(readonly=True)
    verdict = fields.Selection(
        [("good", "OK"), ("info", "Note"), ("bad", "Look")], readonly=True
    )
    sentence = fields.Char(string="Finding", readonly=True)
    todo = fields.Char(string="What to Do", readonly=True)
