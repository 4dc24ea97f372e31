from odoo import api, fields, models

#: What of a confirmed line changes what it grants.
LINE_FIELDS = frozenset({"product_uom_qty", "product_id", "state"})


class ProductTemplate(models.Model):
    _inherit = "product.template"

    entitlement_feature = fields.Char(
        string="Grants an Entitlement",
        help="The feature code that a customer may use who has ordered it, as “seats”;"
        " empty for none. Orders that are confirmed from then on grant it.",
    )


class ConnectorEntitlement(models.Model):
    """What an order grants, from its confirmation until it is cancelled."""

    _inherit = "connector.entitlement"

    sale_order_id = fields.Many2one(
        "sale.order",
        string="Sales Order",
        index="btree_not_null",
        copy=False,
        ondelete="set null",
        check_company=True,
        help="The order that grants it.",
    )
    sale_line_id = fields.Many2one(
        "sale.order.line", readonly=True, copy=False, ondelete="set null"
    )

    _sale_line_uniq = models.UniqueIndex(
        "(sale_line_id) WHERE sale_line_id IS NOT NULL",
        "A line of an order grants one entitlement.",
    )


class SaleOrder(models.Model):
    _inherit = "sale.order"

    entitlement_ids = fields.One2many("connector.entitlement", "sale_order_id")

    def _action_confirm(self):
        result = super()._action_confirm()
        self.order_line._follow_entitlements()
        return result

    def _action_cancel(self):
        result = super()._action_cancel()
        self.order_line._follow_entitlements()
        return result


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.filtered(lambda line: line.state == "sale")._follow_entitlements()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if not LINE_FIELDS.isdisjoint(vals):
            self.filtered(lambda line: line.state == "sale")._follow_entitlements()
        return result

    @api.ondelete(at_uninstall=False)
    def _end_entitlements(self):
        entitlements = self.env["connector.entitlement"].sudo()
        entitlements.search([("sale_line_id", "in", self.ids)]).active = False

    def _follow_entitlements(self):
        """Grant what confirmed lines sell, in the quantity that they say now.

        Run again, it changes nothing. What a line grants no more is ended.
        """
        entitlements = self.env["connector.entitlement"].sudo()
        known = {
            one.sale_line_id: one
            for one in entitlements.with_context(active_test=False).search(
                [("sale_line_id", "in", self.ids)]
            )
        }
        new = []
        for line in self.sudo():
            granted = known.get(line, entitlements)
            wanted = line._entitlement_values()
            if wanted is None:
                granted.filtered("active").active = False
            elif not granted:
                new.append({**wanted, "date_from": fields.Date.context_today(line)})
            else:
                changed = {
                    name: value
                    for name, value in wanted.items()
                    if granted._fields[name].convert_to_write(granted[name], granted)
                    != value
                }
                if changed:
                    granted.write(changed)
        entitlements.create(new)

    def _entitlement_values(self):
        """What a line grants, or ``None``."""
        feature = self.product_id.entitlement_feature
        if self.state != "sale" or not feature or self.product_uom_qty <= 0:
            return None
        return {
            "sale_line_id": self.id,
            "sale_order_id": self.order_id.id,
            "company_id": self.company_id.id,
            "partner_id": self.order_id.partner_id.id,
            "product_id": self.product_id.id,
            "feature": feature,
            "name": self.product_id.name,
            "kind": "quantity",
            "quantity": self.product_uom_qty,
            "source_ref": self.order_id.name,
            "active": True,
        }
