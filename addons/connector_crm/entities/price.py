import datetime

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.connector_base.engine.fields import EntityField
from odoo.addons.connector_base.engine.matching import Method
from odoo.addons.connector_base.entities.entity_match import Facts
from odoo.addons.connector_base.service_user import as_service


class ConnectorEntityPrice(models.AbstractModel):
    """The price of one product in one book and currency: a rule of a pricelist.

    A price that isn't valid any more ends, as Odoo's rules know no archive: its last
    moment is in the past.
    """

    _name = "connector.entity.price"
    _inherit = "connector.entity.trade"
    _description = "Connector Entity: Price"

    _entity_model = "product.pricelist.item"
    _entity_area = "billing"
    _kept_in = {
        "price_book": ("pricelist_id",),
        # A rule's currency is that of its pricelist.
        "currency": ("pricelist_id",),
        "is_active": ("date_end",),
    }

    def _entity_fields(self):
        _ = self.env._
        return [
            *super()._entity_fields(),
            EntityField(
                "price_book",
                "reference",
                _("Price Book"),
                required=True,
                reference="price.book",
            ),
            EntityField(
                "product",
                "reference",
                _("Product"),
                "product_id",
                required=True,
                reference="product",
            ),
            EntityField("currency", "currency", _("Currency")),
            EntityField("price", "money", _("Price"), "fixed_price", required=True),
            EntityField("is_active", "boolean", _("Active")),
        ]

    def _eligible_domain(self):
        """Fixed prices of one product, in the pricelists of price books."""
        return (
            super()._eligible_domain()
            & Domain("pricelist_id.price_book_id", "!=", False)
            & Domain("applied_on", "=", "0_product_variant")
            & Domain("compute_price", "=", "fixed")
        )

    def _label_of(self, mapped):
        canonical = mapped.canonical
        return f"{canonical.get('price') or ''} {canonical.get('currency') or ''}"

    def _amount_of(self, mapped):
        price = mapped.canonical.get("price")
        return (price, mapped.canonical.get("currency") or None) if price else None

    # -- into Odoo ------------------------------------------------------------

    def _to_odoo(self, run, batch):
        super()._to_odoo(run, batch)
        self._set_pricelists(run, [mapped for mapped in batch if not mapped.held])

    def _derive(self, run, lookups, mapped):
        super()._derive(run, lookups, mapped)
        canonical, vals = mapped.canonical, mapped.values
        if "price_book" in canonical:
            # Found, or made, for the whole batch; see below.
            book_id = self._referred_id(run, lookups, mapped, "price_book")
            vals["pricelist_id"] = (book_id, self._currency_id(run, mapped))
        if canonical.get("is_active") is not None:
            vals["date_end"] = not canonical["is_active"] and self._ended_at(mapped)

    def _ended_at(self, mapped):
        """When a price ended: when the vendor changed it last, as far as it tells."""
        moment = mapped.record.updated_at
        if not moment:
            return datetime.datetime.combine(fields.Date.today(), datetime.time())
        return moment.replace(tzinfo=None, microsecond=0)

    def _set_pricelists(self, run, batch):
        batch = [mapped for mapped in batch if "pricelist_id" in mapped.values]
        pricelists = self.env["connector.price.book"]._pricelists(
            mapped.values["pricelist_id"] for mapped in batch
        )
        for mapped in batch:
            mapped.values["pricelist_id"] = pricelists[mapped.values["pricelist_id"]]

    def _create_records(self, vals_list):
        products = self.env["product.product"].browse(
            vals["product_id"] for vals in vals_list
        )
        templates = {product.id: product.product_tmpl_id.id for product in products}
        return super()._create_records(
            [
                {
                    "applied_on": "0_product_variant",
                    "display_applied_on": "1_product",
                    "compute_price": "fixed",
                    "product_tmpl_id": templates[vals["product_id"]],
                    **vals,
                }
                for vals in vals_list
            ]
        )

    def _write_records(self, record_ids, vals):
        if vals.get("product_id"):
            product = self.env["product.product"].browse(vals["product_id"])
            vals = {**vals, "product_tmpl_id": product.product_tmpl_id.id}
        super()._write_records(record_ids, vals)

    def _archive_records(self, record_ids):
        items = self.env[self._entity_model].browse(record_ids).exists()
        now = fields.Datetime.now()
        standing = items.filtered(lambda item: not item.date_end or item.date_end > now)
        as_service(standing).write({"date_end": now})

    def _restored_values(self):
        return {"date_end": False}

    # -- out of Odoo ----------------------------------------------------------

    def _referred(self, run, batch, references):
        super()._referred(run, batch, references)
        rows = [(out.row, out.referred) for out in batch]
        rows += [(out.agreed_before, out.referred_before) for out in batch]
        ids = {row.get("pricelist_id") for row, _found in rows} - {None, False}
        pricelists = self.env["product.pricelist"].browse(ids).exists()
        books = {one.id: one.price_book_id.id for one in pricelists}
        for row, found in rows:
            if "price_book" in found:
                book_id = books.get(row.get("pricelist_id"))
                found["price_book"] = [book_id] if book_id else []

    def _referred_by(self, run, row, references):
        own = [field for field in references if field.odoo_field]
        found = super()._referred_by(run, row, own)
        return found | {f.name: [] for f in references if not f.odoo_field}

    def _derive_outgoing(self, run, lookups, out):
        super()._derive_outgoing(run, lookups, out)
        if "is_active" in out.wanted:
            end = out.row["date_end"]
            out.canonical["is_active"] = not end or end > fields.Datetime.now()

    # -- match ----------------------------------------------------------------

    def _match_methods(self):
        label = self.env._("product and pricelist")
        return [
            *super()._match_methods(),
            Method("product_pricelist", label, weight=97),
        ]

    def _match_free(self, run, alias):
        """Also of a price that we are about to make: there is one of its kind only.

        Not every vendor keeps a key of ours with a price.
        """
        return SQL(
            """
            NOT EXISTS (
                SELECT FROM connector_binding b
                 WHERE b.res_model = %s AND b.res_id = %s AND b.remote_id IS NOT NULL
                   AND b.connection_id = %s AND b.entity = %s)
            """,
            self._entity_model,
            SQL.identifier(alias, "id"),
            run.connection.id,
            run.entity_name,
        )

    def _match_facts(self, run, mapped):
        get = mapped.values.get
        key = (get("pricelist_id"), get("product_id"))
        return Facts(ref=key if all(key) else None)

    def _match_read(self, run, ids):
        rows = self.env.execute_query(
            SQL(
                "SELECT r.id, r.pricelist_id, r.product_id"
                " FROM product_pricelist_item r WHERE r.id IN %s AND %s",
                tuple(ids),
                self._match_eligible(run),
            )
        )
        return {
            res_id: Facts(ref=(pricelist_id, product_id))
            for res_id, pricelist_id, product_id in rows
        }

    def _match_keys_product_pricelist(self, remote):
        return (remote.ref,) if remote.ref else ()

    def _match_find_product_pricelist(self, run, rule, keys):
        """Of several prices from a quantity on, the one from the first piece on."""
        self.env[self._entity_model].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT i.pricelist_id, i.product_id, i.id
                  FROM product_pricelist_item i
                  JOIN unnest(%s::int[], %s::int[]) AS k(pricelist_id, product_id)
                    ON k.pricelist_id = i.pricelist_id AND k.product_id = i.product_id
                 WHERE i.applied_on = '0_product_variant'
                   AND i.compute_price = 'fixed' AND COALESCE(i.min_quantity, 0) <= 1
                   AND i.date_start IS NULL
                """,
                [pricelist_id for pricelist_id, _product in keys],
                [product_id for _pricelist, product_id in keys],
            )
        )
        return [((pricelist_id, product_id), i) for pricelist_id, product_id, i in rows]
