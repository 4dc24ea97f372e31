from odoo import models


class ConnectorException(models.Model):
    _inherit = "connector.exception"

    # -- sign in --------------------------------------------------------------

    def _sentence_sign_in_refused(self, params):
        return self.env._(
            "%(vendor)s refuses to sign us in: %(detail)s (%(reason)s).",
            vendor=params["vendor"],
            detail=params["detail"],
            reason=params["reason"],
        )

    def _advice_sign_in_refused(self):
        return self.env._(
            "Check the API address (My Domain), the consumer key and secret or private"
            " key, and that the app's flow is enabled and its run-as user active. Then"
            " test the connection and resume it."
        )

    def _sentence_wrong_key(self, params):
        return self.env._(
            "The private key can't be read: it has to be an RSA key in PEM form,"
            " without a passphrase."
        )

    # -- what the org has -----------------------------------------------------

    def _sentence_unknown_object(self, params):
        return self.env._(
            "%(vendor)s has no such object, or the connection's user may not see it:"
            " %(detail)s",
            vendor=params["vendor"],
            detail=params["detail"],
        )

    def _sentence_unknown_version(self, params):
        return self.env._(
            "%s doesn't serve this version of its API: enter another one on the"
            " connection.",
            params["vendor"],
        )

    def _sentence_unknown_field(self, params):
        return self.env._(
            "%(vendor)s knows a field not, or the connection's user may not see it:"
            " %(detail)s",
            vendor=params["vendor"],
            detail=params["detail"],
        )

    def _sentence_row_locked(self, params):
        return self.env._(
            "%s can't write the record while somebody else's change of it, or of what"
            " it belongs to, is going on.",
            params["vendor"],
        )

    # -- our key --------------------------------------------------------------

    def _sentence_key_field_missing(self, params):
        return self.env._(
            "%(object)s in Salesforce has no field %(field)s, by which records made"
            " from Odoo are known: without it they could come twice.",
            object=params["object"],
            field=params["field"],
        )

    def _advice_key_field_missing(self):
        return self.env._(
            "In Salesforce: Setup, Object Manager, the object, Fields & Relationships,"
            " New: a text of 64 characters with the label “Odoo Id” and the name"
            " Odoo_Id, “Unique” and “External ID” ticked. Let the connection's user"
            " read and edit it, then retry."
        )

    def _sentence_key_field_wrong(self, params):
        return self.env._(
            "The field %(field)s of %(object)s in Salesforce has to be an external ID"
            " with unique values: records made from Odoo could come twice.",
            object=params["object"],
            field=params["field"],
        )

    def _advice_key_field_wrong(self):
        return self.env._(
            "In Salesforce, edit the field and tick “Unique” and “External ID”, then"
            " retry."
        )

    def _sentence_key_field_locked(self, params):
        return self.env._(
            "The connection's user may not write the field %(field)s of %(object)s in"
            " Salesforce.",
            object=params["object"],
            field=params["field"],
        )

    def _advice_key_field_locked(self):
        return self.env._(
            "Let a permission set of the user edit the field, then resume the"
            " connection."
        )
