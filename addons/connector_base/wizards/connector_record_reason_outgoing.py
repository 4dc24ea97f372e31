from odoo import fields, models
from odoo.orm.domains import DomainAnd, DomainCondition


class ConnectorRecordPanel(models.TransientModel):
    """Why a record goes out of Odoo, or doesn't: which condition leaves it out."""

    _inherit = "connector.record.panel"

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
