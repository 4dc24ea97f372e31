import dataclasses

from odoo import api, fields, models, tools
from odoo.tools import SQL


class ConnectorErased(models.Model):
    """A remote record that was erased on request: it isn't taken again.

    Vendors go on sending what they have. It is counted, and nothing of it is stored.
    """

    _name = "connector.erased"
    _description = "Connector Erased Record"
    _rec_name = "remote_id"
    _log_access = False

    connection_id = fields.Many2one(
        "connector.connection", required=True, readonly=True, ondelete="cascade"
    )
    entity = fields.Char(required=True, readonly=True)
    stream = fields.Char(readonly=True)
    remote_id = fields.Char(string="Remote ID", required=True, readonly=True)
    erased_at = fields.Datetime(
        string="Erased", required=True, readonly=True, default=fields.Datetime.now
    )

    _remote_uniq = models.Constraint(
        "UNIQUE(connection_id, entity, remote_id)", "A record is erased once."
    )

    @api.model
    def _add(self, remotes):
        """Note records that aren't taken any more, in one statement.

        :param remotes: iterable of ``engine.person.Remote``
        """
        rows = [
            SQL("%s", (r.connection_id, r.entity, r.stream, r.remote_id, now))
            for now in [fields.Datetime.now()]
            for r in sorted(remotes)
        ]
        if not rows:
            return
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO connector_erased
                    (connection_id, entity, stream, remote_id, erased_at)
                VALUES %s ON CONFLICT DO NOTHING
                """,
                SQL(", ").join(rows),
            )
        )
        self.env.registry.clear_cache()

    @api.model
    def _among(self, connection_id, entity, remote_ids):
        """Those of these ids that aren't to be taken; one query."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT remote_id FROM connector_erased
                 WHERE connection_id = %s AND entity = %s AND remote_id = ANY(%s)
                """,
                connection_id,
                entity,
                list(remote_ids),
            )
        )
        return {row[0] for row in rows}

    @api.model
    @tools.ormcache("connection_id")
    def _of_streams(self, connection_id):
        """``{(stream, remote id)}`` of a connection; a delivery asks no database."""
        rows = self.env.execute_query(
            SQL(
                "SELECT stream, remote_id FROM connector_erased"
                " WHERE connection_id = %s",
                connection_id,
            )
        )
        return frozenset(rows)


class ConnectorBinding(models.Model):
    _inherit = "connector.binding"

    state = fields.Selection(
        selection_add=[("erased", "Erased on Request")],
        ondelete={"erased": "set default"},
    )


class ConnectorPull(models.AbstractModel):
    _inherit = "connector.pull"

    def _changed(self, run, records, force):
        """Drop what was erased on request before anything looks at it."""
        erased = self.env["connector.erased"]._among(
            run.connection.id, run.entity_name, [r.remote_id for r in records]
        )
        if erased:
            run.stats["erased"] += len(erased)
            records = [r for r in records if r.remote_id not in erased]
        return super()._changed(run, records, force)


class ConnectorEvent(models.Model):
    _inherit = "connector.event"

    @api.model
    def _receive(self, connection_id, company_id, events):
        """Keep nothing of what is said of erased records, but that it was said."""
        erased = self.env["connector.erased"]._of_streams(connection_id)
        if erased:
            events = [
                dataclasses.replace(event, payload={})
                if (event.stream, event.remote_id) in erased
                else event
                for event in events
            ]
        return super()._receive(connection_id, company_id, events)
