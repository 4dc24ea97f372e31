from odoo import models
from odoo.fields import Domain

from odoo.addons.connector_base.engine.fields import EntityField
from odoo.addons.connector_base.engine.records import Problem
from odoo.addons.connector_base.engine.render import decimal_of
from odoo.addons.connector_base.entities.entity_outgoing import FLOAT_DIGITS

#: Table of look-ups in which a product is found by its number.
BY_SKU = ("product.product", "default_code")


class ConnectorEntityOpportunityLine(models.AbstractModel):
    """What is sold by a deal, in the deal's own currency.

    Lines are never matched, only bound: two that say the same are two.
    """

    _name = "connector.entity.opportunity.line"
    _inherit = "connector.entity.trade"
    _description = "Connector Entity: Deal Line"

    _entity_model = "connector.deal.line"
    _kept_in = {
        "sku": ("product_id",),
        "discount": ("discount", "discount_amount"),
        "discount_amount": ("discount", "discount_amount"),
        "currency": ("currency_id",),
    }
    _computed_anew = (
        *("name", "price_unit", "discount_amount", "discount", "currency_id"),
    )

    def _entity_fields(self):
        _ = self.env._
        return [
            *super()._entity_fields(),
            EntityField(
                "opportunity",
                "reference",
                _("Opportunity"),
                "lead_id",
                required=True,
                reference="opportunity",
            ),
            EntityField(
                "product",
                "reference",
                _("Product"),
                "product_id",
                reference="product",
            ),
            EntityField("sku", "char", _("Product's Internal Reference")),
            EntityField("name", "char", _("Title"), "name"),
            EntityField("quantity", "decimal", _("Quantity"), "quantity"),
            EntityField("unit_price", "money", _("Unit Price"), "price_unit"),
            EntityField("discount", "decimal", _("Discount (%)")),
            EntityField("discount_amount", "money", _("Discount of the Line")),
            EntityField("total", "money", _("Total"), "remote_total"),
            EntityField("currency", "currency", _("Currency")),
            self._choice_field("recurring_period", _("Charged"), "recurring_period"),
            EntityField("term", "integer", _("Term (Months)"), "term_months"),
            EntityField("start_date", "date", _("Starts On"), "date_start"),
            EntityField("end_date", "date", _("Ends On"), "date_end"),
            EntityField("sequence", "integer", _("Sequence"), "sequence"),
            EntityField("description", "text", _("Description"), "description"),
        ]

    def _eligible_domain(self):
        return super()._eligible_domain() & Domain("lead_id.type", "=", "opportunity")

    def _label_of(self, mapped):
        return super()._label_of(mapped) or mapped.canonical.get("sku")

    def _amount_of(self, mapped):
        canonical = mapped.canonical
        total = canonical.get("total")
        if total is None:
            price, quantity = canonical.get("unit_price"), canonical.get("quantity")
            total = price * quantity if price and quantity else None
        return (total, canonical.get("currency") or None) if total else None

    # -- into Odoo ------------------------------------------------------------

    def _lookups(self, run, batch, known):
        lookups = super()._lookups(run, batch, known)
        wanted = {
            mapped.canonical["sku"]
            for mapped in batch
            if mapped.canonical.get("sku") and not mapped.canonical.get("product")
        }
        if wanted:
            lookups.keys[BY_SKU] = self._records_by_key(run, BY_SKU, wanted)
        return lookups

    def _derive(self, run, lookups, mapped):
        super()._derive(run, lookups, mapped)
        canonical, vals = mapped.canonical, mapped.values
        if canonical.get("sku") and not canonical.get("product"):
            self._find_by_sku(lookups, mapped)
        if canonical.get("currency"):
            # Otherwise it is the deal's.
            vals["currency_id"] = self._currency_id(run, mapped)
        if "quantity" in canonical and canonical["quantity"] is None:
            vals["quantity"] = 1.0
        if not vals.get("name"):
            vals.pop("name", None)
            if not mapped.binding and not vals.get("product_id"):
                vals["name"] = canonical.get("sku") or self.env._("Deal Line")
        if {"discount", "discount_amount"} & canonical.keys():
            self._derive_discount(mapped)
        if canonical.get("total") is not None:
            self._check_total(mapped)

    def _find_by_sku(self, lookups, mapped):
        """Some vendors name the product by our number only."""
        sku = mapped.canonical["sku"]
        found = lookups.keys[BY_SKU].get(sku, ())
        if len(found) == 1:
            mapped.values["product_id"] = found[0]
            return
        mapped.problems.append(
            Problem(
                "mapping",
                "several_by_sku" if found else "none_by_sku",
                field="sku",
                cause=sku,
                params={"sku": sku},
            )
        )

    def _derive_discount(self, mapped):
        """Percent and amount are two ways to say one discount.

        Whichever the vendor sends, the line knows both; where it sends both they have
        to agree but for rounding. An amount that comes alone is the one that counts.
        """
        canonical, vals = mapped.canonical, mapped.values
        percent = canonical.get("discount") or 0
        amount = canonical.get("discount_amount") or 0
        whole = self._whole(canonical)
        if whole is None:
            vals.update({"discount": float(percent)} if percent or not amount else {})
            vals.update({"discount_amount": float(amount)} if amount else {})
            return
        currency_id = vals.get("currency_id")
        counted = self._rounded(currency_id, whole * percent / 100)
        given = self._rounded(currency_id, amount)
        if percent and amount and abs(counted - given) > self._cent(currency_id):
            mapped.problems.append(
                Problem(
                    "validation",
                    "discounts_differ",
                    field="discount",
                    details={
                        "percent": str(percent),
                        "counted": counted,
                        "amount": given,
                    },
                )
            )
            return
        if not percent and amount and whole:
            percent = amount * 100 / whole
        vals["discount"] = round(float(percent), 6)
        vals["discount_amount"] = given if amount else counted

    def _whole(self, canonical):
        """What a line comes to before its discount, or ``None`` if that isn't told."""
        price, quantity = canonical.get("unit_price"), canonical.get("quantity")
        if price is None:
            return None
        return price * (1 if quantity is None else quantity)

    def _rounded(self, currency_id, amount):
        if not currency_id:
            return round(float(amount), 2)
        return self._round(currency_id, amount)

    def _cent(self, currency_id):
        """The smallest amount of a currency, with room for binary floats."""
        currency = self.env["res.currency"].browse(currency_id or [])
        return (currency.rounding or 0.01) * 1.001

    def _check_total(self, mapped):
        """Say so where the vendor counts another total than price and discount make."""
        vals = mapped.values
        whole = self._whole(mapped.canonical)
        if whole is None:
            return
        currency_id = vals.get("currency_id")
        ours = self._rounded(currency_id, whole) - vals.get("discount_amount", 0.0)
        theirs = float(mapped.canonical["total"])
        if abs(ours - theirs) > self._cent(currency_id):
            mapped.problems.append(
                Problem(
                    "validation",
                    "line_total_differs",
                    field="total",
                    details={"ours": f"{ours:.2f}", "theirs": f"{theirs:.2f}"},
                    blocking=False,
                )
            )

    # -- out of Odoo ----------------------------------------------------------

    def _sources(self, field, targets):
        # The vendor's own total is what ours is checked against: it never goes back.
        return () if field.name == "total" else super()._sources(field, targets)

    def _outgoing_lookups(self, run, batch, asked):
        lookups = super()._outgoing_lookups(run, batch, asked)
        if any(field.name == "sku" for field in asked):
            products = self.env["product.product"].with_context(active_test=False)
            rows = products.search_fetch(
                [("id", "in", [out.row["product_id"] for out in batch])],
                ["default_code"],
            )
            lookups.keys[BY_SKU] = {row.id: row.default_code for row in rows}
        return lookups

    def _derive_outgoing(self, run, lookups, out):
        super()._derive_outgoing(run, lookups, out)
        row = out.row
        if "sku" in out.wanted:
            out.canonical["sku"] = lookups.keys[BY_SKU].get(row["product_id"]) or None
        for name in ("discount", "discount_amount"):
            if name in out.wanted:
                out.canonical[name] = decimal_of(round(row[name] or 0.0, FLOAT_DIGITS))
