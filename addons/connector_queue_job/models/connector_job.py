import logging

from odoo import SUPERUSER_ID, api, fields, models

from odoo.addons.connector_base.models.connector_concurrency import (
    is_concurrency_error,
)

from .connector_lane import QUEUE_JOB

_logger = logging.getLogger(__name__)

#: Tries to ask for a turn that the runner got in the way of.
ASK_TRIES = 3


class ConnectorJob(models.Model):
    """Which lanes wake, run and help one another where queue_job runs some."""

    _inherit = "connector.job"

    def _call_workers(self, wanted):
        """Ask queue_job for turns on its lanes, and the crons for the others.

        After the commit and in a transaction of its own: one that looked whether a
        turn waits already from within the work would see what was when that began,
        and might count on a turn that was taken long ago.
        """
        runners = self.env["connector.lane"]._runners()
        now = fields.Datetime.now()
        moments = {}
        for lane, moment in wanted:
            if runners.get(lane) == QUEUE_JOB:
                moment = moment or now
                moments[lane] = min(moments.get(lane, moment), moment)
        if moments:
            registry = self.env.registry
            self.env.cr.postcommit.add(lambda: ask_for_turns(registry, moments))
        crons = {(lane, at) for lane, at in wanted if lane not in moments}
        if crons:
            super()._call_workers(crons)

    @api.model
    def _cron_run_lane(self, lane, number=1):
        """Run the lane; where queue_job does, see that nothing is left to wait there.

        What it never does is run jobs in its place: the lane's form says when
        queue_job's runner does not come.
        """
        if self.env["connector.lane"]._runners().get(lane) != QUEUE_JOB:
            super()._cron_run_lane(lane, number)
        elif number == 1:
            self._look_after(lane)

    def _look_after(self, lane):
        """Ask for turns where jobs are due and nobody is at work; never raises."""
        try:
            self._in_transaction(lambda: self._collect_work(lane))
            self._reclaim_expired()
            self._in_transaction(self._release)
            if not self._has_work(lane):
                self._wake_at_next_eta(lane)
            elif not self.env["connector.lane.worker"]._serving().get(lane):
                self._wake_lanes({lane})
            self._commit()
        except Exception:
            self.env.cr.rollback()
            _logger.exception("Looking after the lane %s failed.", lane)

    @api.model
    def _deserted_lanes(self, lane):
        """More urgent lanes that want help: from workers of the same runner only."""
        deserted = super()._deserted_lanes(lane)
        if not deserted:
            return deserted
        runners = self.env["connector.lane"]._runners()
        return [code for code in deserted if runners[code] == runners[lane]]


def ask_for_turns(registry, moments):
    """See that a turn of each slot of these lanes waits, from its moment on.

    Never raises: what the transaction before did is committed. A turn that could not
    be asked for is made up for by the lane's scheduled action within a minute.

    :param moments: ``{lane: datetime, naive UTC}``
    """
    for attempt in range(1, ASK_TRIES + 1):
        try:
            with registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                env["connector.lane"]._ask_for_turns(moments)
            return
        except Exception as error:
            # The turn that was to come sooner may have begun just now.
            if not is_concurrency_error(error) or attempt == ASK_TRIES:
                _logger.warning("A lane's turn comes a minute late.", exc_info=True)
                return
