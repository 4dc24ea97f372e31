from odoo import api, models


class ConnectorException(models.Model):
    """Sentences for what only Zendesk answers."""

    _inherit = "connector.exception"

    # -- sign in --------------------------------------------------------------

    @api.model
    def _sentence_zendesk_sign_in_refused(self, params):
        return self.env._(
            "Zendesk gives no access token (%(reason)s): the identifier or the secret"
            " of the OAuth client, or the refresh token, is wrong or was ended there.",
            reason=params["reason"],
        )

    @api.model
    def _advice_zendesk_sign_in_refused(self):
        return self.env._(
            "In Zendesk open Admin Center, Apps and integrations, APIs, OAuth clients:"
            " compare the identifier, make a new secret if you don't have it any more,"
            " enter both on the connection, test it and resume it."
        )

    # -- our fields ------------------------------------------------------------

    @api.model
    def _sentence_zendesk_field_missing(self, params):
        return self.env._(
            "Zendesk has no field %(property)s of %(object)s, and the token's user may"
            " not make one: that takes an administrator and the scope “write”.",
            property=params["property"],
            object=params["object"],
        )

    @api.model
    def _advice_zendesk_field_missing(self):
        return self.env._(
            "Let an administrator make the OAuth client, or make the field in Zendesk"
            " by hand: Admin Center, People, Configuration, User fields or Organization"
            " fields, with this very field key. The types are in the set-up page. Then"
            " retry."
        )

    @api.model
    def _sentence_zendesk_field_off(self, params):
        return self.env._(
            "The field %(property)s of %(object)s is deactivated in Zendesk, which then"
            " keeps no values of it.",
            property=params["property"],
            object=params["object"],
        )

    @api.model
    def _advice_zendesk_field_off(self):
        return self.env._(
            "Activate the field in Zendesk, or take its line out of the field map, then"
            " retry."
        )

    # -- tickets ----------------------------------------------------------------

    @api.model
    def _sentence_zendesk_ticket_closed(self, params):
        return self.env._("The ticket is closed, and Zendesk takes no changes of it.")

    @api.model
    def _advice_zendesk_ticket_closed(self):
        return self.env._(
            "Ignore it, or write to the customer in a follow-up ticket in Zendesk."
        )

    @api.model
    def _sentence_zendesk_changed_meanwhile(self, params):
        return self.env._(
            "Somebody at Zendesk was changing the record at the same time."
        )

    @api.model
    def _sentence_zendesk_ticket_limit(self, params):
        return self.env._(
            "Zendesk takes no more changes of this one ticket for some minutes."
        )

    @api.model
    def _sentence_zendesk_status_not_set(self, params):
        return self.env._(
            "Zendesk doesn't let a ticket be set to the status “%s” from outside.",
            params["status_name"],
        )

    @api.model
    def _sentence_zendesk_tickets_not_made(self, params):
        return self.env._("Tickets are made in Zendesk: none is made from Odoo.")

    @api.model
    def _sentence_zendesk_comment_fixed(self, params):
        return self.env._("A comment that is written can't be changed in Zendesk.")

    # -- parties ----------------------------------------------------------------

    @api.model
    def _sentence_zendesk_not_deleted(self, params):
        return self.env._(
            "Nothing is deleted in Zendesk from Odoo, since tickets belong to it. Do so"
            " there if that is what you want."
        )

    @api.model
    def _sentence_zendesk_job_ended(self, params):
        return self.env._("A job of Zendesk's ended before it came to the record.")
