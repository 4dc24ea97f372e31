from odoo import models

from odoo.addons.connector_base.engine.fields import EntityField


class ConnectorEntityBillingBalance(models.AbstractModel):
    """A movement of the balance at the payment system."""

    _name = "connector.entity.billing.balance"
    _inherit = "connector.entity.billing.money"
    _description = "Connector Entity: Balance Transaction"

    _entity_model = "connector.balance.transaction"
    _kept_refs = {
        "payment": "payment_ref",
        "refund": "refund_ref",
        "dispute": "dispute_ref",
        "payout": "payout_ref",
        "failed_payout": "failed_payout_ref",
    }
    _currencies = {"currency": "currency_id", "source_currency": "source_currency_id"}
    _booked_fields = (
        *("amount", "fee", "net", "currency_id"),
        *("source_amount", "source_currency_id"),
    )

    def _entity_fields(self):
        _ = self.env._

        def reference(name, label, entity):
            return EntityField(name, "reference", label, reference=entity)

        return [
            *super()._entity_fields(),
            self._choice_field("kind", _("Kind"), required=True),
            EntityField("amount", "money", _("Gross"), "amount", required=True),
            EntityField("fee", "money", _("Fee"), "fee"),
            EntityField("net", "money", _("Net"), "net", required=True),
            EntityField("currency", "currency", _("Currency"), required=True),
            EntityField(
                "source_amount", "money", _("Before Conversion"), "source_amount"
            ),
            EntityField("source_currency", "currency", _("Currency Before Conversion")),
            EntityField(
                "exchange_rate", "decimal", _("Exchange Rate"), "exchange_rate"
            ),
            EntityField("occurred_at", "datetime", _("On"), "occurred_at"),
            EntityField("available_at", "datetime", _("Available"), "available_at"),
            reference("payment", _("Payment"), "billing.payment"),
            reference("refund", _("Refund"), "billing.refund"),
            reference("dispute", _("Dispute"), "billing.dispute"),
            reference("payout", _("Payout"), "billing.payout"),
            reference("failed_payout", _("Failed Payout"), "billing.payout"),
            EntityField("fees", "structure", _("Fees"), "fees"),
            EntityField("description", "char", _("Description"), "description"),
        ]

    def _derive(self, run, lookups, mapped):
        super()._derive(run, lookups, mapped)
        vals = mapped.values
        if vals.get("kind") == "payout_failure" and not vals.get("failed_payout_ref"):
            # A vendor that names one payout means the one that failed.
            vals["failed_payout_ref"] = vals.pop("payout_ref", False)

    def _period_field(self):
        return "occurred_at"

    def _after_pull(self, run):
        """All is in: payouts that differ from what they pay out are told now."""
        super()._after_pull(run)
        self.env["connector.payout"]._check_sums(run.connection)
