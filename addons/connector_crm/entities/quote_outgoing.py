from odoo import models

from .quote import STATES, STATUSES


class ConnectorEntityQuote(models.AbstractModel):
    """A quote on its way out."""

    _inherit = "connector.entity.quote"

    def _sources(self, field, targets):
        # The vendor's own total is what ours is checked against: it never goes back.
        return () if field.name == "total" else super()._sources(field, targets)

    def _outgoing_context_fields(self):
        return [*super()._outgoing_context_fields(), "state", "name"]

    def _derive_outgoing(self, run, lookups, out):
        super()._derive_outgoing(run, lookups, out)
        if "name" in out.wanted and not out.canonical.get("name"):
            # One that was made here has no title; elsewhere it can't be without.
            out.canonical["name"] = out.row["name"]
        if "status" in out.wanted:
            row = out.row
            told = row["remote_status"]
            if STATES.get(told) != row["state"]:
                told = STATUSES[row["state"]]
            self._give_choice(run, lookups, out, self._entity_field("status"), told)
