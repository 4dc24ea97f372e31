from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from .bulk_delete import bulk_delete
from .connector_audit import RETENTION_DAYS as AUDIT_DAYS
from .connector_audit import RETENTION_PARAMETER as AUDIT_PARAMETER
from .connector_event import RETENTION_DAYS as EVENT_DAYS
from .connector_event import RETENTION_PARAMETER as EVENT_PARAMETER
from .connector_job import KEEP_DONE_DAYS
from .connector_log import RETENTION_PARAMETER as LOG_PARAMETER
from .connector_payload import KEEP_DAYS as PAYLOAD_DAYS

LOG_DAYS = 400
#: A month's books are closed with the log; auditors look back for three years.
LOG_LEAST, AUDIT_LEAST = 30, 1096
DEAD_DAYS = 180
SETTLED_DAYS = 90
#: Rows that one pass of the vacuum empties or deletes.
VACUUM_BATCH = 1000


class RetentionClass(NamedTuple):
    """A class of data that is kept for a time.

    :param days: where the system parameter isn't set
    :param least: fewer days aren't taken
    :param model: whose rows they are
    :param date: column that tells how old a row is
    :param due: SQL of the rows that may go, however old; ``None`` where whole seals go
    """

    key: str
    label: str
    what: str
    parameter: str
    days: int
    least: int
    model: str
    date: str
    due: SQL | None


class ConnectorRetention(models.AbstractModel):
    """How long each class of data is kept. What waits for somebody never goes.

    An addon adds a class by extending ``_classes`` and deletes its rows by a vacuum of
    its own, after ``_limit(key)``.
    """

    _name = "connector.retention"
    _description = "Connector Retention"

    @api.model
    def _classes(self):
        _ = self.env._
        return [
            RetentionClass(
                "event",
                _("Events"),
                _("What vendors told, once it is done; deleted"),
                EVENT_PARAMETER,
                EVENT_DAYS,
                1,
                "connector.event",
                "processed_at",
                SQL("state IN ('done', 'ignored')"),
            ),
            RetentionClass(
                "payload",
                _("Payloads"),
                _("Records as they came, to try field maps on; deleted"),
                "connector_base.payload_retention_days",
                PAYLOAD_DAYS,
                1,
                "connector.payload",
                "received_at",
                SQL("TRUE"),
            ),
            RetentionClass(
                "settled",
                _("Settled Exceptions"),
                _("Values of records that were taken, with conflicts; emptied"),
                "connector_base.settled_retention_days",
                SETTLED_DAYS,
                7,
                "connector.exception.item",
                "last_seen_at",
                # What is ignored comes back by its payload, when the vendor changes it.
                SQL(
                    "state = 'resolved' AND (payload_token IS NOT NULL"
                    " OR label IS NOT NULL OR match_values IS NOT NULL)"
                ),
            ),
            RetentionClass(
                "conflict",
                _("Settled Conflicts"),
                _("The values of both sides; deleted"),
                "connector_base.settled_retention_days",
                SETTLED_DAYS,
                7,
                "connector.conflict",
                "write_date",
                SQL(
                    "item_id IN (SELECT id FROM connector_exception_item"
                    " WHERE state = 'resolved')"
                ),
            ),
            RetentionClass(
                "job",
                _("Finished Jobs"),
                _("Jobs that are done or cancelled; deleted"),
                "connector_base.job_retention_days",
                KEEP_DONE_DAYS,
                1,
                "connector.job",
                "finished_at",
                SQL("state IN ('done', 'cancelled')"),
            ),
            RetentionClass(
                "dead",
                _("Dead Letters"),
                _("Traceback, request and answer; emptied, the job waits on"),
                "connector_base.dead_letter_retention_days",
                DEAD_DAYS,
                7,
                "connector.job",
                "finished_at",
                SQL(
                    "state = 'dead' AND (traceback IS NOT NULL"
                    " OR error_detail IS NOT NULL OR original_kwargs IS NOT NULL)"
                ),
            ),
            RetentionClass(
                "log",
                _("Log"),
                _("What was done with each record; deleted seal by seal"),
                LOG_PARAMETER,
                LOG_DAYS,
                LOG_LEAST,
                "connector.log",
                "create_date",
                None,
            ),
            RetentionClass(
                "audit",
                _("Audit"),
                _("Who decided what; deleted seal by seal"),
                AUDIT_PARAMETER,
                AUDIT_DAYS,
                AUDIT_LEAST,
                "connector.audit",
                "create_date",
                None,
            ),
        ]

    @api.model
    def _class(self, key):
        return next(found for found in self._classes() if found.key == key)

    @api.model
    def _days(self, found):
        """Days that a class is kept; never fewer than its least."""
        parameters = self.env["ir.config_parameter"].sudo()
        try:
            days = int(parameters.get_param(found.parameter, found.days))
        except ValueError:
            days = found.days
        return max(days, found.least)

    @api.model
    def _limit(self, key, days=None):
        """Moment before which rows of a class go, naive UTC.

        :param days: instead of what is set
        """
        found = self._class(key)
        days = self._days(found) if days is None else max(days, found.least)
        return fields.Datetime.subtract(fields.Datetime.now(), days=days)

    @api.model
    def _overdue(self, key, days=None):
        """SQL of the rows of a class that are past their time."""
        found = self._class(key)
        return SQL(
            "(%s) AND %s < %s",
            found.due,
            SQL.identifier(found.date),
            self._limit(key, days),
        )

    @api.model
    def _empty(self, key, names):
        """Empty columns of a class's rows that are past their time, a batch of them.

        :return: ``(done, remaining)`` as Odoo's vacuum wants it
        """
        model = self.env[self._class(key).model]
        table = SQL.identifier(model._table)
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s WHERE id IN (SELECT id FROM %s WHERE %s LIMIT %s)",
                table,
                SQL(", ").join(
                    SQL("%s = NULL", SQL.identifier(name)) for name in names
                ),
                table,
                self._overdue(key),
                VACUUM_BATCH,
            )
        )
        done = self.env.cr.rowcount
        model.invalidate_model(flush=False)
        if done:
            chain = (
                self.env["connector.seal.chain"].sudo()._of(self.env["connector.log"])
            )
            said = {self._class(key).label: [None, done]}
            self.env["connector.audit"]._note(chain, "expire", said)
        return done, done == VACUUM_BATCH


