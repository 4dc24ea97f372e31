import datetime

from odoo import models

from .connector_subscription import RENEWING

#: What a customer is who has several subscriptions: the first of these that one is in.
STANDINGS = (
    *("past_due", "active", "trial", "suspended", "paused", "future", "cancelled"),
)
#: Status of a subscription -> standing, where it is called otherwise.
STANDING_OF = {"expired": "cancelled", "incomplete": "future"}


class ConnectorSubscription(models.Model):
    _name = "connector.subscription"
    _inherit = ["connector.subscription", "connector.standing.source"]

    _standing_watched = frozenset(
        {
            *("status", "partner_id", "renewal_at", "mrr_company"),
            *("number", "cancel_at", "terms"),
        }
    )

    def write(self, vals):
        if "partner_id" in vals:
            # Who had it before stands otherwise, too.
            self.env["connector.standing.mark"]._mark(
                {(s.commercial_partner_id.id, s.company_id.id) for s in self}
            )
        return super().write(vals)


class ConnectorCustomerStanding(models.Model):
    """A standing knows what the customer subscribes to: it says more than contracts."""

    _inherit = "connector.customer.standing"

    def _add_figures(self, company, found):
        super()._add_figures(company, found)
        self._add_subscriptions(company, found)

    def _add_subscriptions(self, company, found):
        """Status, worth in a month and next renewal of all subscriptions together."""
        groups = (
            self.env["connector.subscription"]
            .sudo()
            ._read_group(
                [
                    ("commercial_partner_id", "in", list(found)),
                    ("company_id", "=", company.id),
                    ("status", "!=", "draft"),
                ],
                ["commercial_partner_id", "status"],
                ["mrr_company:sum", "renewal_at:min"],
            )
        )
        states, renewals = {}, {}
        for partner, status, worth, renewal_at in groups:
            states.setdefault(partner.id, set()).add(STANDING_OF.get(status, status))
            vals = found[partner.id]
            vals["recurring_revenue"] = company.currency_id.round(
                vals["recurring_revenue"] + worth
            )
            if status in RENEWING and renewal_at:
                renewals.setdefault(partner.id, []).append(renewal_at)
        zone = self.with_context(tz=company.partner_id.tz or "UTC").env.tz
        for partner_id, found_states in states.items():
            renewal_at = min(renewals.get(partner_id, ()), default=None)
            found[partner_id].update(
                subscription_state=min(found_states, key=STANDINGS.index),
                renewal_date=bool(renewal_at)
                and renewal_at.replace(tzinfo=datetime.UTC).astimezone(zone).date(),
            )
