from odoo import api, fields, models
from odoo.exceptions import UserError


class ConnectorFix(models.TransientModel):
    """Say who an unknown requester is."""

    _inherit = "connector.fix"

    requester_partner_id = fields.Many2one(
        "res.partner",
        string="This Customer",
        domain="['|', ('company_id', '=', False), ('company_id', '=',"
        " requester_company_id)]",
    )
    requester_company_id = fields.Many2one(
        related="exception_id.company_id", related_sudo=False
    )

    @api.model
    def _selection_kind(self):
        return [
            ("choose_requester", self.env._("Choose Who It Is")),
            *super()._selection_kind(),
        ]

    def _explain_choose_requester(self):
        return self.env._(
            "Holds for all tickets of this requester, those to come as well. Choose a"
            " company where the person doesn't matter."
        )

    def _check_choose_requester(self):
        partner = self.requester_partner_id
        if not partner:
            raise UserError(self.env._("Choose who it is."))
        partner.check_access("read")
        company = self.exception_id.company_id
        if partner.company_id and partner.company_id != company:
            raise UserError(
                self.env._(
                    "%(partner)s is a customer of %(other)s, and the tickets are of"
                    " %(company)s.",
                    partner=partner.display_name,
                    other=partner.company_id.name,
                    company=company.name,
                )
            )

    def _decide_choose_requester(self):
        """One who was chosen before by mistake is forgotten."""
        exception = self.exception_id
        aliases = self.env["connector.partner.alias"].sudo()
        aliases.search(
            [
                ("connection_id", "=", exception.connection_id.id),
                ("kind", "=", "requester"),
                ("value", "=", exception.cause),
            ]
        ).unlink()
        aliases._add(
            exception.connection_id,
            "requester",
            [(self.requester_partner_id.id, exception.cause)],
        )

    def _go_on_choose_requester(self):
        """The tickets are here already: nothing has to be asked of the desk."""
        exception = self.exception_id
        count = exception.open_count
        self.env["connector.ticket"].sudo()._assign(
            exception.connection_id.sudo(),
            {exception.cause: self.requester_partner_id.id},
        )
        return self.env._(
            "%(count)s tickets are %(partner)s's now.",
            count=exception._in_digits(count),
            partner=self.requester_partner_id.display_name,
        )
