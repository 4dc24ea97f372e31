import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .correlation import correlation_of

#: Minutes between two sweeps of a flow, and how far one looks back behind the one
#: before: longer than a transaction that was open then.
SWEEP_MINUTES = 60
OVERLAP_MINUTES = 15
#: Most records that one sweep finds; the next one goes on.
SWEEP_LIMIT = 10_000


class ConnectorFlow(models.Model):
    """Finds what was changed without being recorded, as a poll does for webhooks.

    Recording sees what goes through the ORM of a server that knows the flow. SQL of a
    migration, a module that is being installed, a server whose transaction was older
    than the flow: they leave a newer ``write_date`` behind all the same. What is found
    in vain costs nothing at the vendor: it differs in nothing.
    """

    _inherit = "connector.flow"

    swept_at = fields.Datetime(readonly=True, copy=False)

    @api.model
    def _sweep_due(self):
        """Sweep the flows whose last sweep is long enough ago; part of the schedule."""
        now = fields.Datetime.now()
        limit = now - datetime.timedelta(minutes=SWEEP_MINUTES)
        flows = self._outgoing_flows().filtered(
            lambda flow: flow.connection_id.state == "connected"
        )
        # What was changed before a flow began to send is not its business.
        flows.filtered(lambda flow: not flow.swept_at).swept_at = now
        for flow in flows.filtered(lambda flow: flow.swept_at <= limit):
            flow._sweep_outbox()

    def _sweep_outbox(self):
        """Record the records that changed since the last sweep and wait for nothing.

        :return: number of records
        """
        self.ensure_one()
        since = self.swept_at - datetime.timedelta(minutes=OVERLAP_MINUTES)
        self.swept_at = fields.Datetime.now()
        found = [self._changed_bound(since)]
        if self.push_create:
            found.append(self._created_unbound(since))
        return self._record_found(found, SWEEP_LIMIT)

    def action_send_all(self):
        """Record what the vendor doesn't have yet, however old it is in Odoo.

        A flow begins with what changes from then on; this sends the stock, too.

        :return: a notification that tells how many records go
        :raises UserError: where the flow may not make records remotely
        """
        self.check_access("write")
        flows = self.sudo()
        for flow in flows:
            if flow.direction == "pull" or not flow.push_create:
                raise UserError(
                    self.env._("%s may not create records remotely.", flow.name)
                )
            if flow.connection_id.state == "draft":
                raise UserError(
                    self.env._("Connect %s first.", flow.connection_id.name)
                )
        count = sum(flow._record_found([flow._created_unbound()]) for flow in flows)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("%s records of Odoo are being sent.", count)
                if count
                else self.env._("There is nothing that isn't there already."),
            },
        }

    def _record_found(self, found, limit=None):
        """Put records into the outbox, those that wait there already left out.

        :param found: list of SQL that selects ``id`` and ``operation``
        :return: number of records
        """
        self.ensure_one()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO connector_change (
                    create_date, state, correlation_id, flow_id, res_model, res_id,
                    operation)
                SELECT %(now)s, 'pending', %(correlation)s, %(flow)s, %(model)s,
                       found.id, found.operation
                  FROM (%(found)s) AS found
                 WHERE NOT EXISTS (
                    SELECT FROM connector_change c
                     WHERE c.flow_id = %(flow)s AND c.res_id = found.id)
                 ORDER BY found.id LIMIT %(limit)s
                RETURNING id
                """,
                now=fields.Datetime.now(),
                correlation=correlation_of(self.env),
                flow=self.id,
                model=self.res_model,
                found=SQL(" UNION ALL ").join(found),
                limit=limit,
            )
        )
        if rows:
            self.env["connector.job"]._wake_lanes({self.lane})
        return len(rows)

    def _changed_bound(self, since):
        """SQL of the bound records that are newer than what both sides agreed on."""
        table = SQL.identifier(self.env[self.res_model]._table)
        return SQL(
            """
            SELECT r.id, 'write' AS operation
              FROM connector_binding b JOIN %s r ON r.id = b.res_id
             WHERE b.connection_id = %s AND b.entity = %s AND b.res_model = %s
               AND b.state = 'synced' AND r.write_date > %s
               AND r.write_date > b.synced_at
            """,
            table,
            self.connection_id.id,
            self.entity,
            self.res_model,
            since,
        )

    def _created_unbound(self, since=None):
        """SQL of the records that may go out and have no binding.

        :param since: only those that were made since then
        """
        domain = self._entity_model()._eligible_domain() & self._push_domain()
        if since:
            domain &= Domain("create_date", ">", since)
        records = self.env[self.res_model].with_context(active_test=False)
        return SQL(
            """
            SELECT r.id, 'create' AS operation FROM (%s) AS r
             WHERE NOT EXISTS (
                SELECT FROM connector_binding b
                 WHERE b.connection_id = %s AND b.entity = %s AND b.res_id = r.id)
            """,
            records._search(domain).select(),
            self.connection_id.id,
            self.entity,
        )
