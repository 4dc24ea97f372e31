import datetime

from odoo import fields, models

from ..engine.paths import MISSING, getter

#: Minutes after which a vendor whose records lack a field is asked for them again.
ASK_MINUTES = 60


class ConnectorPull(models.AbstractModel):
    """Lets lines rest whose field the vendor has no more.

    A payload without the field says nothing about its value. It must not be read as
    “empty”, nor may what else fills the same Odoo field, a second line, a default, a
    value made of several, take its place: a known record keeps what it has. A new
    record gets what there is.
    """

    _inherit = "connector.pull"

    def _build(self, flow, job, client, stats):
        run = super()._build(flow, job, client, stats)
        self._let_rest(run, self._idle_paths(run.flow.active_map_id))
        return run

    def _idle_paths(self, field_map):
        """The paths of a map that the vendor doesn't have, as it said last."""
        flow = field_map.flow_id
        lines = field_map.line_ids.filtered(lambda line: line.direction != "push")
        lines = lines._in_force()
        return self.env["connector.remote.field"]._gone_paths(
            flow.connection_id, flow.stream, lines.mapped("remote_path")
        )

    def _let_rest(self, run, paths):
        """Note the Odoo fields that known records keep because of idle paths."""
        run.idle = frozenset(paths)
        run.resting = frozenset()
        if paths:
            idle, live = set(), set()
            for path, targets in run.paths.items():
                (idle if path in paths else live).update(targets)
            run.resting = frozenset(run.entity._resting_fields(idle, live - idle))
            run.unsure = frozenset(run.entity._unsure_fields(idle))

    def _changed(self, run, records, force):
        if run.provider._provider_names_all:
            self._notice_gone(run, records)
        return super()._changed(run, records, force)

    def _notice_gone(self, run, records):
        """See by the first record of a page whether a field is gone by now.

        The vendor is asked what fields it has once a day only.
        """
        record = next((record for record in records if not record.archived), None)
        if record is None:
            return
        gone = {
            path
            for path in run.paths.keys() - run.idle
            if getter(path)(record.values) is MISSING
            and self._holds_container(path, record.values)
        }
        if gone:
            self._let_rest(run, run.idle | gone)
            limit = fields.Datetime.now() - datetime.timedelta(minutes=ASK_MINUTES)
            if (run.connection.fields_read_at or limit) <= limit:
                run.connection._enqueue_fields()

    def _holds_container(self, path, values):
        """Whether what holds a path is there: without it nothing is said of the path.

        ``properties`` of ``properties.city``; a path of one step is held by the record.
        """
        *outer, _last = path.rsplit(".", 1)
        return not outer or getter(outer[0])(values) is not MISSING


class ConnectorImport(models.AbstractModel):
    _inherit = "connector.import"

    def _merge(self, run, batch):
        if run.resting:
            for mapped in batch:
                for name in run.resting:
                    mapped.values.pop(name, None)
                    mapped.deferred.pop(name, None)
        return super()._merge(run, batch)


class ConnectorEntity(models.AbstractModel):
    _inherit = "connector.entity"

    def _to_odoo(self, run, batch):
        if run.unsure:
            for mapped in batch:
                for name in run.unsure:
                    mapped.canonical.pop(name, None)
        return super()._to_odoo(run, batch)

    def _resting_fields(self, idle, live):
        """Odoo fields that known records keep while entity fields get no value.

        :param idle: names of entity fields of which a line's path is gone
        :param live: names of those that all of their lines fill as before
        """
        names = self._watched_fields(idle) | set(
            self._owners(dict.fromkeys(idle, "odoo"))
        )
        known = {field.name: field for field in self._entity_fields()}
        return names - {known[name].odoo_field for name in live if name in known}

    def _unsure_fields(self, idle):
        """Entity fields that mean nothing certain without others that are gone.

        As an amount without its currency. They are left out, of new records as well.

        :param idle: names of entity fields of which a line's path is gone
        :return: set of names
        """
        return set()


class ConnectorMapper(models.AbstractModel):
    _inherit = "connector.mapper"

    def _compile_outgoing(self, field_map):
        """Leave out what the vendor doesn't have or doesn't let be written any more.

        No other line takes the place of one that is left out.
        """
        compiled = super()._compile_outgoing(field_map)
        left_out = field_map.line_ids._unsendable_paths()
        if left_out:
            compiled.lines = [li for li in compiled.lines if li.path not in left_out]
            compiled.targets = frozenset(li.field.name for li in compiled.lines)
            compiled.references = [
                li.field for li in compiled.lines if li.field.reference
            ]
        return compiled
