from dateutil.relativedelta import relativedelta

from odoo import api, fields, models


class ConnectorServiceLevel(models.Model):
    """Which customer has which level: chosen by a person, else by what was bought."""

    _inherit = "connector.service.level"

    @api.model
    def _levels_of(self, company, partners):
        """The levels of customers, in a constant number of queries.

        :param partners: commercial entities
        :return: ``{partner id: level}`` of those who have one
        """
        self.env.flush_all()
        levels = self.sudo().search([("company_id", "=", company.id)])
        if not levels:
            return {}
        partners = partners.sudo().with_company(company)
        chosen = {
            partner.id: partner.support_level_id
            for partner in partners
            if partner.support_level_id in levels
        }
        others = [partner.id for partner in partners if partner.id not in chosen]
        return chosen | levels._levels_bought(company, others)

    def _levels_bought(self, company, partner_ids):
        """Those that products give: of several the highest."""
        giving = self.filtered(lambda level: level.product_ids or level.category_ids)
        if not giving or not partner_ids:
            return {}
        standings = self.env["connector.customer.standing"].sudo()
        bought = standings._bought_products(company, dict.fromkeys(partner_ids))
        given = giving._levels_by_product({i for ids in bought.values() for i in ids})
        today = fields.Date.context_today(
            self.with_context(tz=company.partner_id.tz or "UTC")
        )
        places = {level: place for place, level in enumerate(self)}
        found = {}
        for partner_id, products in bought.items():
            levels = {
                level
                for product_id, date in products.items()
                for level in given.get(product_id, ())
                if level._holds(date, today)
            }
            if levels:
                found[partner_id] = min(levels, key=places.__getitem__)
        return found

    def _holds(self, date, today):
        """Whether it lasts from the day of an order to today.

        :param date: ``None`` for what runs
        """
        if date is None or not self.months:
            return True
        return date + relativedelta(months=self.months) >= today

    def _levels_by_product(self, product_ids):
        """``{product id: [levels that it gives]}``"""
        by_product, by_category = {}, {}
        for level in self:
            for product in level.product_ids:
                by_product.setdefault(product.id, []).append(level)
            for category in level.category_ids:
                by_category.setdefault(category.id, []).append(level)
        products = self.env["product.product"].sudo().with_context(active_test=False)
        found = {}
        for product in products.browse(sorted(product_ids)):
            levels = list(by_product.get(product.id, ()))
            for category_id in (product.categ_id.parent_path or "").split("/")[:-1]:
                levels += by_category.get(int(category_id), ())
            if levels:
                found[product.id] = levels
        return found
