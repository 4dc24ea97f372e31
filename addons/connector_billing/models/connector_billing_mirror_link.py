from odoo import models
from odoo.tools import SQL


class ConnectorBillingMirror(models.AbstractModel):
    """Links records by the vendor's ids, whichever of both has come first."""

    _inherit = "connector.billing.mirror"

    #: ``(model, name)`` of the records that refer to these, by ``<name>_ref``, and are
    #: linked with them by ``<name>_id``.
    _referred_by = ()
    #: ``(model, name)`` of the records that these refer to.
    _refers_to = ()

    def _link_all(self, connection):
        """Link these with what they refer to, and what refers to them, in SQL."""
        self.env.flush_all()
        for model, name in self._referred_by:
            self._link(connection, self.env[model], name, self, here=False)
        for model, name in self._refers_to:
            self._link(connection, self, name, self.env[model], here=True)

    def _link(self, connection, referring, name, referred, here):
        """One statement for a batch.

        :param here: ``self`` refers; otherwise it is referred to
        """
        ref = SQL("%s", SQL.identifier("r", f"{name}_ref"))
        same = SQL("%s = m.remote_id", ref)
        if "gateway_id" in referred._fields:
            # Settlement files know the gateway's ids only; of several tries that share
            # one, the one that succeeded is meant.
            same = SQL(
                "(%s OR (%s = m.gateway_id AND m.status = 'succeeded'))", same, ref
            )
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE %(referring)s r SET %(link)s = m.id
                  FROM %(referred)s m
                 WHERE r.connection_id = %(connection)s AND r.%(link)s IS NULL
                   AND m.connection_id = r.connection_id
                   AND %(same)s AND %(own)s = ANY(%(ids)s)
                RETURNING r.id
                """,
                referring=SQL.identifier(referring._table),
                referred=SQL.identifier(referred._table),
                link=SQL.identifier(f"{name}_id"),
                connection=connection.id,
                same=same,
                own=SQL.identifier("r" if here else "m", "id"),
                ids=self.ids,
            )
        )
        if rows:
            linked = referring.browse(row[0] for row in rows)
            linked.invalidate_recordset([f"{name}_id"])
            linked.modified([f"{name}_id"])
            referred.invalidate_model(referred._inverse_names(referring, name))

    def _inverse_names(self, referring, name):
        """Names of the one2many fields over a link."""
        return [
            field.name
            for field in self._fields.values()
            if field.type == "one2many"
            and field.comodel_name == referring._name
            and field.inverse_name == f"{name}_id"
        ]


class ConnectorPayment(models.Model):
    _inherit = "connector.payment"

    _referred_by = (
        ("connector.refund", "payment"),
        ("connector.dispute", "payment"),
        ("connector.balance.transaction", "payment"),
    )


class ConnectorRefund(models.Model):
    _inherit = "connector.refund"

    _referred_by = (
        ("connector.balance.transaction", "refund"),
        ("connector.payment.application", "refund"),
    )
    _refers_to = (("connector.payment", "payment"),)


class ConnectorDispute(models.Model):
    _inherit = "connector.dispute"

    _referred_by = (("connector.balance.transaction", "dispute"),)
    _refers_to = (("connector.payment", "payment"),)


class ConnectorPayout(models.Model):
    _inherit = "connector.payout"

    _referred_by = (
        ("connector.balance.transaction", "payout"),
        ("connector.balance.transaction", "failed_payout"),
    )


class ConnectorBalanceTransaction(models.Model):
    _inherit = "connector.balance.transaction"

    _refers_to = (
        ("connector.payment", "payment"),
        ("connector.refund", "refund"),
        ("connector.dispute", "dispute"),
        ("connector.payout", "payout"),
        ("connector.payout", "failed_payout"),
    )
