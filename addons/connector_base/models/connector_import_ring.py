from odoo import models
from odoo.tools import SQL

from ..engine.records import Problem

#: How far up a chain of parents is followed.
LONGEST_CHAIN = 100


class ConnectorImport(models.AbstractModel):
    """The import, part four: records that refer to each other in a ring.

    Odoo refuses a company that is its own parent's parent. Rather than to hold such a
    record for good, it is taken without the link that would close the ring, and that is
    reported.
    """

    _inherit = "connector.import"

    def _break_rings(self, run, batch):
        """Leave out links within the entity's own model that would close a ring.

        :param batch: list of ``connector_mapper.Mapped``, merged
        """
        for field in self._own_links(run):
            linking = [
                mapped
                for mapped in batch
                if mapped.record_id and mapped.values.get(field.odoo_field)
            ]
            if linking:
                self._break_rings_of(run, field, linking)

    def _own_links(self, run):
        """The mapped fields that refer to records of the entity's own model."""
        known = self.env[run.entity._entity_model]._fields
        return [
            field
            for field in run.compiled.fields.values()
            if (odoo_field := known.get(field.odoo_field)) is not None
            and odoo_field.type == "many2one"
            and odoo_field.comodel_name == odoo_field.model_name
        ]

    def _retry_rings(self, run, done):
        """Try those again that lack a link, when a link of another was corrected.

        What they sent has not changed: nothing else would bring them back.
        """
        names = {field.odoo_field for field in self._own_links(run)}
        if any(mapped.changes.keys() & names for mapped in done):
            self.env["connector.exception"].search(
                [
                    ("flow_id", "=", run.flow.id),
                    ("state", "=", "open"),
                    ("code", "=", "cyclic_reference"),
                ]
            )._retry()

    def _break_rings_of(self, run, field, linking):
        name = field.odoo_field
        parents = self._chains(run, name, {m.values[name] for m in linking})
        for mapped in linking:
            parent_id = mapped.values[name]
            if self._leads_to(parents, parent_id, mapped.record_id):
                del mapped.values[name]
                mapped.changes.pop(name, None)
                mapped.problems.append(self._cyclic(field))
            else:
                parents[mapped.record_id] = parent_id

    def _chains(self, run, name, ids):
        """``{id: parent id}`` of records and all that are above them, in one query."""
        model = self.env[run.entity._entity_model]
        model.flush_model([name])
        rows = self.env.execute_query(
            SQL(
                """
                WITH RECURSIVE above(id, parent, level) AS (
                    SELECT id, %(column)s, 1 FROM %(table)s WHERE id IN %(ids)s
                     UNION
                    SELECT t.id, t.%(column)s, above.level + 1
                      FROM %(table)s t JOIN above ON t.id = above.parent
                     WHERE above.level < %(longest)s)
                SELECT DISTINCT id, parent FROM above
                """,
                column=SQL.identifier(name),
                table=SQL.identifier(model._table),
                ids=tuple(ids),
                longest=LONGEST_CHAIN,
            )
        )
        return dict(rows)

    def _leads_to(self, parents, start, record_id):
        seen = set()
        while start and start not in seen:
            if start == record_id:
                return True
            seen.add(start)
            start = parents.get(start)
        return False

    def _cyclic(self, field):
        return Problem(
            "validation",
            "cyclic_reference",
            field=field.name,
            params={"label": field.label},
            blocking=False,
        )
