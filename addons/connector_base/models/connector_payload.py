import datetime
import json
import zlib

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import crypto
from ..engine.records import RemoteRecord
from .bulk_delete import bulk_delete

#: Records of a flow that are kept where nobody says otherwise.
KEEP_RECORDS = 5000
#: Days after which they go, however few there are.
KEEP_DAYS = 90
#: Chunks that one pass of the vacuum deletes.
VACUUM_BATCH = 500
#: zlib's quickest level: the others cost four times as much for a tenth less.
LEVEL = 1


class ConnectorPayload(models.Model):
    """The last records of a flow as the vendor sent them, to try field maps on.

    A row holds a whole batch, packed and encrypted with the keys of the credentials: a
    row for each record would cost the pull more than the record itself. Nobody but the
    engine reads it. Of a record that is in several rows the newest counts.
    """

    _name = "connector.payload"
    _inherit = ["connector.encrypted"]
    _description = "Connector Payload"
    _order = "id desc"
    _log_access = False
    _encrypted = ("blob",)

    flow_id = fields.Many2one(
        "connector.flow", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", readonly=True)
    received_at = fields.Datetime(required=True, readonly=True, index=True)
    count = fields.Integer(readonly=True)
    blob = fields.Binary(attachment=False, readonly=True, groups=fields.NO_ACCESS)

    # -- write ------------------------------------------------------------------

    @api.model
    def _keep(self, run, records):
        """Keep records of a batch, in its transaction.

        :param run: ``connector_pull.Run``
        :param records: list of ``records.RemoteRecord``
        """
        live = [record for record in records if not record.archived]
        if not run.keep_payloads or not live:
            return
        live = live[-run.keep_payloads :]
        if "vault" not in run.tables:
            run.tables["vault"] = run.connection._job_vault()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO connector_payload
                    (flow_id, company_id, received_at, count, blob)
                VALUES (%s, %s, %s, %s, %s)
                """,
                run.flow.id,
                run.connection.company_id.id,
                fields.Datetime.now(),
                len(live),
                pack(run.tables["vault"], live),
            )
        )
        kept = run.tables.get("kept", 0) + len(live)
        if kept >= run.keep_payloads:
            # A first load brings more than is kept, and the vacuum comes once a day.
            bulk_delete(self, self._beyond(run.flow.id), VACUUM_BATCH)
            kept = 0
        run.tables["kept"] = kept

    # -- read -------------------------------------------------------------------

    @api.model
    def _newest(self, flow, limit, remote_id=None):
        """The newest records of a flow, each once, the latest first.

        Chunks that no key of this server opens are left out.

        :param limit: most records
        :param remote_id: only this one
        :return: list of ``records.RemoteRecord``
        """
        vault, found = None, {}
        for chunk_id in self._chunk_ids(flow):
            vault = vault or self.env["connector.credential"].sudo()._vault()
            for record in reversed(self._unpacked(vault, chunk_id)):
                if remote_id is None or record.remote_id == remote_id:
                    found.setdefault(record.remote_id, record)
                if len(found) >= limit:
                    return list(found.values())
        return list(found.values())

    @api.model
    def _latest_chunk(self, flow):
        """The records of the newest chunk, the latest first; one read."""
        for chunk_id in self._chunk_ids(flow, 1):
            vault = self.env["connector.credential"].sudo()._vault()
            return list(reversed(self._unpacked(vault, chunk_id)))
        return []

    def _chunk_ids(self, flow, limit=None):
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM connector_payload WHERE flow_id = %s"
                " ORDER BY id DESC LIMIT %s",
                flow.id,
                limit,
            )
        )
        return [row[0] for row in rows]

    def _unpacked(self, vault, chunk_id):
        [(blob,)] = self.env.execute_query(
            SQL("SELECT blob FROM connector_payload WHERE id = %s", chunk_id)
        )
        try:
            return unpack(vault, bytes(blob))
        except crypto.VaultError:
            return []

    # -- retention --------------------------------------------------------------

    def _beyond(self, flow_id=None):
        """SQL of the chunks that are beyond what their flow keeps."""
        return SQL(
            """
            id IN (
                SELECT ranked.id FROM (
                    SELECT p.id, f.keep_payloads,
                           SUM(p.count) OVER (
                               PARTITION BY p.flow_id ORDER BY p.id DESC
                           ) - p.count AS newer
                      FROM connector_payload p JOIN connector_flow f
                        ON f.id = p.flow_id
                     WHERE %s
                ) AS ranked
                 WHERE ranked.newer >= ranked.keep_payloads)
            """,
            SQL("p.flow_id = %s", flow_id) if flow_id else SQL("TRUE"),
        )

    @api.autovacuum
    def _gc_expired(self):
        """Delete what is too old, or beyond what its flow keeps, in bounded batches.

        :return: ``(done, remaining)`` as Odoo's vacuum wants it
        """
        overdue = self.env["connector.retention"]._overdue("payload")
        condition = SQL("((%s) OR %s)", overdue, self._beyond())
        return bulk_delete(self, condition, VACUUM_BATCH)


def pack(vault, records):
    """Records as one encrypted text: a line of JSON each, compressed."""
    lines = "\n".join(
        _dump(
            (
                record.remote_id,
                record.updated_at and record.updated_at.isoformat(),
                record.values,
            )
        )
        for record in records
    )
    packed = zlib.compress(lines.encode("utf-8", "surrogatepass"), LEVEL)
    return vault.encrypt_bytes(packed)


def unpack(vault, blob):
    """:return: list of ``RemoteRecord``

    :raises crypto.VaultError: where none of the keys opens it
    """
    text = zlib.decompress(vault.decrypt_bytes(blob)).decode("utf-8", "surrogatepass")
    return [
        RemoteRecord(
            remote_id,
            values,
            updated_at and datetime.datetime.fromisoformat(updated_at),
        )
        for remote_id, updated_at, values in map(json.loads, text.split("\n"))
    ]


_dump = json.JSONEncoder(
    separators=(",", ":"), ensure_ascii=False, check_circular=False, default=str
).encode


class ConnectorFlow(models.Model):
    _inherit = "connector.flow"

    keep_payloads = fields.Integer(
        string="Keep Last Records",
        default=KEEP_RECORDS,
        help="So many of the records that were taken last are kept as they came,"
        " encrypted, for 90 days at most: field maps are tried on them. 0 keeps none.",
    )

    _keep_payloads_sign = models.Constraint(
        "CHECK(keep_payloads >= 0)", "A flow keeps no less than no records."
    )


class ConnectorImport(models.AbstractModel):
    _inherit = "connector.import"

    def _import(self, run, todo):
        self.env["connector.payload"]._keep(run, [record for record, _digest in todo])
        return super()._import(run, todo)
