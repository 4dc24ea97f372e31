import itertools

from odoo import api, models

from odoo.addons.connector_standing.models.connector_standing_words import MOST_LINES

from .connector_subscription import RENEWING

#: Statuses of subscriptions that agents and others are not told of.
OVER = ("draft", "cancelled", "expired")
#: Items of a subscription that are named; the rest is counted.
MOST_ITEMS = 4


class ConnectorCustomerStanding(models.Model):
    """Words about subscriptions, and the products that they are of."""

    _inherit = "connector.customer.standing"

    def _subscriptions_of(self, company, found):
        subscriptions = self.env["connector.subscription"].sudo()
        return subscriptions.search(
            [
                ("commercial_partner_id", "in", list(found)),
                ("company_id", "=", company.id),
                ("status", "not in", OVER),
            ]
        )

    @api.model
    def _subscription_words(self, company, found):
        words = super()._subscription_words(company, found)
        by_customer = self._subscriptions_of(company, found).grouped(
            "commercial_partner_id"
        )
        statuses = dict(
            self.env["connector.subscription"]
            ._fields["status"]
            ._description_selection(self.env)
        )
        for partner, subscriptions in by_customer.items():
            lines = [
                self._subscription_in_words(company, one, statuses)
                for one in itertools.islice(subscriptions, MOST_LINES)
            ]
            known = words.setdefault(partner.id, [])
            known += self._at_most(lines, len(subscriptions))
        return words

    def _subscription_in_words(self, company, subscription, statuses):
        _ = self.env._
        items = [
            _(
                "%(quantity)s × %(name)s",
                quantity=f"{item.quantity:g}",
                name=self._item_name(item),
            )
            for item in itertools.islice(subscription.item_ids, MOST_ITEMS)
        ]
        if len(subscription.item_ids) > MOST_ITEMS:
            items.append(_("and %s more", len(subscription.item_ids) - MOST_ITEMS))
        parts = [", ".join(items)] if items else []
        parts.append(statuses[subscription.status])
        if subscription.mrr:
            amount = self._amount_in_words(subscription.mrr, subscription.currency_id)
            parts.append(_("%s a month", amount))
        if subscription.cancel_at:
            day = self._day_in_words(company, subscription.cancel_at)
            parts.append(_("ends on %s", day))
        elif subscription.renewal_at and subscription.status in RENEWING:
            day = self._day_in_words(company, subscription.renewal_at)
            parts.append(_("renews on %s", day))
        text = ", ".join(parts)
        return f"{subscription.number}: {text}" if subscription.number else text

    def _item_name(self, item):
        product = item.product_id.with_context(display_default_code=False)
        return product.display_name or item.name or self.env._("Item")

    @api.model
    def _bought_products(self, company, found):
        bought = super()._bought_products(company, found)
        running = self._subscriptions_of(company, found).filtered(
            lambda one: one.status in RENEWING
        )
        for item in running.item_ids:
            if item.product_id:
                partner = item.subscription_id.commercial_partner_id
                bought.setdefault(partner.id, {})[item.product_id.id] = None
        return bought
