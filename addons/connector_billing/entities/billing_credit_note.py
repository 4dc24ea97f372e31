import json

from odoo import models

from odoo.addons.connector_base.engine.fields import EntityField


class ConnectorEntityBillingCreditNote(models.AbstractModel):
    """A credit note of a billing system.

    How much of it goes to which invoice the vendor says: each such application is a row
    that waits until both are posted. What is left stays on the customer's account.
    """

    _name = "connector.entity.billing.credit.note"
    _inherit = "connector.entity.billing.document"
    _description = "Connector Entity: Billing Credit Note"

    _entity_model = "account.move"
    _amount_field = "amount_total_signed"
    _move_types = ("out_refund", "out_invoice")
    # A part of what was billed, and rounded, is rounded once more.
    _tax_roundings = 2
    _date_field = "credit_date"

    def _entity_fields(self):
        _ = self.env._
        return [
            *super()._entity_fields(),
            EntityField(
                "invoice", "reference", _("Invoice"), reference="billing.invoice"
            ),
            EntityField("credit_date", "date", _("Date")),
            EntityField("reason", "char", _("Reason"), "ref"),
            EntityField("applications", "structure", _("Goes To")),
            EntityField(
                "refunds", "references", _("Refunds"), reference="billing.refund"
            ),
            EntityField(
                "to_balance",
                "money",
                _("Kept as Credit Balance"),
                "connector_to_balance",
            ),
        ]

    def _derive(self, run, lookups, mapped):
        super()._derive(run, lookups, mapped)
        if "applications" in mapped.canonical:
            mapped.values["connector_applications"] = json.dumps(
                [
                    {"invoice": item["invoice"], "amount": item["amount"]}
                    for item in mapped.canonical["applications"] or ()
                ]
            )

    def _head(self, run, lookups, mapped, booking, decision):
        head = super()._head(run, lookups, mapped, booking, decision)
        remote_id = mapped.canonical.get("invoice")
        invoice_id = lookups.references.get(("billing.invoice", remote_id))
        head["invoice_date_due"] = head["invoice_date"]
        head["invoice_payment_term_id"] = False
        head["reversed_entry_id"] = invoice_id or False
        return head
