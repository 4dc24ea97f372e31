from odoo import Command, fields, models

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.process import Done, Skipped, Wait
from odoo.addons.connector_base.service_user import as_service

#: What is created here is told by the process, not by mails to followers.
QUIET = {
    "tracking_disable": True,
    "mail_create_nosubscribe": True,
    "mail_auto_subscribe_no_notify": True,
}


class ConnectorProcessKindClosedWon(models.AbstractModel):
    """The order: its lines as they were agreed, its total, and who confirms it."""

    _inherit = "connector.process.kind.closed_won"

    def _order_of(self, process):
        return process._handoff_order().with_env(self.env)

    def _quotes(self, process, lead):
        """The deal's own orders that are not cancelled."""
        return lead.sudo().order_ids.filtered(
            lambda order: (
                order.state != "cancel" and order.company_id == process.company_id
            )
        )

    # -- quotation ------------------------------------------------------------

    def _run_quotation(self, process, step):
        """Take the deal's quotation, or make one; never a second one."""
        lead, policy = self._lead(process), self._policy(process)
        if lead.deal_kind == "cancellation":
            return Skipped(self.env._("A cancellation orders nothing."))
        order = self._order_of(process)
        if order:
            return Done(order.name, order)
        quotes = self._quotes(process, lead)
        if len(quotes) > 1 or quotes and not policy.use_quote:
            raise errors.AmbiguousMatch(
                self.env._(
                    "“%(deal)s” has %(quotes)s already. Cancel what is not the order,"
                    " then resume.",
                    deal=lead.name,
                    quotes=", ".join(quotes.mapped("name")),
                ),
                code="handoff_several_quotes",
            )
        if quotes:
            quotes.sudo().handoff_process_id = process.id
            return Done(self.env._("%s, which was there.", quotes.name), quotes)
        orders = as_service(self.env["sale.order"].with_context(**QUIET))
        order = orders.create(self._order_values(process, lead, policy))
        return Done(order.name, order.with_env(self.env))

    def _order_values(self, process, lead, policy):
        partner = lead.partner_id
        customer = partner.commercial_partner_id
        addresses = customer.address_get(["invoice", "delivery"])
        currency = self._currency(process, lead)
        term = customer.property_payment_term_id or policy.payment_term_id
        return {
            "partner_id": customer.id,
            "partner_invoice_id": addresses["invoice"],
            "partner_shipping_id": addresses["delivery"],
            "opportunity_id": lead.id,
            "company_id": process.company_id.id,
            "handoff_process_id": process.id,
            "user_id": lead.user_id.id,
            "team_id": lead.team_id.id,
            "remote_title": lead.name,
            "origin": lead.name,
            "pricelist_id": self._pricelist(process, lead, currency).id,
            "payment_term_id": term.id,
            "order_line": [
                Command.create(vals)
                for vals in self._order_lines(process, lead, policy, currency)
            ],
        }

    def _pricelist(self, process, lead, currency):
        """A price list in the deal's currency: the order's currency follows it.

        :raises MissingDependency: where there is none and the company counts otherwise
        """
        pricelists = self.env["product.pricelist"]
        of_book = lead.deal_price_book_id.pricelist_ids
        own = lead.partner_id.property_product_pricelist
        for candidates in (of_book, own):
            fitting = candidates.filtered(
                lambda one: (
                    one.currency_id == currency
                    and one.company_id in (process.company_id, one.company_id.browse())
                )
            )
            if fitting:
                return fitting[0]
        if currency == process.company_id.currency_id:
            return pricelists
        found = pricelists.search(
            [
                ("currency_id", "=", currency.id),
                ("company_id", "in", [False, process.company_id.id]),
            ],
            limit=1,
        )
        return found or as_service(pricelists).create(
            {
                "name": self.env._("Deals in %s", currency.name),
                "currency_id": currency.id,
                "company_id": process.company_id.id,
            }
        )

    def _order_lines(self, process, lead, policy, currency):
        """:return: list of values of order lines; taxes follow the fiscal position"""
        fallback = policy.fallback_product_id
        if not lead.deal_line_ids:
            amount = self._deal_amount(lead)
            rows = [
                {
                    "product_id": fallback.id,
                    "name": lead.name,
                    "product_uom_qty": 1,
                    "price_unit": amount,
                    "discount": 0,
                }
            ]
        else:
            rows = [
                self._order_line(process, line, fallback, currency)
                for line in lead.deal_line_ids
            ]
        if policy.analytic_distribution:
            rows = [
                {**row, "analytic_distribution": policy.analytic_distribution}
                for row in rows
            ]
        return rows

    def _order_line(self, process, line, fallback, currency):
        price, discount = line.price_unit, line.discount
        digits = self.env["decimal.precision"].precision_get("Discount")
        whole = line.quantity * line.price_unit
        reduced = whole * (1 - round(discount, digits) / 100)
        if line.currency_id.compare_amounts(reduced, line.price_subtotal):
            # The discount has more digits than Odoo keeps: the price holds it.
            price = line.price_subtotal / line.quantity if line.quantity else 0.0
            discount = 0.0
        if line.currency_id != currency:
            price = line.currency_id._convert(
                price,
                currency,
                process.company_id,
                fields.Date.context_today(self),
                round=False,
            )
        return {
            "product_id": (line.product_id or fallback).id,
            "name": "\n".join(filter(None, (line.name, line.description))),
            "product_uom_qty": line.quantity,
            "price_unit": price,
            "discount": discount,
            "deal_line_id": line.id,
        }

    def _undo_quotation(self, process, step):
        """Cancel the quotation; a confirmed order is a person's business.

        :raises ConflictError: where it is confirmed
        """
        order = self._order_of(process)
        if not order or order.state == "cancel":
            return self.env._("There was none.")
        if order.state not in ("draft", "sent"):
            raise errors.ConflictError(
                self.env._(
                    "Order %s is confirmed. Cancel it in Odoo, if that is right, then"
                    " resume.",
                    order.name,
                ),
                code="handoff_confirmed",
            )
        as_service(order).with_context(disable_cancel_warning=True)._action_cancel()
        order.sudo().handoff_process_id = False
        return self.env._("%s is cancelled.", order.name)

    # -- total ----------------------------------------------------------------

    def _run_total(self, process, step):
        """:raises ConflictError: where the order comes to another amount"""
        lead, policy = self._lead(process), self._policy(process)
        order = self._order_of(process)
        agreed = self._deal_amount(lead)
        if not order or not agreed:
            return Skipped(self.env._("Nothing to compare."))
        company, currency = process.company_id, self._currency(process, lead)
        total = (
            order.amount_untaxed
            if policy.compare_with == "untaxed"
            else order.amount_total
        )
        if order.currency_id != currency:
            today = fields.Date.context_today(self)
            total = order.currency_id._convert(total, currency, company, today)
        today = fields.Date.context_today(self)
        allowed = max(
            abs(agreed) * policy.tolerance_percent / 100,
            company.currency_id._convert(
                policy.tolerance_amount, currency, company, today
            ),
        )
        difference = abs(total - agreed)
        if currency.compare_amounts(difference, allowed) > 0:
            raise errors.ConflictError(
                self.env._(
                    "%(order)s comes to %(total)s %(currency)s, the deal to %(agreed)s."
                    " Correct one of both, then resume.",
                    order=order.name,
                    total=f"{total:.2f}",
                    agreed=f"{agreed:.2f}",
                    currency=currency.name,
                ),
                code="handoff_total",
            )
        return Done(
            self.env._(
                "%(total)s %(currency)s.", total=f"{total:.2f}", currency=currency.name
            )
        )

    # -- confirm --------------------------------------------------------------

    def _run_confirm(self, process, step):
        """Confirm by policy; what needs an approval waits for it."""
        lead = self._lead(process)
        policy, order = self._policy(process), self._order_of(process)
        if not order:
            return Skipped(self.env._("There is no order."))
        if order.state == "sale":
            return Done(self.env._("%s is confirmed.", order.name), order)
        if self._is_changed(process):
            raise errors.ConflictError(
                self.env._(
                    "“%(deal)s” was changed since %(order)s was made. Correct the order"
                    " where it must follow, then resume to have both checked anew.",
                    deal=lead.name,
                    order=order.name,
                ),
                code="handoff_changed",
            )
        if policy.confirm == "never":
            return Skipped(self.env._("It stays a quotation, as the policy says."))
        if not step.approved_by_id and not self._needs_no_approval(policy, order):
            return Wait(
                self.env._("%s waits for the approval of finance.", order.name),
                approval=True,
            )
        handed = order.with_context(connector_handoff=True, **QUIET)
        as_service(handed).action_confirm()
        return Done(self.env._("%s is confirmed.", order.name), order)

    def _needs_no_approval(self, policy, order):
        if policy.confirm != "below":
            return policy.confirm == "always"
        company = order.company_id
        today = fields.Date.context_today(self)
        amount = order.currency_id._convert(
            order.amount_total, company.currency_id, company, today
        )
        return company.currency_id.compare_amounts(amount, policy.confirm_limit) <= 0
