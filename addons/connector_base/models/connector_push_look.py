import collections

from odoo import models

from .connector_pull import FETCH_BATCH

#: Owners under which the remote system may hold the newer value.
SHARED_OWNERS = ("newest", "ask")


class ConnectorPush(models.AbstractModel):
    """The push, part four: look first at what would be overwritten."""

    _inherit = "connector.push"

    def _contested(self, run, ours_by_id):
        """``{Odoo id: Odoo fields}`` about which a person has to decide.

        :param ours_by_id: ``{Odoo id: values as read}``
        """
        found = collections.defaultdict(set)
        if any(line.owner == "ask" for line in run.compiled.lines):
            rows = self.env["connector.conflict"]._open_rows(
                run.flow, "res_id", ours_by_id
            )
            for res_id, name in rows:
                found[res_id].add(name)
            self.env["connector.conflict"]._renew_ours(rows, ours_by_id)
        return found

    def _look_first(self, run, batch):
        """Read records again of which something goes out that may be newer there.

        What was edited there since the last pull would be overwritten unseen. It is
        merged first, as a pull does it. What Odoo alone owns needs no look. A record
        whose making was cut short gets what it lacks, also of what the vendor owns: by
        now somebody there may have filled it.

        :return: whether anything was read
        """
        asked = [
            out.remote_id
            for out in batch
            if out.remote_id
            and run.both_ways
            and out.lines
            and (
                out.binding["state"] == "creating"
                or any(line.owner in SHARED_OWNERS for line in out.lines)
            )
        ]
        if not asked:
            return False
        pull = self.env["connector.pull"]
        if run.looking is None:
            run.looking = pull._build(
                run.flow, run.job, run.client, collections.Counter()
            )
            run.looking.sending = True
        for start in range(0, len(asked), FETCH_BATCH):
            run.job._checkpoint()
            part = asked[start : start + FETCH_BATCH]
            pull._take(run.looking, run.looking.reader.fetch_by_ids(part))
        return True
