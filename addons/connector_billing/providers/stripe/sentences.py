from odoo import api, models


class ConnectorException(models.Model):
    """Sentences for what only Stripe answers."""

    _inherit = "connector.exception"

    @api.model
    def _sentence_declined(self, params):
        reason = params.get("decline_code") or params.get("vendor_code")
        if not reason:
            return self.env._("Stripe declined the payment: %s", params["detail"])
        return self.env._(
            "Stripe declined the payment (%(reason)s): %(detail)s",
            reason=reason,
            detail=params["detail"],
        )

    @api.model
    def _sentence_idempotency(self, params):
        return self.env._(
            "Stripe has had a request of this record with other values within the last"
            " day, and doesn't tell what it made of it. Look for the record there, and"
            " retry."
        )
