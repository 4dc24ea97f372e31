from odoo import models

from odoo.addons.connector_base.engine.fields import EntityField

TERMS_MAP = "billing.payment_terms"


class ConnectorEntityBillingInvoice(models.AbstractModel):
    """An invoice of a billing system; a negative one is booked as a credit note.

    A negative invoice gives the customer money back: in Odoo, as in most countries'
    law, that is a credit note. It keeps the invoice's number and stays on account.
    """

    _name = "connector.entity.billing.invoice"
    _inherit = "connector.entity.billing.document"
    _description = "Connector Entity: Billing Invoice"

    _entity_model = "account.move"
    _amount_field = "amount_total_signed"

    def _entity_fields(self):
        _ = self.env._
        return [
            *super()._entity_fields(),
            EntityField(
                "subscriptions",
                "references",
                _("Subscriptions"),
                reference="billing.subscription",
            ),
            EntityField("invoice_date", "date", _("Invoice Date")),
            EntityField("due_date", "date", _("Due Date"), "invoice_date_due"),
            EntityField("finalized_at", "datetime", _("Finalized On")),
            EntityField(
                "uncollectible_at",
                "datetime",
                _("Uncollectible Since"),
                "connector_uncollectible_at",
            ),
            EntityField("discount_total", "money", _("Discounts")),
            EntityField(
                "applied_balance",
                "money",
                _("Paid by Credit Balance"),
                "connector_balance_used",
            ),
            EntityField("amount_due", "money", _("Amount Due")),
            EntityField("amount_paid", "money", _("Paid"), "connector_paid"),
            EntityField("rounding", "money", _("Rounded Off")),
            EntityField("reference", "char", _("Customer's Reference"), "ref"),
            EntityField("exchange_rate", "decimal", _("Exchange Rate")),
            self._choice("dunning", _("Dunning"), "connector_dunning"),
            EntityField("attempts", "integer", _("Attempts"), "connector_attempts"),
            EntityField(
                "next_attempt_at",
                "datetime",
                _("Next Attempt"),
                "connector_next_attempt_at",
            ),
            EntityField(
                "last_failure", "char", _("Last Failure"), "connector_last_failure"
            ),
            EntityField(
                "payment_terms",
                "value",
                _("Payment Terms"),
                value_map=TERMS_MAP,
                relation="account.payment.term",
                on_unmapped="empty",
            ),
            EntityField(
                "corrected",
                "reference",
                _("Invoice That It Replaces"),
                reference="billing.invoice",
            ),
        ]

    def _derive(self, run, lookups, mapped):
        super()._derive(run, lookups, mapped)
        if mapped.values.get("invoice_date_due") is False:
            # Charged at once; Odoo wants a day all the same.
            del mapped.values["invoice_date_due"]
        term = self._terms(lookups, mapped)
        if term:
            mapped.values.pop("invoice_date_due", None)

    def _terms(self, lookups, mapped):
        value = mapped.canonical.get("payment_terms")
        return lookups.values.get((TERMS_MAP, value)) if value else None

    def _head(self, run, lookups, mapped, booking, decision):
        head = super()._head(run, lookups, mapped, booking, decision)
        get = mapped.canonical.get
        head["invoice_payment_term_id"] = self._terms(lookups, mapped) or False
        if not head["invoice_payment_term_id"] and not get("due_date"):
            head["invoice_date_due"] = head["invoice_date"]
        rate = get("exchange_rate")
        if rate and booking.policy.rate_source == "vendor":
            head["invoice_currency_rate"] = float(rate)
        return head
