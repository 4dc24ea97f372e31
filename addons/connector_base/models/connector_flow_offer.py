from odoo import models


class ConnectorConnection(models.Model):
    """What an upgrade brings that a connection doesn't have yet."""

    _inherit = "connector.connection"

    def _offer_new_flows(self):
        """Make the flows that an upgrade has brought, switched off, and say so.

        What they read may need rights that the credential lacks, and what they write
        into Odoo nobody has asked for yet: a person decides. A set-up that isn't done
        makes them itself.
        """
        for connection in self.sudo():
            if not connection.active or connection.state == "draft":
                continue
            new = self.env["connector.flow"]._ensure_flows(connection, active=False)
            if new:
                connection._tell_of_new_flows(new)

    def _tell_of_new_flows(self, flows):
        self.ensure_one()
        provider = self._provider()
        rights = dict.fromkeys(
            right for flow in flows for right in provider._scopes(flow.stream)[0]
        )
        sentence = self.env._(
            "The upgrade brought new flows, which are switched off: %(flows)s. Look at"
            " their pages and switch on what you want.",
            flows=", ".join(flows.mapped("name")),
        )
        if rights:
            sentence += " " + self.env._(
                "The credential needs these rights first: %s.", ", ".join(rights)
            )
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("Decide on new flows"),
            note=sentence,
            user_id=self.owner_id.id or self.env.uid,
        )
