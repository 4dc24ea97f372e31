import re
import unicodedata

from odoo import models
from odoo.tools import html2plaintext

from .bulk_insert import bulk_insert
from .connector_import import PUSHED


class ConnectorImport(models.AbstractModel):
    """The import, part three: what Odoo keeps although the vendor sent another value.

    The vendor is corrected through the outbox. That has to come to an end: a vendor's
    own spelling of what we sent is no other value.
    """

    _inherit = "connector.import"

    def _correct_remote(self, run, done):
        """Record a change of each record of which Odoo has kept a value of its own."""
        flow = run.flow
        kept = [mapped for mapped in done if mapped.kept]
        if not kept or flow.direction != "both" or not flow.push_update:
            return
        pushed = self._pushed_names(run)
        rows = []
        for mapped in kept:
            names = [name for name in mapped.kept if name in pushed]
            if names and not self._is_answer(mapped):
                theirs = {name: mapped.agreed[name] for name in names}
                rows.append(
                    self.env["connector.change"]._written(
                        flow, mapped.record_id, theirs, run.correlation_id
                    )
                )
        self._drop_spellings(run, rows)
        if rows:
            bulk_insert(self.env["connector.change"], rows)
            self.env["connector.change"]._wake([flow])

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

    def _is_answer(self, mapped):
        """Whether a record is as our own push left it, by the vendor's clock."""
        row = mapped.binding
        if not row or not (row["content_hash"] or "").startswith(PUSHED):
            return False
        seen, known = self._moment(mapped.record), row["remote_updated_at"]
        return not seen or not known or seen <= known

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
                if _letters(self._comparable(ours[row["res_id"]][name]))
                != _letters(self._comparable(theirs))
            ]
            if not row["field_names"]:
                rows.remove(row)


def _letters(value):
    """What is left of a text without case, blanks, signs and tags."""
    if not isinstance(value, str):
        return value
    if "<" in value:
        value = html2plaintext(value, include_references=False)
    value = unicodedata.normalize("NFKC", value).casefold()
    return re.sub(r"[\W_]+", "", value)
