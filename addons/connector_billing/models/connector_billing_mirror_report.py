from odoo import api, models

from odoo.addons.connector_base.engine.queue import Again
from odoo.addons.connector_base.engine.records import RemoteRecord
from odoo.addons.connector_base.models.connector_import_permission import (
    PERMISSION_CODES,
)
from odoo.addons.connector_base.models.connector_mapper import Mapped

#: Codes of what keeps documents from being made.
BOOKING_CODES = (
    *("money_not_set_up", "money_no_customer", "money_no_date", "money_negative"),
    *(
        "period_closed",
        "period_held",
        "money_no_exchange_account",
        "balance_net_differs",
    ),
    *("no_rate", "refused_by_odoo", "import_failed"),
    *PERMISSION_CODES,
)
#: Records that are booked in one transaction.
BOOK_BATCH = 200
#: Seconds that must be left of the worker's time for one more batch.
BATCH_SECONDS = 5


class ConnectorBillingMirror(models.AbstractModel):
    """Books outside of a pull, and says what keeps documents from being made."""

    _inherit = "connector.billing.mirror"

    #: Name of the entity whose records these are.
    _mirrored_entity = None

    def _book_and_report(self):
        """Book these and renew what the inbox says of them."""
        self._report_problems(BOOKING_CODES, self._book())

    def _report_problems(self, codes, problems):
        """Open and renew exceptions of records, and close those that are over.

        :param codes: of the problems that were looked for
        :param problems: ``{record id: records.Problem}``
        """
        exceptions = self.env["connector.exception"].sudo()
        for connection, mirrors in self.grouped("connection_id").items():
            flow = mirrors._flow_of(connection)
            if not flow:
                continue
            cases = [
                (mirror._as_mapped(), problems[mirror.id])
                for mirror in mirrors
                if mirror.id in problems
            ]
            still = {
                (mapped.record.remote_id, exceptions._fingerprint(flow, problem))
                for mapped, problem in cases
            }
            mirrors._close_items(flow, codes, still)
            if cases:
                exceptions._report(flow, cases)

    @api.model
    def _flow_of(self, connection):
        return connection.sudo().flow_ids.filtered(
            lambda flow: flow.entity == self._mirrored_entity
        )[:1]

    def _as_mapped(self):
        """The record as an exception wants it."""
        mapped = Mapped(RemoteRecord(self.remote_id, {"amount": str(self.amount)}), "")
        mapped.record_id = self.id
        mapped.canonical = {"amount": self.amount, "currency": self.currency_id.name}
        if "partner_id" in self._fields:
            mapped.values = {"partner_id": self.partner_id.id}
        return mapped

    def _close_items(self, flow, codes, still):
        items = (
            self.env["connector.exception.item"]
            .sudo()
            .search(
                [
                    ("flow_id", "=", flow.id),
                    ("direction", "=", "pull"),
                    ("state", "=", "open"),
                    ("remote_id", "in", self.mapped("remote_id")),
                    ("exception_id.code", "in", codes),
                ]
            )
        )
        items.filtered(
            lambda item: (item.remote_id, item.exception_id.fingerprint) not in still
        )._close("resolved")

    # -- again, when something else has changed -------------------------------

    @api.model
    def _enqueue_booking(self, connection):
        """Enqueue booking what was held, or waits, of a connection."""
        return self.env["connector.job"].enqueue(
            self,
            "_job_book",
            kwargs={"connection_id": connection.id},
            name=self.env._(
                "Book %(what)s of %(connection)s",
                what=self._description,
                connection=connection.name,
            ),
            connection=connection,
            lane="finance",
            identity_key=f"book:{self._name}:{connection.id}",
            order_key=f"book:{connection.id}",
        )

    @api.model
    def _job_book(self, job, connection_id, after_id=0):
        """Book what was held or waits, batch by batch."""
        domain = [
            ("connection_id", "=", connection_id),
            ("booking", "in", ["held", "waiting"]),
        ]
        booked = 0
        while mirrors := self.search(
            [*domain, ("id", ">", after_id)], order="id", limit=BOOK_BATCH
        ):
            mirrors._book_and_report()
            after_id = mirrors[-1].id
            booked += len(mirrors)
            if job._checkpoint() < BATCH_SECONDS:
                return Again(result={"booked": booked})
        self._after_job(self.env["connector.connection"].browse(connection_id))
        return {"booked": booked}

    @api.model
    def _after_job(self, connection):
        """Look at what can only be judged when all is booked; extend it."""
