from odoo import models


class ConnectorException(models.Model):
    _inherit = "connector.exception"

    def _sentence_stage_not_won(self, params):
        return self.env._(
            "The deal is won, but its stage means “%(stage)s” in Odoo, which is no won"
            " stage. Map the stage to a won one.",
            stage=params["stage"],
        )

    def _sentence_stage_won(self, params):
        return self.env._(
            "The deal is not won, but its stage means “%(stage)s” in Odoo, which is a"
            " won stage. Map the stage to an open one.",
            stage=params["stage"],
        )

    # -- amounts --------------------------------------------------------------

    def _sentence_inactive_currency(self, params):
        return self.env._(
            "The currency %(currency)s isn't used in Odoo. Amounts in it are not"
            " counted in another one.",
            currency=params["currency"],
        )

    def _advice_inactive_currency(self):
        return self.env._("Activate the currency in Odoo, then retry the records.")

    def _sentence_unknown_currency(self, params):
        return self.env._(
            "Odoo knows no currency %(currency)s.", currency=params["currency"]
        )

    def _advice_unknown_currency(self):
        return self.env._(
            "Correct the currency in the remote system, or make it in Odoo, then retry."
        )

    def _sentence_discounts_differ(self, params):
        if "percent" in params:
            return self.env._(
                "The discount of %(percent)s %% is %(counted)s, but the line says that"
                " it is %(amount)s.",
                **params,
            )
        return self.env._(
            "The discount of lines in percent is another one than their discount as an"
            " amount."
        )

    def _advice_discounts_differ(self):
        return self.env._(
            "Correct one of both in the remote system, or map only one of them."
        )

    def _sentence_line_total_differs(self, params):
        if "ours" in params:
            return self.env._(
                "The line comes to %(ours)s by quantity, price and discount, but to"
                " %(theirs)s in the remote system.",
                **params,
            )
        return self.env._(
            "Lines come to another total in the remote system than by their quantity,"
            " price and discount."
        )

    def _advice_line_total_differs(self):
        return self.env._(
            "Look whether the map lacks a discount or a price; the line was taken as it"
            " came."
        )

    # -- products -------------------------------------------------------------

    def _sentence_none_by_sku(self, params):
        return self.env._("No product has the internal reference “%s”.", params["sku"])

    def _sentence_several_by_sku(self, params):
        return self.env._(
            "Several products have the internal reference “%s”.", params["sku"]
        )

    def _advice_none_by_sku(self):
        return self.env._(
            "Make the product in Odoo, or correct the reference on either side, then"
            " retry."
        )

    def _advice_several_by_sku(self):
        return self._advice_none_by_sku()

    # -- quotes ---------------------------------------------------------------

    def _sentence_quote_confirmed(self, params):
        if "order" in params:
            return self.env._(
                "%(order)s is confirmed, and its quote was changed in the remote system"
                " after that. The order is as it was.",
                order=params["order"],
            )
        return self.env._(
            "Quotes were changed in the remote system after they were confirmed here."
        )

    def _advice_quote_confirmed(self):
        return self.env._(
            "Change the order by hand if the change was agreed, or cancel it and set it"
            " back to a quotation; then retry. Otherwise ignore it."
        )

    def _sentence_quote_total(self, params):
        if "order" in params:
            return self.env._(
                "%(order)s comes to %(ours)s, with taxes to %(taxed)s, but to"
                " %(theirs)s in the remote system.",
                **params,
            )
        return self.env._("Quotes come to another total than in the remote system.")

    def _advice_quote_total(self):
        return self.env._(
            "Look for a line, discount or tax that only one side has. It closes itself"
            " when both totals agree."
        )

    # -- leads ----------------------------------------------------------------

    def _sentence_lead_converted_twice(self, params):
        if "ours" in params:
            return self.env._(
                "The lead was made the opportunity “%(ours)s” in Odoo and the"
                " opportunity “%(theirs)s” in the remote system.",
                **params,
            )
        return self.env._(
            "Leads were converted twice: in Odoo, and in the remote system."
        )

    def _advice_lead_converted_twice(self):
        return self.env._("Merge both opportunities in Odoo, then retry.")
