from odoo import api, models
from odoo.fields import Domain


class ConnectorErasure(models.Model):
    _inherit = "connector.erasure"

    @api.model
    def _business_domains(self, person):
        partner = Domain("partner_id", "in", sorted(person.partner_ids))
        return super()._business_domains(person) | {
            "account.move": partner,
            "account.payment": partner,
        }


class ConnectorPayment(models.Model):
    """What belongs to the books stays; texts that vendors wrote are masked."""

    _name = "connector.payment"
    _inherit = ["connector.payment", "connector.personal"]

    _personal_texts = ("reference", "failure_message")


class ConnectorRefund(models.Model):
    _name = "connector.refund"
    _inherit = ["connector.refund", "connector.personal"]

    _personal_texts = ("reason",)


class ConnectorDispute(models.Model):
    _name = "connector.dispute"
    _inherit = ["connector.dispute", "connector.personal"]

    _personal_texts = ("reason",)


class ConnectorBalanceTransaction(models.Model):
    _name = "connector.balance.transaction"
    _inherit = ["connector.balance.transaction", "connector.personal"]

    _personal_texts = ("description",)
