from odoo import api, models
from odoo.tools import SQL

from odoo.addons.connector_base.engine.masking import MASK
from odoo.addons.connector_base.models.connector_personal_records import delete_rows


class ConnectorPerson(models.AbstractModel):
    _inherit = "connector.person"

    @api.model
    def _add_partners(self, person):
        """Who writes to a desk is known by other addresses, too."""
        aliases = self.env["connector.partner.alias"].sudo()
        named = aliases.search(
            [("kind", "=", "email"), ("value", "in", sorted(person.emails))]
        )
        pairs = [("res.partner", partner_id) for partner_id in named.partner_id.ids]
        person = super()._add_partners(person.with_records(pairs))
        own = aliases.search(
            [
                ("kind", "=", "email"),
                ("partner_id", "in", sorted(person.partner_ids)),
            ]
        )
        return person.known_by(own.mapped("value"))

    @api.model
    def _records_of(self, person):
        """What somebody wrote to a desk is the person's own."""
        tickets = self.env["connector.ticket"].sudo().with_context(active_test=False)
        found = tickets.search([("partner_id", "in", sorted(person.partner_ids))])
        own = [("connector.ticket", ticket_id) for ticket_id in found.ids]
        return [*super()._records_of(person), *own]


class ConnectorTicket(models.Model):
    _name = "connector.ticket"
    _inherit = ["connector.ticket", "connector.personal"]

    _personal_texts = ("name", "description", "requester_ref", "order_ref", "tags")
    _personal_date = "created_at"

    def _personal_about(self, person):
        ids = person.ids_of("connector.ticket")
        return SQL("id = ANY(%s)", ids) if ids else None

    def _personal_erase(self, person):
        """That there was a ticket stays, with its times; not what was written in it."""
        own = self.browse(self._personal_about_ids(person, ids=self.ids))
        if own:
            own._personal_empty(
                ["description", "requester_ref", "order_ref", "tags"],
                SQL("name = %s,", MASK),
            )
        return len(own) + (self - own)._personal_mask(person)


class ConnectorTicketComment(models.Model):
    _name = "connector.ticket.comment"
    _inherit = ["connector.ticket.comment", "connector.personal"]

    _personal_texts = ("body",)

    def _personal_about(self, person):
        ids = person.ids_of("connector.ticket")
        return SQL("ticket_id = ANY(%s)", ids) if ids else None

    def _personal_erase(self, person):
        """A comment on the person's ticket is emptied, and isn't sent any more."""
        own = self.browse(self._personal_about_ids(person, ids=self.ids))
        if own:
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE connector_ticket_comment
                       SET body = %s,
                           state = CASE WHEN state IN ('waiting', 'failed')
                                        THEN 'cancelled' ELSE state END
                     WHERE id = ANY(%s)
                    """,
                    MASK,
                    own.ids,
                )
            )
            self.invalidate_model(flush=False)
        return len(own) + (self - own)._personal_mask(person)


class ConnectorSupportWork(models.Model):
    _name = "connector.support.work"
    _inherit = ["connector.support.work", "connector.personal"]

    _personal_texts = ("name", "outcome", "note")
    _personal_date = "opened_at"


class ConnectorPartnerAlias(models.Model):
    _name = "connector.partner.alias"
    _inherit = ["connector.partner.alias", "connector.personal"]

    _personal_texts = ("value",)

    def _personal_about(self, person):
        if not person.partner_ids:
            return None
        return SQL("partner_id = ANY(%s)", sorted(person.partner_ids))

    def _personal_erase(self, person):
        return delete_rows(self)
