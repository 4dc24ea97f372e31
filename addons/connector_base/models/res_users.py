from odoo import Command, api, models
from odoo.exceptions import AccessDenied, UserError

from ..service_user import SERVICE_USER, service_user_id


class ResUsers(models.Model):
    """The user that the connectors work as: nobody can sign in as that one.

    It is archived, as OdooBot is: it needs no seat, is nowhere to choose from, follows
    nothing, and neither passwords nor API keys of archived users are taken.
    """

    _inherit = "res.users"

    def write(self, vals):
        if (vals.get("active") or vals.get("password")) and self._has_connectors():
            raise UserError(
                self.env._("The connectors work as this user: nobody signs in as it.")
            )
        return super().write(vals)

    def _check_credentials(self, credential, env):
        if self.env.user._has_connectors():
            raise AccessDenied()
        return super()._check_credentials(credential, env)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_connectors(self):
        if self._has_connectors():
            raise UserError(self.env._("The connectors work as this user."))

    def _has_connectors(self):
        """Whether the connectors' user is among these."""
        ids = self.env["ir.model.data"]
        service_id = ids._xmlid_to_res_id(SERVICE_USER, raise_if_not_found=False)
        return service_id in self._ids

    @api.model
    def _connectors_work_in(self, companies=None):
        """Let the connectors' user work in companies.

        :param companies: ``res.company``; those of all connections where it is left out
        """
        if companies is None:
            connections = self.env["connector.connection"].sudo()
            connections = connections.with_context(active_test=False)
            companies = connections.search([("company_id", "!=", False)]).company_id
        service = self.env["res.users"].sudo().browse(service_user_id(self.env))
        missing = companies.sudo() - service.company_ids
        if missing:
            service.company_ids = [Command.link(company.id) for company in missing]
