import collections
import logging

from odoo import api, models, tools

from ..engine.outbox import OutgoingFlow, Source, Watch, WatchList
from .connector_outbox import WATCHED

_logger = logging.getLogger(__name__)

#: How far a field that isn't stored is followed to those that it is made of.
DEPTH = 4


class ConnectorWatchMixin(models.AbstractModel):
    """For the models that decide what is watched: forget the list when they change.

    Twice: before the database knows, so that what follows in this transaction is
    recorded, and after the commit, because another thread may have read the list anew
    in between, without what was not committed yet. Odoo tells other processes.
    """

    _name = "connector.watch.mixin"
    _description = "Connector Watch Mixin"

    #: Fields whose change changes the list.
    _watch_names = frozenset()

    def _forget_watch_list(self):
        registry = self.env.registry
        registry.clear_cache()
        self.env.cr.cache.pop(WATCHED, None)
        self.env.cr.postcommit.add(registry.clear_cache)

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._forget_watch_list()
        return records

    def write(self, vals):
        result = super().write(vals)
        if not self._watch_names.isdisjoint(vals):
            self._forget_watch_list()
        return result

    def _write_multi(self, vals_list):
        super()._write_multi(vals_list)
        if any(not self._watch_names.isdisjoint(vals) for vals in vals_list):
            self._forget_watch_list()

    def unlink(self):
        result = super().unlink()
        self._forget_watch_list()
        return result


class ConnectorConnection(models.Model):
    _name = "connector.connection"
    _inherit = ["connector.connection", "connector.watch.mixin"]

    _watch_names = frozenset({"state", "active"})


class ConnectorFieldMap(models.Model):
    _name = "connector.field.map"
    _inherit = ["connector.field.map", "connector.watch.mixin"]

    _watch_names = frozenset({"state", "flow_id", "line_ids"})


class ConnectorFlow(models.Model):
    """Which changes of which models must go out: the watch list."""

    _name = "connector.flow"
    _inherit = ["connector.flow", "connector.watch.mixin"]

    _watch_names = frozenset(
        {
            *("active", "connection_id", "direction", "entity", "lane"),
            *("push_create", "on_unlink", "push_domain"),
        }
    )

    @api.model
    @tools.ormcache()
    def _watch_list(self):
        """What is watched in this database, as ``WatchList``; not to be changed."""
        watched = collections.defaultdict(Watch)
        flows = {}
        for flow in self._outgoing_flows():
            flows[flow.id] = flow._outgoing()
            model = self.env[flow.res_model]
            names = flow._watched_names()
            if "active" in model._fields:
                names.add("active")
            for name in sorted(names & model._fields.keys()):
                self._watch_field(watched, flow.id, model._fields[name], name)
            watched[model._name].flows.append(flow.id)
        return WatchList(flows, dict(watched))

    @api.model
    def _outgoing_flows(self):
        """Active flows that send, of connections that were connected."""
        flows = self.sudo().search(
            [
                ("direction", "!=", "pull"),
                ("connection_id.state", "!=", "draft"),
                ("connection_id.active", "=", True),
            ]
        )
        return flows.filtered(lambda flow: flow.res_model in self.env)

    def _outgoing(self):
        domain = self._entity_model()._eligible_domain() & self._push_domain()
        return OutgoingFlow(
            id=self.id,
            connection_id=self.connection_id.id,
            entity=self.entity,
            res_model=self.res_model,
            lane=self.lane,
            domain=domain if self.push_create else None,
            archives=self.on_unlink == "archive",
        )

    def _watched_names(self):
        """Odoo fields that the flow sends, and those that choose its records."""
        entity = self._entity_model()
        lines = self.active_map_id.line_ids
        targets = lines.filtered(lambda li: li.direction != "pull").mapped("target")
        chosen_by = entity._eligible_domain() & self._push_domain()
        return set(entity._watched_fields(targets)) | {
            condition.field_expr.partition(".")[0]
            for condition in chosen_by.iter_conditions()
        }

    @api.model
    def _watch_field(self, watched, flow_id, field, name, path="", depth=DEPTH):
        """Watch what a field of a flow's records is made of.

        :param name: the flow's field, as it is reported
        :param path: how its records reach those of ``field``
        """
        watch = watched[field.model_name]
        source = Source(flow_id, name, path)
        if path and not self._can_search(flow_id, path):
            _logger.info("Changes of %s are not seen for flow %s", field, flow_id)
        elif field.type in ("one2many", "many2many") and field.store:
            watch.relations[field.name].append(source)
            self._watch_lines(watched, source, field)
        elif field.store:
            watch.columns[field.name].append(source)
        elif depth:
            for sequence in field.resolve_depends(self.pool):
                way = [path, *(hop.name for hop in sequence[:-1])]
                way = ".".join(filter(None, way))
                self._watch_field(watched, flow_id, sequence[-1], name, way, depth - 1)

    @api.model
    def _watch_lines(self, watched, source, field):
        """Watch the other side of a one2many or many2many."""
        path = ".".join(filter(None, (source.path, field.name)))
        if not self._can_search(source.flow_id, path):
            return
        other = source._replace(path=path)
        comodel = watched[field.comodel_name]
        if field.type == "one2many":
            if field.inverse_name in self.env[field.comodel_name]._fields:
                inverse = None if source.path else field.inverse_name
                comodel.lines.append(other._replace(inverse=inverse))
            return
        comodel.linked.append(other)
        for inverse in self.pool.field_inverses[field]:
            comodel.relations[inverse.name].append(other)

    @api.model
    def _can_search(self, flow_id, path):
        model = self.env[self.browse(flow_id).sudo().res_model].sudo()
        try:
            model._search([(path, "in", [0])])
        except (ValueError, NotImplementedError):
            return False
        return True
