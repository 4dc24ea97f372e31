from odoo import models

from ..engine.spelling import is_spelling
from .bulk_insert import bulk_insert


class ConnectorImport(models.AbstractModel):
    """The import, part four: what Odoo keeps although the vendor sent another value.

    The vendor is corrected through the outbox. That has to come to an end: a vendor's
    own spelling of what we sent is no other value.
    """

    _inherit = "connector.import"

    def _correct_remote(self, run, done):
        """Record a change of each record of which Odoo has kept a value of its own."""
        if run.sending:
            # The push that looked first sends it itself.
            return
        kept = [mapped for mapped in done if mapped.kept or mapped.forced]
        if not kept:
            return
        rows, forced = [], []
        for mapped in kept:
            names = [name for name in mapped.kept if self._goes_out(run, name)]
            if names:
                theirs = {name: mapped.agreed[name] for name in names}
                rows.append(self._correction(run, mapped, theirs))
            names = [name for name in mapped.forced or () if self._goes_out(run, name)]
            if names:
                forced.append(self._correction(run, mapped, names))
        self._drop_spellings(run, rows)
        rows += forced
        if rows:
            bulk_insert(self.env["connector.change"], rows)
            self.env["connector.change"]._wake([run.flow])

    def _correction(self, run, mapped, names):
        """A row of the outbox, as old as the edit that it lets go out."""
        row = self.env["connector.change"]._written(
            run.flow, mapped.record_id, names, run.correlation_id
        )
        if mapped.kept_at:
            row["create_date"] = mapped.kept_at
        return row

    def _goes_out(self, run, name):
        """Whether the flow may correct an Odoo field in the remote system."""
        if run.flow.direction != "both" or not run.flow.push_update:
            return False
        if "goes_out" not in run.tables:
            run.tables["goes_out"] = self._pushed_names(run)
        return name in run.tables["goes_out"]

    def _pushed_names(self, run):
        """Odoo fields that go out of this flow and that the vendor doesn't own."""
        compiled = self.env["connector.mapper"]._compile_outgoing(
            run.flow.active_map_id
        )
        return {
            name
            for line in compiled.lines
            if line.owner != "remote"
            for name in line.sources
        }

    def _drop_spellings(self, run, rows):
        """Leave out fields, and rows, of which both sides have the same but spelling.

        One read for the batch; ``field_names`` holds the vendor's values until then.
        """
        if not rows:
            return
        names = sorted({name for row in rows for name in row["field_names"]})
        model = self.env[run.entity._entity_model].with_context(active_test=False)
        records = model.browse([row["res_id"] for row in rows])
        ours = {row["id"]: row for row in records.read(names, load=None)}
        for row in list(rows):
            row["field_names"] = [
                name
                for name, theirs in row["field_names"].items()
                if not is_spelling(
                    self._comparable(ours[row["res_id"]][name]),
                    self._comparable(theirs),
                )
            ]
            if not row["field_names"]:
                rows.remove(row)
