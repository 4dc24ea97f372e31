from odoo import models


class ConnectorException(models.Model):
    """What is said of money that can't be booked, and what to do about it."""

    _inherit = "connector.exception"

    def _sentence_money_not_set_up(self, params):
        return self.env._(
            "Money of %(connection)s can't be booked: its billing policy lacks"
            " %(fields)s.",
            **params,
        )

    def _advice_money_not_set_up(self):
        return self.env._(
            "Open the billing policy, page Money: choose what is missing, or let it be"
            " set up. What was held is booked then."
        )

    def _sentence_money_no_customer(self, params):
        return self.env._("Payments name no customer.")

    def _advice_money_no_customer(self):
        return self.env._(
            "Name in the billing policy for whom such payments are booked, or give them"
            " a customer in the remote system, then retry."
        )

    def _sentence_money_no_date(self, params):
        return self.env._("Money has moved, but it isn't told when.")

    def _advice_money_no_date(self):
        return self.env._(
            "Look whether the field map fills the date, correct it, then retry."
        )

    def _sentence_money_negative(self, params):
        return self.env._("Payments or refunds have a negative amount.")

    def _sentence_money_no_exchange_account(self, params):
        return self.env._(
            "%(company)s has no accounts for exchange gains and losses.", **params
        )

    def _advice_money_no_exchange_account(self):
        return self.env._("Choose them in the settings of Invoicing, then retry.")

    def _sentence_money_changed(self, params):
        if "name" in params:
            return self.env._(
                "%(name)s was changed in the remote system after it was booked:"
                " %(fields)s. The books are as they were.",
                **params,
            )
        return self.env._(
            "Amounts were changed in the remote system after they were booked."
        )

    def _advice_money_changed(self):
        return self.env._(
            "Find out what happened at the remote system. Correct the books by an entry"
            " of your own if it is right, then ignore this, with a reason."
        )

    def _sentence_balance_net_differs(self, params):
        if "net" in params:
            return self.env._(
                "The net amount should be %(expected)s by gross amount and fee, but it"
                " is %(net)s.",
                **params,
            )
        return self.env._("Net amounts differ from gross amount and fee.")

    def _advice_balance_net_differs(self):
        return self.env._(
            "Look whether the field map takes all three as the remote system shows"
            " them, then retry."
        )

    def _sentence_payout_differs(self, params):
        if "payout" in params:
            return self.env._(
                "The payout %(payout)s is %(amount)s, but what it pays out comes to"
                " %(net)s: it differs by %(difference)s.",
                **params,
            )
        return self.env._("Payouts differ from what they pay out.")

    def _advice_payout_differs(self):
        return self.env._(
            "Look for a balance transaction that is missing or held; pull the balance"
            " again. It closes itself when both agree."
        )

    def _sentence_payout_lines_differ(self, params):
        if "payout" in params:
            return self.env._(
                "What the payout %(payout)s pays out differs in the clearing account by"
                " %(difference)s from what the remote system says.",
                **params,
            )
        return self.env._(
            "Payouts differ in the clearing account from what the remote system says."
        )

    def _advice_payout_lines_differ(self):
        return self.env._(
            "Look for a payment of it that is booked in another journal, or changed by"
            " hand. It closes itself when both agree."
        )
