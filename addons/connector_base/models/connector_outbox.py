from odoo import SUPERUSER_ID, api, models
from odoo.tools import SQL

from ..engine.outbox import ARCHIVE, CREATE, UNLINK, WRITE, Notes
from ..engine.trail import CORRELATION
from ..service_user import is_engine
from .correlation import correlation_of

#: Key of the context: the connection that writes. What it writes doesn't go back to it.
ORIGIN = "connector_origin"
#: Key under which a cursor keeps the person who changed it.
WRITER = "connector_base.writer"
#: Key under which a cursor knows what is watched, as long as its transaction lasts.
WATCHED = "connector_base.watched"
#: Key under which a cursor keeps what changed until it is written to the outbox.
NOTES = "connector_base.changes"


class Base(models.AbstractModel):
    """Sees what changes in the models that flows send.

    On ``base``, rather than patched into the watched models only: those would have to
    be patched anew in every worker, by a reload of its registry, each time that a flow
    is switched on. Here a cached list is asked once for a batch, which costs other
    models a look into a dictionary.

    Columns are seen where the ORM flushes them (``_write_multi``): all of a batch at
    once, computed fields among them. ``write`` sees what has no column, and who wrote.
    What changed is noted with the cursor and written to the outbox before it commits or
    begins a savepoint: a savepoint that is rolled back takes its notes and rows along,
    and nothing else.

    While a registry is being loaded nothing is noted: the outbox may not be there yet.
    """

    _inherit = "base"

    def _outbox_watch(self):
        """The ``Watch`` of this model, or ``None``."""
        # A cursor's own cache is asked in a fifth of the time of Odoo's.
        watched = self.env.cr.cache.get(WATCHED)
        if watched is None:
            if not self.pool.ready:
                return None
            watched = self.env["connector.flow"]._watch_list().models
            self.env.cr.cache[WATCHED] = watched
        return watched.get(self._name)

    def _outbox_notes(self):
        precommit = self.env.cr.precommit
        notes = precommit.data.get(NOTES)
        if notes is None:
            notes = precommit.data[NOTES] = Notes()
            context = {"active_test": False, CORRELATION: correlation_of(self.env)}
            env = api.Environment(self.env.cr, SUPERUSER_ID, context)
            precommit.add(env["connector.change"]._record_noted)
        return notes

    def _outbox_note_writer(self):
        """Note which person's transaction it is, if it is one's.

        Not when columns are flushed: that may be done in somebody else's name.
        """
        data = self.env.cr.precommit.data
        if WRITER not in data and not is_engine(self.env):
            data[WRITER] = self.env.uid

    def _outbox_flows(self, watch):
        """Flows to which changes of own records matter: all but those of the origin."""
        flows = self.env["connector.flow"]._watch_list().flows
        origin = self.env.context.get(ORIGIN)
        return [
            flows[flow_id]
            for flow_id in watch.flows
            if flows[flow_id].connection_id != origin
        ]

    def _outbox_sources(self, sources):
        """Those sources whose flow's connection is not what writes."""
        origin = self.env.context.get(ORIGIN)
        if not origin:
            return sources
        flows = self.env["connector.flow"]._watch_list().flows
        return [
            source
            for source in sources
            if flows[source.flow_id].connection_id != origin
        ]

    # -- what happens ---------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        watch = self._outbox_watch()
        if watch is not None and records:
            self._outbox_note_writer()
            self._outbox_note_created(watch, vals_list, records._ids)
        return records

    def _parent_store_create(self):
        # The first that is called with new records: what is flushed before a creation
        # has ended, as what a record rule asks for, is no news to who makes them.
        if self.env.context.get(ORIGIN) and self._outbox_watch() is not None:
            self._outbox_mark_origin([None], self._ids)
        return super()._parent_store_create()

    def _outbox_note_created(self, watch, vals_list, ids):
        for flow in self._outbox_flows(watch):
            self._outbox_notes().add(flow.id, CREATE, frozenset(), ids)
        for source in self._outbox_sources(watch.lines):
            self._outbox_notes().add_related(source, ids)
        if watch.lines or self.env.context.get(ORIGIN):
            # What Odoo computes for a new record is no news to who made it, either.
            self._outbox_mark_origin([None], ids)
        # From the other side of a many2many they link to the flow's own records.
        linked = [
            source
            for name in watch.relations.keys() & {n for vals in vals_list for n in vals}
            for source in watch.relations[name]
            if source.path
        ]
        self._outbox_note_relations(self._outbox_sources(linked), ids)

    def write(self, vals):
        watched = self.env.cr.cache.get(WATCHED)
        if watched is not None and self._name not in watched:
            # Most writes end here, many of them for one record: no call more.
            return super().write(vals)
        watch = self._outbox_watch()
        if watch is None or not self:
            return super().write(vals)
        self._outbox_note_writer()
        ids = [record_id for record_id in self._ids if record_id]
        columns = vals if watch.lines else watch.columns.keys() & vals.keys()
        relations = [
            source
            for name in watch.relations.keys() & vals.keys()
            for source in self._outbox_sources(watch.relations[name])
        ]
        self._outbox_mark_origin(columns, ids)
        self._outbox_note_relations(relations, ids, before=True)
        result = super().write(vals)
        self._outbox_note_relations(relations, ids)
        self._outbox_forget_clean(columns, ids)
        return result

    def unlink(self):
        watch = self._outbox_watch()
        if watch is not None and self:
            self._outbox_note_writer()
            for flow in self._outbox_flows(watch):
                if flow.archives:
                    self._outbox_notes().add(flow.id, UNLINK, frozenset(), self._ids)
            # What reaches them is known as long as they are there.
            lost = self._outbox_sources([*watch.lines, *watch.linked])
            self._outbox_note_reached(lost, self._ids)
        return super().unlink()

    def _write_multi(self, vals_list):
        watch = self._outbox_watch()
        if watch is not None:
            self._outbox_note_columns(watch, vals_list)
        return super()._write_multi(vals_list)

    # -- notes ----------------------------------------------------------------

    def _outbox_note_columns(self, watch, vals_list):
        """Note that columns of these records change, as they are flushed."""
        groups = {}
        for record_id, vals in zip(self._ids, vals_list, strict=True):
            key = (tuple(vals), vals.get("active"))
            groups.setdefault(key, []).append(record_id)
        for (names, active), ids in groups.items():
            watched = [name for name in names if name in watch.columns]
            if watched or watch.lines:
                origins = self._outbox_take_origins(names, ids)
                self._outbox_note_own(watch, watched, active, ids, origins)
                self._outbox_note_lines(watch, names, ids, origins)

    def _outbox_note_own(self, watch, names, active, ids, origins):
        flows = self.env["connector.flow"]._watch_list().flows
        notes = self._outbox_notes()
        changes = {}
        for name in names:
            by = {**origins.get(None, {}), **origins.get(name, {})}
            for source in watch.columns[name]:
                connection_id = flows[source.flow_id].connection_id
                changed = (
                    tuple(i for i in ids if by.get(i) != connection_id) if by else ids
                )
                if changed and source.path:
                    notes.add_related(source, changed)
                elif changed:
                    key = (source.flow_id, changed if by else None)
                    changes.setdefault(key, (set(), changed))[0].add(source.name)
        for (flow_id, _some), (found, changed) in changes.items():
            archived = active is False and "active" in found
            if archived and not flows[flow_id].archives:
                found.discard("active")
                archived = False
            if found:
                operation = ARCHIVE if archived else WRITE
                notes.add(flow_id, operation, frozenset(found), changed)

    def _outbox_note_lines(self, watch, names, ids, origins):
        """Note that records change which are lines of a flow's own."""
        flows = self.env["connector.flow"]._watch_list().flows
        for source in watch.lines:
            connection_id = flows[source.flow_id].connection_id
            changed = [
                i
                for i in ids
                if all(by.get(i) != connection_id for by in origins.values())
            ]
            if not changed:
                continue
            if source.inverse in names:
                self._outbox_note_former_owners(source, changed)
            self._outbox_notes().add_related(source, changed)

    def _outbox_note_former_owners(self, source, ids):
        """Note the records that lose these lines to others, by what is stored yet."""
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT %(inverse)s FROM %(table)s"
                " WHERE id = ANY(%(ids)s) AND %(inverse)s IS NOT NULL",
                inverse=SQL.identifier(source.inverse),
                table=SQL.identifier(self._table),
                ids=list(ids),
            )
        )
        if rows:
            self._outbox_notes().add(
                source.flow_id,
                WRITE,
                frozenset({source.name}),
                [row[0] for row in rows],
            )

    def _outbox_note_relations(self, sources, ids, before=False):
        for source in sources if ids else ():
            if source.path and before:
                self._outbox_note_reached([source], ids)
            elif source.path:
                self._outbox_notes().add_related(source, ids)
            elif not before:
                names = frozenset({source.name})
                self._outbox_notes().add(source.flow_id, WRITE, names, ids)

    def _outbox_note_reached(self, sources, ids):
        """Note the flow's records that reach these ones now."""
        for source in sources:
            owners = self.env["connector.change"]._reached_by(source, ids)
            if owners:
                names = frozenset({source.name})
                self._outbox_notes().add(source.flow_id, WRITE, names, owners)

    # -- origin ---------------------------------------------------------------

    def _outbox_mark_origin(self, names, ids):
        """Note which connection writes columns, or that it is none.

        They are flushed later, perhaps by somebody else.
        """
        origin = self.env.context.get(ORIGIN)
        if not origin and NOTES not in self.env.cr.precommit.data:
            return
        origins = self._outbox_notes().origins
        for name in names:
            known = origins.setdefault((self._name, name), {})
            for record_id in ids:
                if origin:
                    known[record_id] = origin
                else:
                    known.pop(record_id, None)

    def _outbox_forget_clean(self, names, ids):
        """Forget the origin of what was not changed: it had that value already."""
        notes = self.env.cr.precommit.data.get(NOTES)
        if not notes or not self.env.context.get(ORIGIN):
            return
        for name in names:
            known = notes.origins.get((self._name, name), {})
            dirty = self.env.transaction.field_dirty.get(self._fields[name], ())
            for record_id in ids:
                if record_id not in dirty:
                    known.pop(record_id, None)

    def _outbox_take_origins(self, names, ids):
        """``{field: {id: connection}}`` of what is flushed now and then forgotten."""
        notes = self.env.cr.precommit.data.get(NOTES)
        if not notes or not notes.origins:
            return {}
        found = {}
        for name in (*names, None):
            known = notes.origins.get((self._name, name))
            if not known:
                continue
            by = {i: known.get(i) for i in ids if i in known}
            if name is not None:
                for record_id in by:
                    del known[record_id]
            if by:
                found[name] = by
        return found
