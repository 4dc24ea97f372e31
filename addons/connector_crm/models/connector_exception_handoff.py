from odoo import models

from .connector_handoff import KIND


class ConnectorException(models.Model):
    """What the closed-won handoff says of its causes, and what to do about them."""

    _inherit = "connector.exception"

    def _fix_kinds(self):
        kinds = super()._fix_kinds()
        changed = self.process_kind == KIND and self.code == "deal_changed"
        return ["amend", *kinds] if changed else kinds

    def _sentence_handoff_no_policy(self, params):
        return self.env._("Deals are being handed over, but no policy holds for them.")

    def _sentence_handoff_missing(self, params):
        return self.env._("Deals that were won lack %s.", params["fields"])

    def _sentence_handoff_currency(self, params):
        return self.env._(
            "Deals were won in %s, of which Odoo has no rate.", params["currency"]
        )

    def _sentence_handoff_no_lines(self, params):
        return self.env._("Deals were won that have no lines.")

    def _sentence_handoff_product(self, params):
        return self.env._("Deals were won that sell what is no product of Odoo.")

    def _sentence_handoff_untaxed(self, params):
        return self.env._("Products that were sold have no tax: %s.", params["names"])

    def _sentence_handoff_no_customer(self, params):
        return self.env._("Deals were won whose customer Odoo doesn't have.")

    def _sentence_handoff_several_customers(self, params):
        return self.env._("Deals were won whose customer may be one of several.")

    def _sentence_handoff_several_quotes(self, params):
        return self.env._("Deals were won that have several quotations.")

    def _sentence_handoff_total(self, params):
        return self.env._("Orders come to another amount than their deals.")

    def _sentence_handoff_changed(self, params):
        return self.env._("Deals were changed while they were being handed over.")

    def _sentence_handoff_confirmed(self, params):
        return self.env._("Orders can't be undone, because they are confirmed.")

    def _sentence_handoff_no_agreement(self, params):
        return self.env._("Deals amend contracts that Odoo doesn't have.")

    def _sentence_handoff_invoiced(self, params):
        return self.env._("Orders can't be undone, because they were invoiced.")

    def _sentence_deal_reopened(self, params):
        return self.env._("Deals that became orders are not won any more.")

    def _sentence_deal_changed(self, params):
        return self.env._("Deals were changed after their orders were made.")

    def _sentence_invoice_plan(self, params):
        return self.env._("Planned invoices can't be made.")

    def _advice_handoff_missing(self):
        return self.env._("Fill the fields on the deal, then try again.")

    def _advice_handoff_changed(self):
        return self.env._("Try again: the deal is checked and approved anew.")

    def _advice_handoff_total(self):
        return self.env._(
            "Correct the deal or the quotation, or widen the policy's tolerance, then"
            " try again."
        )

    def _advice_deal_reopened(self):
        return self.env._(
            "Ask sales. Either the deal is won again, or undo its process, or ignore"
            " this, with a reason, and the order stands."
        )

    def _advice_deal_changed(self):
        return self.env._(
            "Take it as an amendment: the contract gets a version, and who sold it"
            " amends the order. Or have sales enter the change as a deal of its own,"
            " or set the deal back; what is settled otherwise is ignored, with a"
            " reason."
        )

    def _advice_handoff_several_quotes(self):
        return self.env._("Cancel the quotations that are not the order, then retry.")

    def _advice_handoff_confirmed(self):
        return self.env._("Cancel the order in Odoo, if that is right, then retry.")

    def _advice_handoff_no_policy(self):
        return self.env._("Activate a closed-won policy, then try again.")

    def _advice_handoff_currency(self):
        return self.env._("Activate the currency and enter a rate, then try again.")

    def _advice_handoff_no_lines(self):
        return self.env._(
            "Add lines to the deal, or name a product for deals without lines in the"
            " policy, then try again."
        )

    def _advice_handoff_product(self):
        return self.env._(
            "Choose products on the deal's lines, or name one in the policy, then try"
            " again."
        )

    def _advice_handoff_untaxed(self):
        return self.env._("Give the products a tax of the company, then try again.")

    def _advice_handoff_no_customer(self):
        return self.env._("Choose the customer on the deal, then try again.")

    def _advice_handoff_several_customers(self):
        return self.env._("Choose the customer on the deal, then try again.")

    def _advice_handoff_no_agreement(self):
        return self.env._("Choose the deal that it amends, then try again.")

    def _advice_handoff_invoiced(self):
        return self.env._("Cancel or credit the invoices, then try again.")

    def _advice_invoice_plan(self):
        return self.env._("Correct what the invoice lacks, then try again.")
