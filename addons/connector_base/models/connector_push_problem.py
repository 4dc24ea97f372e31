from odoo import models

from ..engine import errors
from ..engine.masking import mask_text
from ..engine.records import Problem


class ConnectorPush(models.AbstractModel):
    """The push, part six: what a refused row means for people."""

    _inherit = "connector.push"

    def _problem_of(self, run, error):
        """The problem of a row that the vendor refused."""
        vendor = run.provider._provider_label
        if isinstance(error, errors.RemoteNotFound):
            return Problem("not_found", "gone_remotely", params={"vendor": vendor})
        if isinstance(error, errors.AmbiguousMatch):
            return Problem(
                error.error_class,
                "duplicate_remotely",
                params={"vendor": vendor},
                details={
                    "candidates": mask_text(error.params.get("shown") or "", 300),
                    "detail": mask_text(error.message, 300),
                },
            )
        shared = {
            name: error.params[name]
            for name in ("property", "reason")
            if error.params.get(name)
        }
        detail = mask_text(error.message, 300)
        return Problem(
            error.error_class,
            "refused_remotely",
            cause=":".join(shared.values()) or detail,
            params={"vendor": vendor, **shared},
            details={"detail": detail},
        )

    def _bound_elsewhere(self, run, remote_id):
        return Problem(
            "ambiguous_match",
            "bound_elsewhere",
            params={"vendor": run.provider._provider_label},
            details={"remote_id": remote_id},
        )

    def _read_candidates(self, run, refused):
        """Read the records that the vendor takes for the same.

        They are matched with those here as all that is read: by rule, or by a person.
        """
        ids = [
            remote_id
            for _out, result in refused
            if isinstance(result.error, errors.AmbiguousMatch)
            for remote_id in result.error.params.get("candidates", ())
        ]
        if run.both_ways:
            self.env["connector.pull"]._enqueue_ids(run.flow, ids)