class ConnectorSealed(models.AbstractModel):
    _inherit = "connector.sealed"

    @api.model
    def _kept_until(self):
        """Never less than the least, whatever the parameter says."""
        for found in self.env["connector.retention"]._classes():
            if found.model == self._name:
                return self.env["connector.retention"]._limit(found.key)
        return super()._kept_until()


class ConnectorExceptionItem(models.Model):
    _inherit = "connector.exception.item"

    @api.autovacuum
    def _gc_settled(self):
        """Empty what was held and has long been taken, in bounded batches.

        :return: ``(done, remaining)`` as Odoo's vacuum wants it
        """
        names = ["payload_token", "label", "partner_label", "match_values"]
        return self.env["connector.retention"]._empty("settled", names)


class ConnectorConflict(models.Model):
    _inherit = "connector.conflict"

    @api.autovacuum
    def _gc_settled(self):
        """Delete conflicts that were settled long ago, in bounded batches.

        :return: ``(done, remaining)`` as Odoo's vacuum wants it
        """
        overdue = self.env["connector.retention"]._overdue("conflict")
        return bulk_delete(self, overdue, VACUUM_BATCH)


class ConnectorMatchCandidate(models.Model):
    _inherit = "connector.match.candidate"

    @api.autovacuum
    def _gc_settled(self):
        """Delete candidates of records that were taken, in bounded batches.

        :return: ``(done, remaining)`` as Odoo's vacuum wants it
        """
        taken = SQL(
            "item_id IN (SELECT id FROM connector_exception_item"
            " WHERE state = 'resolved' AND last_seen_at < %s)",
            self.env["connector.retention"]._limit("settled"),
        )
        return bulk_delete(self, taken, VACUUM_BATCH)


class ConnectorJob(models.Model):
    _inherit = "connector.job"

    @api.autovacuum
    def _gc_dead(self):
        """Empty what old dead letters quote; the job itself waits for somebody.

        :return: ``(done, remaining)`` as Odoo's vacuum wants it
        """
        names = ["traceback", "error_detail", "original_kwargs"]
        return self.env["connector.retention"]._empty("dead", names)
