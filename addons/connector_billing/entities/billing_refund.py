from odoo import models

from odoo.addons.connector_base.engine.fields import EntityField

from .billing_payment import applied


class ConnectorEntityBillingRefund(models.AbstractModel):
    """A refund, and the credit notes that it pays out."""

    _name = "connector.entity.billing.refund"
    _inherit = "connector.entity.billing.money"
    _description = "Connector Entity: Refund"

    _entity_model = "connector.refund"
    _partner_field = "partner_id"
    _kept_refs = {"payment": "payment_ref"}

    def _entity_fields(self):
        _ = self.env._
        return [
            *super()._entity_fields(),
            EntityField(
                "payment", "reference", _("Payment"), reference="billing.payment"
            ),
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
            EntityField("refunded_at", "datetime", _("Refunded At"), "refunded_at"),
            EntityField("failed_at", "datetime", _("Failed At"), "failed_at"),
            EntityField("credit_notes", "structure", _("Credit Notes")),
            EntityField("reason", "char", _("Reason"), "reason"),
            EntityField("gateway_id", "char", _("Gateway's ID"), "gateway_id"),
        ]

    def _period_field(self):
        return "refunded_at"

    def _take_nested(self, run, done):
        super()._take_nested(run, done)
        refunds = self.env[self._entity_model].browse(m.record_id for m in done)
        wanted = {
            refund: self._applied(refund, mapped.canonical.get("credit_notes"))
            for refund, mapped in zip(refunds, done, strict=True)
        }
        self.env["connector.payment.application"]._note("refund_id", wanted)

    def _applied(self, refund, credit_notes):
        """What no credit note asks for is taken from the payment."""
        wanted = applied(credit_notes, "credit_note", "billing.credit.note")
        rest = refund.amount - sum(amount for amount, _moment in wanted.values())
        if refund.payment_ref and refund.currency_id.compare_amounts(rest, 0.0) > 0:
            wanted["billing.payment", refund.payment_ref] = (rest, False)
        return wanted
