from odoo import models


class ConnectorException(models.Model):
    """The sentences about where requests go, and about answers that can't be."""

    _inherit = "connector.exception"

    def _advice_refused_address(self):
        return self.env._(
            "Correct the API address, or have the address allowed on this server; then"
            " test the connection and resume."
        )

    def _sentence_refused_address(self, params):
        return self.env._(
            "Nothing is sent to %(host)s: it is in a private network. If"
            " %(vendor)s is really there, whoever runs this server allows it by"
            " connector_private_networks in odoo.conf.",
            vendor=params["vendor"],
            host=params["host"],
        )

    def _sentence_too_long(self, params):
        return self.env._(
            "%s sent an answer that is longer than any can be: it wasn't read to its"
            " end, and nothing of it was taken.",
            params["vendor"],
        )

    def _sentence_unexpected_shape(self, params):
        return self.env._(
            "%(vendor)s sent an answer that holds something else than it should"
            " (%(what)s).",
            vendor=params["vendor"],
            what=params.get("what", "?"),
        )

    def _sentence_wrong_path(self, params):
        return self.env._(
            "An id holds characters that none of %s can have: nothing was asked for.",
            params["vendor"],
        )
