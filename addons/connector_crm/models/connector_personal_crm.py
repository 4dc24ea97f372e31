from odoo import api, models
from odoo.fields import Domain


class ConnectorPerson(models.AbstractModel):
    _inherit = "connector.person"

    @api.model
    def _records_of(self, person):
        """Leads are people; opportunities are business, whoever they are with."""
        leads = self.env["crm.lead"].sudo().with_context(active_test=False)
        found = leads.search(_of_person(person) & Domain("type", "=", "lead"))
        return [*super()._records_of(person), *(("crm.lead", i) for i in found.ids)]


class ConnectorErasure(models.Model):
    _inherit = "connector.erasure"

    @api.model
    def _business_domains(self, person):
        return super()._business_domains(person) | {
            "crm.lead": _of_person(person),
            "sale.order": Domain("partner_id", "in", sorted(person.partner_ids)),
        }


def _of_person(person):
    return Domain("partner_id", "in", sorted(person.partner_ids)) | Domain(
        "email_normalized", "in", sorted(person.emails)
    )
