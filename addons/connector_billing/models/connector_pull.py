from odoo import models


class ConnectorPull(models.AbstractModel):
    _inherit = "connector.pull"

    def _collect_references(self, run, records, wanted):
        """Fetch, too, what the structures of a record refer to."""
        super()._collect_references(run, records, wanted)
        nested = getattr(run.entity, "_nested_references", None)
        if nested is None:
            return
        lines = [line for line in run.compiled.lines if line.field.kind == "structure"]
        for record in records:
            if record.archived:
                continue
            values = {line.field.name: line.get(record.values) for line in lines}
            present = {n: v for n, v in values.items() if isinstance(v, list | dict)}
            for entity, remote_ids in nested(present).items():
                wanted[entity].update(remote_ids)
