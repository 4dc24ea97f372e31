from odoo import models


class ConnectorImport(models.AbstractModel):
    _inherit = "connector.import"

    def _drop_deleted(self, run, batch):
        """Leave out what an entity doesn't take as long as it is as it is."""
        super()._drop_deleted(run, batch)
        left_out = run.entity._left_out(run, batch)
        if left_out:
            run.stats["excluded"] += len(left_out)
            self.env["connector.exception"]._settle_items(
                run.flow, [mapped.record.remote_id for mapped in left_out]
            )
            batch[:] = [mapped for mapped in batch if mapped not in left_out]


class ConnectorPull(models.AbstractModel):
    _inherit = "connector.pull"

    def _collect_references(self, run, records, wanted):
        """What stands in nested lines is fetched first, too."""
        super()._collect_references(run, records, wanted)
        for record in records:
            if not record.archived:
                for entity, remote_id in run.entity._nested_references(run, record):
                    wanted[entity].add(remote_id)


class ConnectorEntity(models.AbstractModel):
    _inherit = "connector.entity"

    def _left_out(self, run, batch):
        """Records that are not taken yet, and hold nothing either; extend it.

        They are looked at again when the vendor changes them.

        :return: list of ``connector_mapper.Mapped``
        """
        return []

    def _nested_references(self, run, record):
        """References that no line of a field map brings, as in a structure; extend it.

        :return: iterable of ``(entity, remote id)``
        """
        return ()
