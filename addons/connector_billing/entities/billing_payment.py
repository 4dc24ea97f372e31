import collections
import datetime

from odoo import models

from odoo.addons.connector_base.engine.fields import EntityField

#: Value map of how it was paid.
METHODS = "billing.payment_method"


def applied(items, key, entity):
    """What is applied to which document.

    :param items: list of ``shapes.Application``, or of ``{key: remote id, "amount"}``
    :return: ``{(entity, remote id): (amount, when as naive UTC or False)}``
    """
    amounts = collections.defaultdict(float)
    moments = {}
    for item in items or ():
        target = entity, str(item[key])
        amounts[target] += float(item["amount"])
        moment = item.get("applied_at")
        moments[target] = moment and (
            datetime.datetime.fromisoformat(moment)
            .astimezone(datetime.UTC)
            .replace(tzinfo=None, microsecond=0)
        )
    return {target: (amount, moments[target]) for target, amount in amounts.items()}


class ConnectorEntityBillingPayment(models.AbstractModel):
    """A payment, and how much of it goes to which invoice."""

    _name = "connector.entity.billing.payment"
    _inherit = "connector.entity.billing.money"
    _description = "Connector Entity: Payment"

    _entity_model = "connector.payment"
    _partner_field = "partner_id"

    def _entity_fields(self):
        _ = self.env._
        return [
            *super()._entity_fields(),
            EntityField(
                "customer",
                "reference",
                _("Customer"),
                "partner_id",
                reference="billing.customer",
            ),
            EntityField("amount", "money", _("Amount"), "amount", required=True),
            EntityField("currency", "currency", _("Currency"), required=True),
            self._choice_field("status", _("Status"), required=True),
            EntityField("paid_at", "datetime", _("Paid At"), "paid_at"),
            EntityField("failed_at", "datetime", _("Failed At"), "failed_at"),
            EntityField(
                "method",
                "value",
                _("Payment Method"),
                "payment_method_line_id",
                value_map=METHODS,
                relation="account.payment.method.line",
                on_unmapped="empty",
            ),
            EntityField("reference", "char", _("Reference"), "reference"),
            EntityField("applications", "structure", _("Applied To")),
            EntityField("failure_code", "char", _("Failure Code"), "failure_code"),
            EntityField(
                "failure_message", "char", _("Why It Failed"), "failure_message"
            ),
            EntityField("attempts", "integer", _("Tries"), "attempts"),
            EntityField(
                "next_attempt_at", "datetime", _("Next Try"), "next_attempt_at"
            ),
            EntityField("gateway_id", "char", _("Gateway's ID"), "gateway_id"),
        ]

    def _period_field(self):
        return "paid_at"

    def _unmapped(self, lookups, mapped, field, value):
        """A method that nobody has mapped is one of the clearing journal's."""
        rule, _default = lookups.rules.get(field.value_map, (field.on_unmapped, False))
        if field.value_map == METHODS and rule == "empty":
            return None
        return super()._unmapped(lookups, mapped, field, value)

    def _take_nested(self, run, done):
        super()._take_nested(run, done)
        payments = self.env[self._entity_model].browse(m.record_id for m in done)
        wanted = {
            payment: applied(
                mapped.canonical["applications"], "invoice", "billing.invoice"
            )
            for payment, mapped in zip(payments, done, strict=True)
            if "applications" in mapped.canonical
        }
        if wanted:
            self.env["connector.payment.application"]._note("payment_id", wanted)
