"""A company that is connected to a desk in memory."""

from odoo.addons.connector_base.tests.common import ConnectorCase

from .common_support import support_streams


class SupportCase(ConnectorCase):
    """Organizations, users and tickets of a desk."""

    streams = ()

    @classmethod
    def connect(cls, **vals):
        if not cls.vendor.streams:
            cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
            cls.vendor.streams = support_streams(cls.env)
        return super().connect(**{"name": "Fake Desk", **vals})

    @property
    def policy(self):
        return self.connection.support_policy_ids

    # -- what comes -----------------------------------------------------------

    def ticket_of(self, remote_id):
        """The ticket that was taken, also where it is archived."""
        return self.taken("tickets", remote_id).with_context(active_test=False)

    # -- builders of Odoo's side ----------------------------------------------

    def partner(self, name="Ada Lovelace", **vals):
        return self.env["res.partner"].create({"name": name, **vals})

    def company(self, name="Acme", **vals):
        return self.partner(name, is_company=True, **vals)
