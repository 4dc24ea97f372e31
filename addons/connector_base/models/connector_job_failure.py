import datetime
import logging
import random
import traceback

from dateutil.relativedelta import relativedelta

from odoo import fields, models

from ..engine import retry
from ..engine.errors import (
    OURS,
    UNEXPECTED_SHAPE,
    ConnectorError,
    error_class_of,
)
from ..engine.masking import mask_text
from ..engine.queue import LeaseLost
from .connector_concurrency import is_concurrency_error
from .connector_job_run import SERIALIZATION_TRIES

_logger = logging.getLogger(__name__)


class ConnectorJob(models.Model):
    """What becomes of a job that failed: decided by the class of its error."""

    _inherit = "connector.job"

    def _record_failure_safely(self, error):
        """Record a failure; if even that fails, the lease's end brings the job back."""
        self._count_failure(error)
        for _attempt in range(SERIALIZATION_TRIES):
            try:
                self._keep_lease()
                self._record_failure(error)
                self._commit()
                return
            except LeaseLost:
                self._leave_to_other_worker()
                return
            except Exception:
                self.env.cr.rollback()
                _logger.exception(
                    "Connector job %s: its failure is not recorded", self.id
                )

    def _count_failure(self, error):
        """Count a failure of the vendor in its circuit, before anything is locked."""
        if not isinstance(error, ConnectorError) or not self.connection_id:
            return
        sentence = self.env["connector.exception"]._sentence_of_error(error)
        try:
            self.connection_id._note_failure(error.error_class, sentence)
        except Exception:
            _logger.exception("Connector job %s: its failure is not counted", self.id)

    def _policy(self, error_class):
        """What this job does after an error: as its flow says, or the default."""
        if self.flow_id:
            return self.flow_id._retry_policy(error_class)
        return retry.policy_for(error_class)

    def _record_failure(self, error):
        """Decide by the error's class what becomes of the job."""
        error_class = error_class_of(error)
        if is_concurrency_error(error):
            error_class, policy = "transient", retry.policy_for("transient")
        else:
            policy = self._policy(error_class)
        known = isinstance(error, ConnectorError)
        sentence = (
            self.env["connector.exception"]._sentence_of_error(error)
            if known
            else mask_text(self._unsaid(f"{type(error).__name__}: {error}"), 500)
        )
        vals = {
            "error_class": error_class,
            "error": sentence,
            "error_detail": {
                "code": getattr(error, "code", None),
                "request": getattr(error, "request", None),
                "response": getattr(error, "response", None),
                "request_id": getattr(error, "request_id", None),
            },
            "traceback": None
            if known and error.code != UNEXPECTED_SHAPE
            else mask_text(
                self._unsaid("".join(traceback.format_exception(error))), 20000
            ),
        }
        log = _logger.info if known else _logger.error
        log("Connector job %s (%s) failed: %s", self.id, self.name, sentence)
        if policy.pauses and self.connection_id:
            self.connection_id._need_attention(sentence)
            self._report(error, error_class, sentence)
            self._finish_later(0, {**vals, "attempt": self.attempt - 1})
        elif policy.may_retry(self.attempt):
            self._retry_later(error, error_class, policy, vals)
        else:
            self._report(error, error_class, sentence)
            self._finish({"state": "dead", **vals})

    def _unsaid(self, text):
        """A text of a mistake in the program, without secrets of the connection."""
        return self.connection_id._without_secrets(text)

    def _retry_later(self, error, error_class, policy, vals):
        retry_at = getattr(error, "retry_at", None)
        seconds = retry.backoff(policy, self.attempt)
        if retry_at:
            wait = (retry_at - datetime.datetime.now(datetime.UTC)).total_seconds()
            seconds = max(seconds if error_class != "rate_limited" else 0, wait, 0)
        if error_class == "rate_limited":
            vals["attempt"] = self.attempt - 1
            if getattr(error, "code", None) in OURS:
                # No wish of the vendor's: other jobs of the connection go on. Those
                # that met it don't come back all at once.
                seconds += 1 + random.random()  # nosec B311
            elif self.connection_id:
                # All jobs of the account wait, or each would be refused on its own.
                until = fields.Datetime.now() + relativedelta(seconds=seconds)
                known = self.connection_id.blocked_until or until
                self.connection_id.blocked_until = max(known, until)
        self._finish_later(seconds, vals)

    def _report(self, error, error_class, sentence):
        """Open the exception that a person sees."""
        if self.connection_id:
            self.env["connector.exception"]._report_job(
                self, error_class, getattr(error, "code", "bug"), sentence, error
            )
