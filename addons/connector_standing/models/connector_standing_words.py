from odoo import api, fields, models
from odoo.tools import SQL, format_date, formatLang

#: Most lines of a text about a customer; what is beyond is counted.
MOST_LINES = 5


class ConnectorCustomerStanding(models.Model):
    """Words about customers, for who tells others of them; extend where more is known.

    In the language of the environment. Each asks a constant number of queries,
    however many customers there are.
    """

    _inherit = "connector.customer.standing"

    @api.model
    def _agreement_words(self, company, found):
        """What holds with customers: their last confirmed orders.

        :param found: ``{partner id: {figure: value}}``
        :return: ``{partner id: [sentence]}``
        """
        rows = self.env.execute_query(
            SQL(
                """
                WITH %(people)s
                SELECT customer, name, date_order, amount_total, currency_id, orders
                  FROM (
                    SELECT people.customer, o.name, o.date_order, o.amount_total,
                           o.currency_id, COUNT(*) OVER of_customer AS orders,
                           ROW_NUMBER() OVER (
                               of_customer ORDER BY o.date_order DESC, o.id DESC
                           ) AS place
                      FROM people JOIN sale_order o ON o.partner_id = people.id
                     WHERE o.company_id = %(company)s AND o.state = 'sale'
                    WINDOW of_customer AS (PARTITION BY people.customer)
                  ) AS orders_of_customers
                 WHERE place <= %(most)s
                 ORDER BY customer, place
                """,
                people=self._people(found),
                company=company.id,
                most=MOST_LINES,
            )
        )
        currencies = self.env["res.currency"].browse({row[4] for row in rows})
        by_id = {currency.id: currency for currency in currencies}
        words, counts = {}, {}
        for partner_id, name, ordered_at, amount, currency_id, count in rows:
            sentence = self.env._(
                "%(order)s of %(date)s: %(amount)s",
                order=name,
                date=self._day_in_words(company, ordered_at),
                amount=self._amount_in_words(amount, by_id[currency_id]),
            )
            words.setdefault(partner_id, []).append(sentence)
            counts[partner_id] = count
        return {
            partner_id: self._at_most(lines, counts[partner_id])
            for partner_id, lines in words.items()
        }

    @api.model
    def _subscription_words(self, company, found):
        """What customers subscribe to; known to the addons that keep subscriptions.

        :return: ``{partner id: [sentence]}``
        """
        return {}

    @api.model
    def _bought_products(self, company, found):
        """What customers have bought, and when last: by orders and entitlements.

        :return: ``{partner id: {product id: date or None}}``, ``None`` where it is
            theirs now
        """
        rows = self.env.execute_query(
            SQL(
                """
                WITH %(people)s
                SELECT people.customer, l.product_id, MAX(o.date_order)::date
                  FROM people
                  JOIN sale_order o ON o.partner_id = people.id
                  JOIN sale_order_line l ON l.order_id = o.id
                 WHERE o.company_id = %(company)s AND o.state = 'sale'
                   AND l.product_id IS NOT NULL AND l.product_uom_qty > 0
                 GROUP BY people.customer, l.product_id
                """,
                people=self._people(found),
                company=company.id,
            )
        )
        bought = {}
        for partner_id, product_id, date in rows:
            bought.setdefault(partner_id, {})[product_id] = date
        for partner_id, product_id, _name, _quantity in self._entitled(company, found):
            if product_id:
                bought.setdefault(partner_id, {})[product_id] = None
        return bought

    @api.model
    def _installed_products(self, company, found):
        """What customers have: delivered or invoiced, and what they are entitled to.

        :return: ``{partner id: [(name, quantity)]}``, by name; quantity 0 where it says
            nothing
        """
        rows = self.env.execute_query(
            SQL(
                """
                WITH %(people)s
                SELECT people.customer, l.product_id,
                       SUM(GREATEST(l.qty_delivered, l.qty_invoiced))
                  FROM people
                  JOIN sale_order o ON o.partner_id = people.id
                  JOIN sale_order_line l ON l.order_id = o.id
                 WHERE o.company_id = %(company)s AND o.state = 'sale'
                   AND l.product_id IS NOT NULL AND l.is_downpayment IS NOT TRUE
                   AND (l.qty_delivered > 0 OR l.qty_invoiced > 0)
                 GROUP BY people.customer, l.product_id
                """,
                people=self._people(found),
                company=company.id,
            )
        )
        entitled = self._entitled(company, found)
        ids = {row[1] for row in (*rows, *entitled) if row[1]}
        products = self._plain_products(ids)
        names = {product.id: product.display_name for product in products}
        installed = {}
        for partner_id, product_id, name, quantity in entitled:
            name = names.get(product_id, name)
            installed.setdefault(partner_id, {})[name] = float(quantity or 0)
        for partner_id, product_id, quantity in rows:
            # What both say is the same thing: the entitlement knows what holds now.
            of_customer = installed.setdefault(partner_id, {})
            of_customer.setdefault(names[product_id], float(quantity or 0))
        return {
            partner_id: sorted(quantities.items())
            for partner_id, quantities in installed.items()
        }

    def _plain_products(self, ids):
        """Products that are called by their names, without their codes."""
        products = self.env["product.product"].sudo().browse(sorted(ids))
        return products.with_context(display_default_code=False)

    def _entitled(self, company, found):
        """``[(partner id, product id or None, name, quantity)]`` of what is active."""
        return self.env.execute_query(
            SQL(
                """
                SELECT commercial_partner_id, product_id, MIN(name), SUM(quantity)
                  FROM connector_entitlement
                 WHERE commercial_partner_id = ANY(%s) AND company_id = %s
                   AND state = 'active'
                 GROUP BY commercial_partner_id, product_id,
                          CASE WHEN product_id IS NULL THEN feature END
                """,
                list(found),
                company.id,
            )
        )

    # -- spelling -------------------------------------------------------------

    def _amount_in_words(self, amount, currency):
        """``EUR 1,200.00``, as the language writes numbers."""
        digits = currency.decimal_places
        return f"{currency.name} {formatLang(self.env, float(amount), digits=digits)}"

    def _day_in_words(self, company, moment):
        """The day of a date or of a moment in UTC, where the company is."""
        if hasattr(moment, "hour"):
            zoned = self.with_context(tz=company.partner_id.tz or "UTC")
            moment = fields.Datetime.context_timestamp(zoned, moment).date()
        return format_date(self.env, moment)

    def _at_most(self, lines, count):
        """The first of so many lines, and how many more there are."""
        if count <= MOST_LINES:
            return lines
        more = self.env._("and %s more", count - MOST_LINES)
        return [*lines[:MOST_LINES], more]
