from odoo import fields, models
from odoo.orm.domains import DomainAnd, DomainCondition
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

    # -- the system -----------------------------------------------------------

    def _reasons_of_connection(self, connection):
        name = self.env._("Connection")
        states = dict(connection._fields["state"]._description_selection(self.env))
        todos = {
            "draft": self.env._("Finish its set-up."),
            "paused": self.env._("Resume it when it may run."),
            "attention": self.env._("Put right what it says there, then resume it."),
        }
        if not connection.active:
            yield self._reason(
                name,
                "bad",
                self.env._("The connection %s is archived.", connection.name),
                self.env._("Bring it back if it is to run."),
                connection,
            )
        elif connection.state != "connected":
            yield self._reason(
                name,
                "bad",
                self.env._(
                    "The connection %(name)s doesn't run: %(state)s. %(reason)s",
                    name=connection.name,
                    state=states[connection.state],
                    reason=connection.attention_reason or "",
                ).strip(),
                todos[connection.state],
                connection,
            )
        else:
            yield self._reason(
                name, "good", self.env._("%s is connected.", connection.name)
            )
        yield from self._reasons_of_gate(connection)

    def _reasons_of_gate(self, connection):
        """What shuts a connection for a while, by itself."""
        by_itself = self.env._("Nothing: work goes on by itself then.")
        if connection.circuit_state != "closed":
            yield self._reason(
                self.env._("Remote System"),
                "bad",
                connection.circuit_text or self.env._("It doesn't answer."),
                self.env._("Nothing: it is looked at again and again."),
                connection,
            )
        if connection.maintenance_until:
            yield self._reason(
                self.env._("Maintenance"),
                "bad",
                self.env._(
                    "A maintenance goes on until %s.",
                    format_datetime(self.env, connection.maintenance_until),
                ),
                by_itself,
                connection,
            )
        if connection.is_blocked:
            yield self._reason(
                self.env._("Rate Limit"),
                "bad",
                self.env._(
                    "The system asked us to wait until %s.",
                    format_datetime(self.env, connection.blocked_until),
                ),
                by_itself,
                connection,
            )

    # -- the flow -------------------------------------------------------------

    def _reasons_of_flow(self, flow):
        name = self.env._("Flow")
        if not flow.active:
            yield self._reason(
                name,
                "bad",
                self.env._("The flow %s is switched off.", flow.name),
                self.env._("Switch it on if these records are to be synced."),
                flow,
            )
        elif flow.direction == "push":
            pass
        elif flow.last_success_at:
            verdict = "good" if flow.health == "good" else "bad"
            yield self._reason(
                name,
                verdict,
                self.env._(
                    "%(flow)s is up to date as of %(lag)s minutes ago; its target is"
                    " %(target)s minutes.",
                    flow=flow.name,
                    lag=flow.lag_minutes,
                    target=flow.latency_target,
                ),
                verdict == "bad" and self.env._("Look what its jobs wait for."),
                flow,
            )
        else:
            yield self._reason(
                name,
                "info",
                self.env._("%s is loading for the first time.", flow.name),
            )
        directions = {
            "pull": self.env._("Into Odoo only: edits in Odoo don't go out."),
            "push": self.env._("Out of Odoo only: edits there don't come in."),
            "both": self.env._("Both ways."),
        }
        yield self._reason(
            self.env._("Direction"), "info", directions[flow.direction], target=flow
        )
        if flow.direction != "push" and not flow.may_update:
            yield self._reason(
                self.env._("Rights"),
                "bad",
                self.env._("%s may not change records in Odoo.", flow.name),
                self.env._("Allow it in the flow if it should."),
                flow,
            )

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

    # -- out of Odoo ----------------------------------------------------------

    def _reasons_outgoing(self, flow, record, binding):
        name = self.env._("Going Out")
        if not binding and not flow.push_create:
            yield self._reason(
                name,
                "bad",
                self.env._("%s may not make records in the other system.", flow.name),
                self.env._("Allow it in the flow if it should."),
                flow,
            )
        if binding and not flow.push_update:
            yield self._reason(
                name,
                "bad",
                self.env._("%s may not change records there.", flow.name),
                self.env._("Allow it in the flow if it should."),
                flow,
            )
        excluding = list(self._excluding_leaves(flow, record))
        for sentence, todo in excluding:
            yield self._reason(name, "bad", sentence, todo, flow)
        if not excluding:
            yield self._reason(
                name, "good", self.env._("The record is one of those that go out.")
            )

    def _excluding_leaves(self, flow, record):
        """Which conditions of the flow leave a record out.

        :return: iterator of ``(sentence, what to do)``
        """
        entity = flow._entity_model()
        chosen = flow._push_domain()
        model = self.env[record._name].sudo().with_context(active_test=False)
        for domain, own in ((entity._eligible_domain(), False), (chosen, True)):
            parts = domain.children if isinstance(domain, DomainAnd) else (domain,)
            for part in parts:
                if part.is_true() or model.search_count(
                    fields.Domain("id", "=", record.id) & part, limit=1
                ):
                    continue
                yield self._leaf_in_words(flow, record, part, own)

    def _leaf_in_words(self, flow, record, part, own):
        name = part.field_expr if isinstance(part, DomainCondition) else None
        if name == "active":
            return (
                self.env._("The record is archived in Odoo."),
                self.env._("Restore it if it is to go out."),
            )
        if name == "company_id":
            return (
                self.env._(
                    "The record is of another company than the connection, %s.",
                    flow.company_id.name,
                ),
                self.env._("Only records of that company, or of none, go out."),
            )
        if name and own:
            sentence = self.env._(
                "%(flow)s sends only records of which %(condition)s.",
                flow=flow.name,
                condition=self._condition_in_words(record, part),
            )
        elif own:
            sentence = self.env._("“Which Records” of %s leaves it out.", flow.name)
        elif name == "partner_share":
            sentence = self.env._("It is one of our own people, not a customer.")
        elif name == "id":
            sentence = self.env._("It is one of our own companies, not a customer.")
        elif name:
            field = record._fields.get(name.partition(".")[0])
            label = field._description_string(self.env) if field else name
            sentence = self.env._(
                "%(flow)s is for other records: this one differs in %(label)s.",
                flow=flow.name,
                label=label,
            )
        else:
            sentence = self.env._("%s is for other records than this one.", flow.name)
        todo = own and self.env._("Change the choice of records in the flow.")
        return sentence, todo

    def _condition_in_words(self, record, part):
        """A condition of a domain as people read it, as far as that goes."""
        names = {
            "=": self.env._("is"),
            "!=": self.env._("is not"),
            "in": self.env._("is one of"),
            "not in": self.env._("is none of"),
            "ilike": self.env._("contains"),
            "not ilike": self.env._("does not contain"),
        }
        field = record._fields.get(part.field_expr.partition(".")[0])
        label = field._description_string(self.env) if field else part.field_expr
        value = part.value
        if value is False and part.operator in ("=", "!="):
            empty = part.operator == "="
            said = self.env._("is empty") if empty else self.env._("is not empty")
            return f"“{label}” {said}"
        if isinstance(value, list | tuple | set | frozenset):
            value = ", ".join(map(str, value))
        return f"“{label}” {names.get(part.operator, part.operator)} {value}"

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
            waits = item.depends_remote_id or item.depends_res_id
            yield self._reason(
                self.env._("Waits for Another")
                if waits
                else self.env._("Held")
                if item.blocking
                else self.env._("Taken Without"),
                "bad",
                item.message or exception.name,
                exception.advice,
                exception,
            )


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
