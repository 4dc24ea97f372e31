from odoo import api, models

from ..engine.records import RemoteRecord
from .bulk_insert import bulk_insert


class ConnectorImport(models.AbstractModel):
    """The import, part four: what was merged at the vendor."""

    _inherit = "connector.import"

    @api.model
    def _import(self, run, todo):
        if any(record.merged_ids for record, _digest in todo):
            self._follow_merges(run, [record for record, _digest in todo])
        return super()._import(run, todo)

    def _follow_merges(self, run, records):
        """Let bindings follow records that were merged at the vendor.

        The record that is left keeps the Odoo record that it had, or takes that of the
        first one that was merged into it. The other Odoo records are not deleted: they
        are archived or kept, as the flow says of what is archived there.
        """
        winners = [r for r in records if r.merged_ids and not r.archived]
        wanted = {i for r in winners for i in (r.remote_id, *r.merged_ids)}
        if not wanted:
            return
        rows = self._binding_rows(run, wanted)
        losers = []
        for record in winners:
            bound = [
                (remote_id, rows[remote_id])
                for remote_id in dict.fromkeys(record.merged_ids)
                if remote_id in rows and remote_id != record.remote_id
            ]
            live = [
                (i, row)
                for i, row in bound
                if row["state"] not in ("archived", "missing", "merged")
            ]
            own = rows.get(record.remote_id)
            if live and own and own["state"] == "merged":
                # In Odoo the other one was kept.
                self._forget_doubled(run, [(record.remote_id, own)])
                del rows[record.remote_id]
            if live and record.remote_id not in rows:
                old_id, row = live.pop(0)
                self._rebind(run, record, old_id, row)
            losers += [(record, i, row) for i, row in live if row["state"] != "locked"]
            self._forget_doubled(run, [r for r in bound if r[1]["state"] == "merged"])
        for record, remote_id, row in losers:
            self._archive(
                run,
                [
                    (
                        RemoteRecord(remote_id, {}, record.updated_at, archived=True),
                        row,
                        f"archived:{run.on_archive}",
                    )
                ],
                note=self.env._(
                    "Merged at %(vendor)s into %(winner)s.",
                    vendor=run.provider._provider_label,
                    winner=record.remote_id,
                ),
            )

    def _rebind(self, run, record, old_id, row):
        """The Odoo record of one that was merged goes on with the one that is left."""
        binding = self.env["connector.binding"].browse(row["id"])
        binding.write({"remote_id": record.remote_id, "content_hash": False})
        binding.flush_recordset()
        self.env["connector.exception"]._settle_items(run.flow, [old_id])
        bulk_insert(
            self.env["connector.log"],
            [
                self._log_row(
                    run,
                    "merge",
                    row["res_id"],
                    record.remote_id,
                    note=self.env._(
                        "%(old)s was merged at %(vendor)s into %(winner)s.",
                        old=old_id,
                        vendor=run.provider._provider_label,
                        winner=record.remote_id,
                    ),
                )
            ],
        )

    def _forget_doubled(self, run, merged):
        """Merged on both sides now: nothing is left to decide."""
        if merged:
            ids = [row["id"] for _remote_id, row in merged]
            self.env["connector.binding"].browse(ids).unlink()
            self.env["connector.exception"]._settle_items(
                run.flow, [remote_id for remote_id, _row in merged]
            )

    def _leave_alone(self, run, record, row, digest):
        if row["state"] == "merged":
            run.stats["excluded"] += 1
            if record.archived:
                self._forget_doubled(run, [(record.remote_id, row)])
            return True
        return super()._leave_alone(run, record, row, digest)
