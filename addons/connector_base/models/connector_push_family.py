import collections
import dataclasses

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine import errors
from ..engine.records import Family, Problem
from .connector_push_send import PASSING


@dataclasses.dataclass(slots=True)
class PushFamily:
    """A new record and its new children, which go together or not at all.

    :param parent: ``Outgoing``
    :param children: list of ``(PushRun of their flow, Outgoing)``
    """

    parent: object
    children: list = dataclasses.field(default_factory=list)


class ConnectorPush(models.AbstractModel):
    """The push, part seven: a new record with its children, as an order with its lines.

    Where the vendor takes both at once (``children`` of a writer), what waits in the
    outbox of the children's flow goes along with the parent::

        parents ─ children that wait ─ intents ─┬─ request ─┬─ commit
                                             commit      all of a family, or nothing

    What hinders one of a family hinders all: the one is held with its problem, the
    others as waiting for it. A retry of any of them brings the family together again,
    as children send their parents first.
    """

    _inherit = "connector.push"

    def _send_new(self, run, batch):
        alone = batch
        if self._go_in_families(run, batch):
            self._intend(run, batch)
            self._prepare(run)
            families = self._families(run, batch)
            held = {id(each): self._held_children(each) for each in families}
            self._hold_families(
                run, [(each, held[id(each)]) for each in families if held[id(each)]]
            )
            self._send_families(run, [each for each in families if not held[id(each)]])
            together = {each.parent.res_id for each in families}
            alone = [out for out in batch if out.res_id not in together]
        return super()._send_new(run, alone)

    def _go_in_families(self, run, batch):
        """Whether children go along; not with what a job of the vendor takes."""
        if not batch or not getattr(run.writer, "children", None):
            return False
        return not run.flow.push_tickets and not self._is_many(run, batch)

    # -- who belongs together -------------------------------------------------

    def _families(self, run, batch):
        """The families of those that have new children, ready to be sent."""
        families = {out.res_id: PushFamily(out) for out in batch}
        for stream in run.writer.children:
            child_run, field = self._child_run(run, stream)
            if child_run is None:
                continue
            children = self._new_children(run, child_run, field, batch)
            ready = [out for out in children if not out.held]
            if ready:
                self._intend(child_run, ready)
                self._prepare(child_run)
            for out in children:
                families[out.row[field.odoo_field]].children.append((child_run, out))
        found = [
            family
            for family in families.values()
            if 0 < len(family.children) < run.writer.family_size
        ]
        members = {id(f): [out for _r, out in self._members(run, f)] for f in found}
        intents = [out for outs in members.values() for out in outs if out.binding]
        locked = self._locked_now(intents)
        return [
            family
            for family in found
            if not any(
                out.binding and out.binding["id"] in locked
                for out in members[id(family)]
            )
        ]

    def _child_run(self, run, stream):
        """The run that sends a stream of children, and the field of their parent."""
        flow = run.connection.flow_ids.filtered(lambda flow: flow.stream == stream)[:1]
        child_run = flow and self._sibling(run, flow.entity) or None
        for field in child_run.compiled.references if child_run else ():
            if field.reference == run.entity_name and field.odoo_field:
                return child_run, field
        return None, None

    def _new_children(self, run, child_run, field, batch):
        """Children that wait in the outbox and aren't there yet, rendered.

        They name their parents by what the writer puts in place of an id.
        """
        parents = [out.res_id for out in batch]
        model = self.env[child_run.entity._entity_model]
        ids = model.search(Domain(field.odoo_field, "in", parents)).ids
        waiting = self.env.execute_query(
            SQL(
                "SELECT DISTINCT res_id FROM connector_change"
                " WHERE flow_id = %s AND res_id = ANY(%s)",
                child_run.flow.id,
                ids,
            )
        )
        children = self._gather(child_run, sorted(res_id for (res_id,) in waiting))
        self._read(child_run, children)
        live, _archived = self._sort_out(child_run, children)
        children = [out for out in live if not out.remote_id]
        mapper = self.env["connector.mapper"]
        for out in children:
            mapper._choose(child_run, out)
        child_run.entity._referred(child_run, children, child_run.compiled.references)
        # Their parents are on their way, and nobody needs to send these for others.
        run.tried |= {(run.entity_name, res_id) for res_id in parents}
        children = self._send_parents(child_run, children, level=1)
        run.tried |= {(child_run.entity_name, out.res_id) for out in children}
        for out in batch:
            place = run.writer.placeholder(self._row(out).key)
            child_run.references[run.entity_name, out.res_id] = place
        child_run.entity._from_odoo(
            child_run, children, {name for out in children for name in out.wanted}
        )
        for out in children:
            mapper._render(child_run, out)
        return children

    def _members(self, run, family):
        return [(run, family.parent), *family.children]

    # -- sending --------------------------------------------------------------

    def _held_children(self, family):
        return [(owner, out) for owner, out in family.children if out.held]

    def _hold_families(self, run, broken):
        """Hold families of which some can't go: these for their own sake.

        :param broken: ``[(family, [(PushRun, Outgoing) with problems of their own])]``
        """
        groups = collections.defaultdict(list)
        for family, causes in broken:
            its_own = {id(out) for _owner, out in causes}
            for owner, out in self._members(run, family):
                if id(out) not in its_own:
                    problem = self._waits_for(run, family, owner, out, causes[0])
                    out.problems.append(problem)
                groups[owner.entity_name].append(out)
        for entity_name, outs in groups.items():
            owner = run.siblings[entity_name]
            self._refuse(owner, [out for out in outs if out.binding])
            self._hold(owner, [out for out in outs if not out.binding])

    def _waits_for(self, run, family, owner, out, cause):
        """The problem of one that another one of its family keeps back."""
        child_run, child = cause
        if out is not family.parent:
            _child_run, field = self._child_run(run, owner.flow.stream)
            return owner.entity._parent_not_sent(owner, field, family.parent.res_id)
        return Problem(
            "missing_dependency",
            "child_not_sent",
            params={"vendor": run.provider._provider_label},
            details={"record": child.row["display_name"]},
            depends_on=(child_run.entity_name, child.res_id),
        )

    def _send_families(self, run, families):
        """Send families, as many at once as the writer takes."""
        size = run.writer.family_batch
        for start in range(0, len(families), size):
            part = families[start : start + size]
            # The writer may make several requests of it: what they have done is kept
            # under our keys, whoever dies in between.
            run.job._checkpoint()
            answers = run.writer.create_families(
                [
                    Family(
                        self._row(family.parent),
                        [(r.flow.stream, self._row(out)) for r, out in family.children],
                    )
                    for family in part
                ]
            )
            self._record_families(run, part, answers)

    def _record_families(self, run, families, answers):
        """Write down what became of families, in one go for each of their flows."""
        done, refused = collections.defaultdict(list), collections.defaultdict(list)
        broken = []
        for family, answer in zip(families, answers, strict=True):
            members = list(zip(self._members(run, family), answer, strict=True))
            passing = [r.error for r in answer if isinstance(r.error, PASSING)]
            causes = [
                (member, result)
                for member, result in members
                if result.error
                and not isinstance(result.error, errors.MissingDependency)
            ]
            if passing:
                run.passing.append(passing[0])
                continue
            for (owner, out), result in causes or members:
                group = refused if causes else done
                group[owner.entity_name].append((out, result))
            if causes:
                broken.append((family, [member for member, _result in causes]))
        for entity_name, pairs in refused.items():
            for out, result in pairs:
                out.problems.append(
                    self._problem_of(run.siblings[entity_name], result.error)
                )
        self._hold_families(run, broken)
        for entity_name, pairs in refused.items():
            self._read_candidates(run.siblings[entity_name], pairs)
        for entity_name, pairs in done.items():
            outs, results = zip(*pairs, strict=True)
            self._record(run.siblings[entity_name], "create", outs, results)
