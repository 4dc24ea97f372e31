from odoo import api, fields, models

from .connector_service_level import NONE

ACCOUNT_STATUSES = [
    ("active", "Active"),
    ("trial", "Trial"),
    ("past_due", "Past Due"),
    ("suspended", "Suspended"),
    ("cancelled", "Cancelled"),
    ("none", "No Business Yet"),
]
#: Status of contracts and subscriptions -> that of the account. Others, as one that is
#: paused or hasn't begun, are those of a customer like any other.
STATUS_OF_CONTRACTS = {
    "suspended": "suspended",
    "past_due": "past_due",
    "trial": "trial",
    "cancelled": "cancelled",
    "expired": "cancelled",
}
#: What agents are told beside what a standing has already.
CONTEXT_FIGURES = (
    *("account_tier", "account_status", "payment_standing", "agreements"),
    *("subscriptions", "products", "service_level", "sla_targets", "account_manager"),
)
#: What those are of whom nothing is known.
NO_CONTEXT = {"account_tier": NONE, "account_status": NONE, "service_level": NONE}
#: Products that are named; what is beyond is counted.
MOST_PRODUCTS = 20


class ConnectorCustomerStanding(models.Model):
    """What support agents see of a customer, worked out with the rest of a standing."""

    _inherit = "connector.customer.standing"

    account_tier = fields.Char(readonly=True)
    account_status = fields.Selection(ACCOUNT_STATUSES, readonly=True)
    payment_standing = fields.Char(readonly=True)
    agreements = fields.Text(readonly=True)
    subscriptions = fields.Text(readonly=True)
    products = fields.Text(string="Installed Products", readonly=True)
    service_level = fields.Char(readonly=True)
    service_level_id = fields.Many2one(
        "connector.service.level",
        string="Service Level Record",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    sla_targets = fields.Text(string="Service Level Targets", readonly=True)
    account_manager = fields.Char(readonly=True)

    @api.model
    def _figures(self):
        return [*super()._figures(), *CONTEXT_FIGURES, "service_level_id"]

    @api.model
    def _nothing(self):
        return super()._nothing() | NO_CONTEXT

    @api.model
    def _urgent(self, company):
        urgent = super()._urgent(company)
        at_once = company.standing_payment_at_once
        return urgent | {"account_status"} if at_once else urgent

    def _add_figures(self, company, found):
        super()._add_figures(company, found)
        spoken = self.with_context(lang=company.partner_id.lang or "en_US")
        partners = self.env["res.partner"].sudo().browse(list(found))
        partners = partners.with_company(company)
        spoken._add_people(company, partners, found)
        spoken._add_words(company, found)

    def _add_people(self, company, partners, found):
        """Who looks after customers, their service level and tier."""
        levels = self.env["connector.service.level"]._levels_of(company, partners)
        levels_in_words = {}
        for partner in partners:
            vals = found[partner.id]
            vals["account_manager"] = partner.user_id.name or False
            level = levels.get(partner.id)
            tier = partner.support_tier
            if level:
                if level not in levels_in_words:
                    spoken = level.with_context(lang=self.env.lang)
                    levels_in_words[level] = (spoken.name, spoken._targets_in_words())
                name, targets = levels_in_words[level]
                vals.update(
                    service_level=name, service_level_id=level.id, sla_targets=targets
                )
                tier = tier or level.tier
            vals["account_tier"] = tier or NONE

    def _add_words(self, company, found):
        for name, words in (
            ("agreements", self._agreement_words(company, found)),
            ("subscriptions", self._subscription_words(company, found)),
        ):
            for partner_id, lines in words.items():
                found[partner_id][name] = "\n".join(lines) or False
        for partner_id, products in self._installed_products(company, found).items():
            named = [
                f"{name} ({quantity:g})" if quantity else name
                for name, quantity in products[:MOST_PRODUCTS]
            ]
            if len(products) > MOST_PRODUCTS:
                named.append(self.env._("and %s more", len(products) - MOST_PRODUCTS))
            found[partner_id]["products"] = ", ".join(named) or False

    # -- made of other figures ------------------------------------------------

    def _derive_figures(self, company, found):
        super()._derive_figures(company, found)
        spoken = self.with_context(lang=company.partner_id.lang or "en_US")
        for vals in found.values():
            vals["account_status"] = self._account_status(vals)
            vals["payment_standing"] = spoken._payment_in_words(company, vals)

    def _account_status(self, vals):
        """A suspension comes first, then the end of contracts, then money, then trials.

        :param vals: figures of one customer
        """
        contracts = STATUS_OF_CONTRACTS.get(vals["subscription_state"])
        if vals["is_suspended"] or contracts == "suspended":
            return "suspended"
        if contracts == "cancelled":
            return "cancelled"
        if vals["is_overdue"] or contracts == "past_due":
            return "past_due"
        if contracts:
            return contracts
        known = (
            vals["subscription_state"]
            or vals["last_order_number"]
            or vals["payment_status"] != "none"
        )
        return "active" if known else NONE

    def _payment_in_words(self, company, vals):
        """How a customer pays, or ``False`` of whom nothing is booked."""
        _, currency = self.env._, company.currency_id
        if vals["is_overdue"]:
            return _(
                "Overdue: %(amount)s since %(days)s days",
                amount=self._amount_in_words(vals["overdue_balance"], currency),
                days=vals["overdue_days"],
            )
        if vals["payment_status"] == "none":
            return False
        balance = vals["open_balance"]
        sign = currency.compare_amounts(balance, 0)
        if sign > 0:
            amount = self._amount_in_words(balance, currency)
            return _("Nothing overdue, %s open", amount)
        if sign < 0:
            amount = self._amount_in_words(-balance, currency)
            return _("All paid, %s in credit", amount)
        return _("All paid")
