from odoo import models

from ..engine.records import RowResult

#: Key of the context of a push that only shows what it would send.
TELL_ONLY = "connector_tell_only"


class TellingWriter:
    """Stands in for a vendor's writer and says of every row that it was taken.

    What the vendor would answer nobody knows beforehand. It sends nothing.
    """

    def __init__(self, batch_size):
        self.batch_size = batch_size

    def create(self, rows):  # pylint: disable=method-required-super
        return [RowResult(row.key, f"new:{row.key}") for row in rows]

    def update(self, rows):
        return [RowResult(row.key, row.remote_id) for row in rows]

    archive = update


class ConnectorPush(models.AbstractModel):
    """The push, part five: what would go, without sending it.

    All of the push is carried out but the requests, and the caller takes it back: the
    log then says what would have gone, parents among it.
    """

    _inherit = "connector.push"

    def _tell(self, flow, res_ids):
        """Push Odoo records as they are now, to nobody.

        Within ``connector_job_dry_run.rolled_back`` only.

        :param res_ids: Odoo ids of what the flow sends
        """
        push = self.with_context(**{TELL_ONLY: True})
        run = push._start(flow, self.env["connector.job"])
        push._push(run, push._gather(run, res_ids))
        self.env.flush_all()

    def _build(self, flow, job, client, stats):
        run = super()._build(flow, job, client, stats)
        if self.env.context.get(TELL_ONLY) and run.writer is not None:
            run.writer = TellingWriter(run.writer.batch_size)
            run.prepared = True
        return run
