"""Flows that send, and what they have recorded."""

from unittest.mock import patch

from .common import ConnectorCase


class OutboxCase(ConnectorCase):
    """Companies go both ways; the outbox is empty when a test begins.

    What is recorded stays there: nothing is sent.
    """

    #: Whether what was recorded may be sent.
    sends = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not cls.sends:
            flows = cls.registry["connector.flow"]
            cls.startClassPatcher(
                patch.object(flows, "_enqueue_push", lambda flows: flows.browse())
            )
        cls.companies = cls.send(cls.connection, "companies")

    @classmethod
    def send(cls, connection, stream, **vals):
        """Let a flow send, too."""
        flow = connection.flow_ids.filtered(lambda flow: flow.stream == stream)
        flow.write({"direction": "both", **vals})
        cls.env.flush_all()
        return flow

    def partner(self, name="Acme", **vals):
        """A company that was there before anything was recorded."""
        partner = self.env["res.partner"].create(
            {"name": name, "is_company": True, **vals}
        )
        self.forget()
        return partner

    def bind(self, record, remote_id="1", flow=None):
        flow = flow or self.companies
        return self.env["connector.binding"].create(
            {
                "connection_id": flow.connection_id.id,
                "flow_id": flow.id,
                "entity": flow.entity,
                "remote_id": remote_id,
                "res_model": record._name,
                "res_id": record.id,
            }
        )

    def forget(self):
        """As if all that happened so far had been sent."""
        self.commit()
        self.env["connector.change"].search([]).unlink()

    def commit(self):
        """What a commit does before it commits."""
        self.env.cr.flush()

    def changes(self, record=None, flow=None):
        """What was recorded, as ``(operation, fields)`` in order."""
        self.commit()
        domain = [("flow_id", "=", (flow or self.companies).id)]
        if record is not None:
            domain += [("res_model", "=", record._name), ("res_id", "in", record.ids)]
        found = self.env["connector.change"].search(domain, order="id")
        return [(change.operation, change.field_names) for change in found]
