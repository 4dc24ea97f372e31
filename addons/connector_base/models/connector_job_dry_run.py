import contextlib
import datetime
import time

from odoo import SUPERUSER_ID, api, models
from odoo.tools import SQL

from ..engine.dry_run import dry_run
from ..engine.errors import ConnectorError, NotSent
from ..engine.masking import mask_text

#: Key of the context of a job that must leave no trace: when it has to end, on the
#: monotonic clock, and how many records it may show.
DRY_RUN = "connector_dry_run"
#: Seconds that a dry run waits for rows that others have locked.
LOCK_SECONDS = 2


@contextlib.contextmanager
def rolled_back(env, seconds, most):
    """An environment whose transaction is rolled back, whatever is called in it.

    Clients of vendors that are made within it only read.

    :param seconds: how long it may take
    :param most: records after which it ends at the next checkpoint
    :return: ``(environment of the superuser, list of requests not sent)``, see
        ``engine.dry_run``
    """
    with env.registry.cursor() as cr, dry_run() as requests:
        cr.execute(SQL("SET LOCAL lock_timeout = %s", LOCK_SECONDS * 1000))
        # What ends a transaction keeps it open: the end is ours.
        cr.commit = cr.rollback = cr.flush
        try:
            limits = {"end": time.monotonic() + seconds, "most": most}
            context = {DRY_RUN: limits, "lang": env.context.get("lang")}
            yield api.Environment(cr, SUPERUSER_ID, context), requests
        finally:
            del cr.commit, cr.rollback
            cr.rollback()


class Enough(Exception):
    """A dry run has shown as much as it may."""


class ConnectorJob(models.Model):
    """Run a job to see what it would write, and leave nothing of it.

    In a cursor of its own, which can't commit: whatever the job calls, its transaction
    is rolled back. Clients of vendors that are made meanwhile only read.
    """

    _inherit = "connector.job"

    def _dry_run(self, seconds, most):
        """Say what a job would do.

        :param most: log lines after which it ends
        :return: dict of ``lines`` (see :meth:`_dry_run_lines`), ``requests`` (see
            ``engine.dry_run``), ``error`` (sentence or ``None``) and ``cut``, whether
            there was more
        """
        self.ensure_one()
        found = {"lines": [], "error": None, "cut": False}
        with rolled_back(self.env, seconds, most) as (env, requests):
            env[self._name].browse(self.id)._dry_run_here(found)
        found["requests"] = requests
        return found

    def _dry_run_here(self, found):
        last_ids = self._dry_run_last_ids()
        limits = {**self.env.context[DRY_RUN], "last_log": last_ids["connector.log"]}
        job = self.with_context(**{DRY_RUN: limits})
        row = {
            "id": job.id,
            "correlation_id": job.correlation_id,
            "model_name": job.model_name,
            "method_name": job.method_name,
            "record_ids": job.record_ids,
            "kwargs": job.kwargs,
            "company_id": job.company_id.id,
        }
        try:
            job._call(row)
            self.env.flush_all()
        except (Enough, NotSent) as stop:
            found["cut"] = isinstance(stop, Enough)
        except ConnectorError as error:
            sentence = self.env["connector.exception"]._sentence_of_error(error)
            found["error"] = sentence
        except Exception as error:
            found["error"] = mask_text(f"{type(error).__name__}: {error}", 500)
            if self.env.cr.connection.info.transaction_status == 3:
                # A statement failed: what was written before it can't be read.
                return
        found["lines"] = self._dry_run_lines(last_ids, limits["most"])

    def _dry_run_last_ids(self):
        last_ids = {}
        for name in ("connector.log", "connector.exception.item"):
            table = SQL.identifier(self.env[name]._table)
            query = SQL("SELECT COALESCE(MAX(id), 0) FROM %s", table)
            [(last_ids[name],)] = self.env.execute_query(query)
        return last_ids

    def _dry_run_lines(self, last_ids, most):
        """What was logged and held, masked as the log and the exceptions are.

        :return: list of dicts of ``record``, ``action`` and ``changes``
        """
        model = self.env["connector.log"]
        logs = model.search(
            [("id", ">", last_ids[model._name]), ("action", "!=", "run")],
            order="id",
            limit=most,
        )
        labels = dict(model._fields["action"]._description_selection(self.env))
        lines = [
            {
                "record": log.remote_id or str(log.res_id or ""),
                "action": labels[log.action],
                "changes": log.changes_text,
            }
            for log in logs
        ]
        model = self.env["connector.exception.item"]
        items = model.search([("id", ">", last_ids[model._name])], limit=most)
        return lines + [
            {
                "record": item.remote_id,
                "action": labels["hold"],
                "changes": item.message or item.exception_id.name,
            }
            for item in items
        ]

    def _checkpoint(self):
        limits = self.env.context.get(DRY_RUN)
        if not limits:
            return super()._checkpoint()
        self.env.flush_all()
        left = limits["end"] - time.monotonic()
        written = self.env["connector.log"].search_count(
            [("id", ">", limits["last_log"])], limit=limits["most"]
        )
        if left <= 0 or written >= limits["most"]:
            raise Enough
        return datetime.timedelta(hours=1).total_seconds()

    def _keep_lease(self):
        if not self.env.context.get(DRY_RUN):
            super()._keep_lease()
