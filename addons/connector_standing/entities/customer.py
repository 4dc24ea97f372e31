from odoo import models

from odoo.addons.connector_base.engine.fields import EntityField

#: Entity field -> Odoo fields that it is read from, where it has none of its own.
SOURCES = {
    "customer_number": ("ref",),
    "payment_terms": ("property_payment_term_id",),
    "standing_currency": ("standing_currency_id",),
}


class ConnectorEntityCompany(models.AbstractModel):
    """What others are told of a customer's finances: it goes out, never in.

    The figures are those of the connection's company.
    """

    _inherit = "connector.entity.customer.company"

    def _entity_fields(self):
        _ = self.env._
        kinds = (
            ("open_balance", "money", _("Open Balance")),
            ("overdue_balance", "money", _("Overdue Balance")),
            ("overdue_days", "integer", _("Days Overdue")),
            ("is_overdue", "boolean", _("Overdue")),
            ("payment_status", "char", _("Payment Status")),
            ("last_payment_date", "date", _("Last Payment")),
            ("last_payment_amount", "money", _("Last Payment Amount")),
            ("last_order_number", "char", _("Last Order")),
            ("last_order_status", "char", _("Last Order Status")),
            ("delivery_status", "char", _("Delivery Status")),
            ("invoice_status", "char", _("Invoice Status")),
            ("subscription_state", "char", _("Contract Status")),
            ("renewal_date", "date", _("Renewal")),
            ("recurring_revenue", "money", _("Monthly Recurring Revenue")),
            ("is_suspended", "boolean", _("Suspended")),
        )
        return [
            *super()._entity_fields(),
            EntityField("customer_number", "char", _("Customer Number"), readonly=True),
            EntityField("payment_terms", "char", _("Payment Terms"), readonly=True),
            EntityField(
                "standing_currency",
                "currency",
                _("Currency of Balances"),
                readonly=True,
            ),
            *(
                EntityField(name, kind, label, f"standing_{name}", readonly=True)
                for name, kind, label in kinds
            ),
        ]

    def _sources(self, field, targets):
        return SOURCES.get(field.name) or super()._sources(field, targets)

    def _watched_fields(self, targets):
        names = super()._watched_fields(targets)
        return names.union(*(SOURCES[name] for name in targets if name in SOURCES))

    def _derive_outgoing(self, run, lookups, out):
        super()._derive_outgoing(run, lookups, out)
        row, wanted = out.row, out.wanted
        if "customer_number" in wanted:
            out.canonical["customer_number"] = row["ref"] or None
        if "payment_terms" in wanted:
            terms = self._payment_terms(run)
            out.canonical["payment_terms"] = terms.get(row["property_payment_term_id"])
        if "standing_currency" in wanted:
            currency = run.connection.company_id.currency_id
            out.canonical["standing_currency"] = currency.name

    def _payment_terms(self, run):
        if "payment_terms" not in run.tables:
            terms = self.env["account.payment.term"].with_context(active_test=False)
            run.tables["payment_terms"] = {
                term.id: term.name for term in terms.search_fetch([], ["name"])
            }
        return run.tables["payment_terms"]
