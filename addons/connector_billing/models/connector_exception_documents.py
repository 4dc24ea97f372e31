from odoo import models


class ConnectorException(models.Model):
    """What holds invoices and credit notes, and what to do about it."""

    _inherit = "connector.exception"

    # -- settings -------------------------------------------------------------

    def _sentence_billing_no_journal(self, params):
        return self.env._(
            "The billing policy of %s names no sales journal.", params["connection"]
        )

    def _advice_billing_no_journal(self):
        return self.env._(
            "Open Connectors, Billing, Billing Policies, choose a sales journal,"
            " then retry."
        )

    def _sentence_billing_no_account(self, params):
        return self.env._(
            "Nothing says on which account “%(product)s” is booked.",
            product=params["product"],
        )

    def _advice_billing_no_account(self):
        return self.env._(
            "Add the product to the account map of the billing policy (Connectors,"
            " Billing, Billing Policies), or give it an income account, then"
            " retry."
        )

    def _sentence_billing_no_rounding_account(self, params):
        return self.env._(
            "The billing policy of %s names no rounding account, and a document has an"
            " amount that was rounded off.",
            params["connection"],
        )

    def _advice_billing_no_rounding_account(self):
        return self.env._(
            "Choose a rounding account in the billing policy (Connectors,"
            " Billing, Billing Policies), then retry."
        )

    # -- currencies -----------------------------------------------------------

    def _sentence_billing_currency_inactive(self, params):
        return self.env._(
            "The currency %(currency)s isn't used in Odoo: nothing is booked in it.",
            currency=params["currency"],
        )

    def _advice_billing_currency_inactive(self):
        return self.env._("Activate the currency; the documents follow by themselves.")

    def _sentence_billing_currency_unknown(self, params):
        return self.env._(
            "Odoo knows no currency %(currency)s.", currency=params["currency"]
        )

    def _advice_billing_currency_unknown(self):
        return self.env._(
            "Make the currency in Odoo, with its decimals and a rate, then retry."
        )

    # -- amounts --------------------------------------------------------------

    def _sentence_billing_tax_left_out(self, params):
        if "billed" in params:
            return self.env._(
                "%(tax)s of %(billed)s was billed, but its value map says that it is no"
                " tax in Odoo.",
                tax=params["tax"],
                billed=params["billed"],
            )
        return self.env._(
            "%s was billed, but its value map says that it is no tax in Odoo.",
            params["tax"],
        )

    def _advice_billing_tax_left_out(self):
        return self.env._("Choose a tax of Odoo for it in the value map, then retry.")

    def _sentence_billing_tax_differs(self, params):
        if "billed" in params:
            return self.env._(
                "%(tax)s was billed with %(billed)s, but “%(ours)s” comes to"
                " %(expected)s.",
                tax=params["tax"],
                billed=params["billed"],
                ours=params["ours"],
                expected=params["expected"],
            )
        return self.env._(
            "%(tax)s was billed with other amounts than “%(ours)s” comes to.",
            tax=params["tax"],
            ours=params["ours"],
        )

    def _advice_billing_tax_differs(self):
        return self.env._(
            "Choose another tax for it in the value map, or correct the tax's rate in"
            " Odoo, then retry. What was billed is never changed."
        )

    def _sentence_billing_total_differs(self, params):
        if "total" in params:
            return self.env._(
                "The document's total is %(total)s %(currency)s, but its lines and"
                " taxes come to %(lines)s.",
                total=params["total"],
                currency=params["currency"],
                lines=params["lines"],
            )
        return self.env._(
            "Documents have another total than their lines and taxes come to."
        )

    def _advice_billing_total_differs(self):
        return self.env._(
            "Look in the billing system for a line, discount or tax that is missing"
            " here, then retry. A difference of rounding may be allowed by a tolerance"
            " in the billing policy."
        )

    # -- documents ------------------------------------------------------------

    def _sentence_billing_number_taken(self, params):
        if "number" in params:
            return self.env._(
                "%(journal)s has an entry with the number %(number)s already.",
                journal=params["journal"],
                number=params["number"],
            )
        return self.env._(
            "%s has entries with these numbers already.", params["journal"]
        )

    def _advice_billing_number_taken(self):
        return self.env._(
            "Give the connection a sales journal of its own in the billing policy, or"
            " remove the entry if it was made by hand for this document, then retry."
        )

    def _sentence_billing_document_changed(self, params):
        if "number" in params:
            return self.env._(
                "%(number)s is posted, and was changed in the billing system after"
                " that. What is posted is as it was.",
                number=params["number"],
            )
        return self.env._(
            "Documents were changed in the billing system after they were posted."
        )

    def _advice_billing_document_changed(self):
        return self.env._(
            "Reverse it and book it anew, or ignore it with a reason. What is posted is"
            " never edited."
        )

    def _sentence_period_closed(self, params):
        if "date" in params:
            return self.env._(
                "The books of %(date)s are closed: %(locks)s.",
                date=params["date"],
                locks=params["locks"],
            )
        return self.env._("The books are closed: %s.", params["locks"])

    def _sentence_period_held(self, params):
        return self._sentence_period_closed(params)

    def _advice_period_held(self):
        return self.env._(
            "Open the period and retry, or let the billing policy ask for another date."
        )
