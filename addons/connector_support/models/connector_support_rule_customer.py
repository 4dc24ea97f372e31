"""What happens to customers that support rules tell their open tickets of.

Each notes it in its own transaction; ``connector_support_rule_apply`` tells it.
"""

import datetime

from odoo import api, fields, models
from odoo.tools import format_date

#: Of these a change is news to agents. A suspension is told as such.
NEWS = frozenset(
    {
        *("name", "quantity", "is_unlimited", "value", "date_from", "date_until"),
        *("active", "partner_id"),
    }
)
#: Days after which the beginning of what is new here is no news any more.
NEWS_DAYS = 7


class ConnectorEntitlement(models.Model):
    _inherit = "connector.entitlement"

    @api.model_create_multi
    def create(self, vals_list):
        entitlements = super().create(vals_list)
        # What a first load brings has begun long ago.
        old = fields.Date.today() - datetime.timedelta(days=NEWS_DAYS)
        entitlements.filtered(
            lambda one: one.active and (not one.date_from or one.date_from > old)
        )._tell_tickets()
        return entitlements

    def write(self, vals):
        if NEWS.isdisjoint(vals):
            return super().write(vals)
        before = {one: one._news() for one in self}
        result = super().write(vals)
        self.filtered(lambda one: one._news() != before[one])._tell_tickets()
        return result

    def _state_came(self):
        result = super()._state_came()
        self._tell_tickets()
        return result

    def _news(self):
        return tuple(self[name] for name in sorted(NEWS))

    def _tell_tickets(self):
        rules = self.env["connector.support.rule"]
        for one in self:
            rules._note_change(
                "entitlement_changed",
                one.company_id,
                one.commercial_partner_id,
                one._in_words(),
            )

    def _in_words(self):
        """What the customer may use of it now, as “Seats: 10, until 31/12/2026”."""
        _ = self.env._
        parts = []
        today = fields.Date.today()
        if not self.active or (self.date_until and self.date_until < today):
            return _("%s: ended", self.name)
        if self.kind in ("quantity", "range"):
            parts.append(_("unlimited") if self.is_unlimited else f"{self.quantity:g}")
        elif self.kind == "custom" and self.value:
            parts.append(self.value)
        if self.date_from and self.date_from > today:
            parts.append(_("from %s", format_date(self.env, self.date_from)))
        if self.date_until:
            parts.append(_("until %s", format_date(self.env, self.date_until)))
        return f"{self.name}: {', '.join(parts) or _('yes')}"


class ConnectorSuspension(models.Model):
    _inherit = "connector.suspension"

    def _come_to(self, state, **vals):
        result = super()._come_to(state, **vals)
        if state in ("suspended", "lifted"):
            rules = self.env["connector.support.rule"]
            for one in self:
                text = (
                    self.env._("Suspended: %s", one.reason)
                    if state == "suspended"
                    else self.env._("The suspension is lifted.")
                )
                rules._note_change(
                    state, one.company_id, one.commercial_partner_id, text
                )
        return result


class ConnectorCustomerStanding(models.Model):
    _inherit = "connector.customer.standing"

    def write(self, vals):
        if "renewal_date" not in vals:
            return super().write(vals)
        before = {one: one.renewal_date for one in self}
        result = super().write(vals)
        rules = self.env["connector.support.rule"]
        for one in self:
            if one.renewal_date and one.renewal_date != before[one]:
                rules._note_change(
                    "renewed",
                    one.company_id,
                    one.partner_id,
                    self.env._(
                        "Next renewal: %s", format_date(self.env, one.renewal_date)
                    ),
                )
        return result
