from odoo import models

from odoo.addons.connector_base.engine.fields import EntityField


class ConnectorEntityTradeDocument(models.AbstractModel):
    """What quotes and orders share: both are orders of Odoo, of a customer."""

    _name = "connector.entity.trade.document"
    _inherit = "connector.entity.trade"
    _description = "Connector Entity: Quote or Order"

    _entity_model = "sale.order"
    _amount_field = "amount_total"
    _partner_field = "partner_id"
    _kept_in = {
        "company": ("partner_id",),
        "contact": ("partner_id",),
        "currency": ("currency_id",),
        "price_book": ("pricelist_id",),
    }

    def _document_fields(self, **options):
        """Whom a document is for, the deal that it came from, and what it counts in.

        :param options: of each ``EntityField``
        """
        _ = self.env._

        def refers(name, label, reference, odoo_field=None):
            return EntityField(
                *(name, "reference", label, odoo_field), reference=reference, **options
            )

        return [
            refers("company", _("Company"), "customer.company"),
            refers("contact", _("Contact"), "customer.contact"),
            refers("opportunity", _("Opportunity"), "opportunity", "opportunity_id"),
            EntityField("currency", "currency", _("Currency"), **options),
            refers("price_book", _("Price Book"), "price.book"),
        ]

    def _referred_by(self, run, row, references):
        own = [field for field in references if field.odoo_field]
        found = super()._referred_by(run, row, own)
        return found | {f.name: [] for f in references if not f.odoo_field}

    def _referred(self, run, batch, references):
        """The customer is a company, a person, or a person of a company."""
        super()._referred(run, batch, references)
        rows = [(out.row, out.referred) for out in batch]
        rows += [(out.agreed_before, out.referred_before) for out in batch]
        companies = self._companies_of(
            {row.get("partner_id") for row, _found in rows} - {None, False}
        )
        pricelists = self.env["product.pricelist"].browse(
            {row.get("pricelist_id") for row, _found in rows} - {None, False}
        )
        books = {one.id: one.price_book_id.id for one in pricelists.exists()}
        for row, found in rows:
            partner_id = row.get("partner_id") or None
            company_id = companies.get(partner_id)
            ids = {
                "company": company_id,
                "contact": partner_id if partner_id != company_id else None,
                "price_book": books.get(row.get("pricelist_id")),
            }
            for name in found.keys() & ids.keys():
                found[name] = [ids[name]] if ids[name] else []
