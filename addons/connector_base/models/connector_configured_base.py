"""What moves of connections, flows, rules and teams; how each of them is known."""

from odoo import api, models
from odoo.exceptions import UserError

from ..engine.config_file import name_of
from ..entities.entity_added import OF_MODEL, OF_OBJECT


class ConnectorConnection(models.Model):
    """Without secrets, and as a sandbox that isn't connected until people say more."""

    _name = "connector.connection"
    _inherit = ["connector.connection", "connector.configured"]

    _config_file = "connection.json"
    _config_key = ("provider", "name")
    _config_stays = True
    _config_order = 10

    @api.model
    def _config_left_out(self):
        own = "it has files of its own"
        return super()._config_left_out() | {
            "environment": "each database says itself whether it is production",
            "flow_ids": own,
            "value_map_ids": own,
            "value_line_ids": own,
            "setup_ids": "a set-up is done in each database",
            "circuit_ids": "it is how the vendor is now",
            "circuit_event_ids": "it is how the vendor was",
        }

    def _config_is_single(self):
        return True

    def _config_information(self):
        """Which secrets are to be entered, by their keys, and what it was there."""
        return {
            "information": {
                "environment": self.environment,
                "credentials": sorted(self.sudo().credential_ids.mapped("key")),
            }
        }


class ConnectorFlow(models.Model):
    _name = "connector.flow"
    _inherit = ["connector.flow", "connector.configured"]

    _config_file = "flows"
    _config_key = ("stream",)
    _config_owner = "connection_id"
    _config_made_with = ("entity", "added_label")
    _config_stays = True
    _config_order = 20

    @api.model
    def _config_left_out(self):
        return super()._config_left_out() | {
            "next_run_at": "the engine moves it on",
            "map_ids": "it has files of its own",
        }

    def _config_path(self):
        return f"flows/{name_of(self.stream or '')}.json"

    def _config_is_single(self):
        return True

    @api.model
    def _config_refused(self, values, connection):
        """A flow is of what the connector ships, or may be added by the user."""
        stream, entity = values.get("stream"), values.get("entity") or ""
        if stream in connection.with_context(active_test=False).flow_ids.mapped(
            "stream"
        ):
            return None
        shipped = {one.name: one.entity for one in connection._provider()._streams()}
        if stream in shipped:
            if shipped[stream] == entity:
                return None
            return self.env._("The connector takes “%s” for something else.", stream)
        base, _of, named = entity.partition(OF_OBJECT)
        if not values.get("added_label") or named != stream:
            return self.env._("The connector has no object “%s”.", stream)
        if not base.startswith(OF_MODEL):
            known = self.env["connector.entity"]._entities_to_feed()
            return None if base in known else self.env._("Nothing knows “%s”.", base)
        model = base.removeprefix(OF_MODEL)
        try:
            self.env["connector.entity"]._check_model_to_feed(model)
        except UserError as error:
            return str(error)
        return None


class ConnectorRetryPolicy(models.Model):
    _name = "connector.retry.policy"
    _inherit = ["connector.retry.policy", "connector.configured"]

    _config_key = ("error_class",)
    _config_owner = "flow_id"


class ConnectorMatchRule(models.Model):
    """Made with their flow, one for each way in which its entity can match."""

    _name = "connector.match.rule"
    _inherit = ["connector.match.rule", "connector.configured"]

    _config_key = ("method",)
    _config_owner = "flow_id"
    _config_by_owner = True


class ConnectorMaintenanceWindow(models.Model):
    _name = "connector.maintenance.window"
    _inherit = ["connector.maintenance.window", "connector.configured"]

    _config_key = ("reason", "recurrence", "weekday")
    _config_owner = "connection_id"


class ConnectorBudget(models.Model):
    """Made with their connection, as the vendor's limits are."""

    _name = "connector.budget"
    _inherit = ["connector.budget", "connector.configured"]

    _config_key = ("name",)
    _config_owner = "connection_id"
    _config_by_owner = True

    @api.model
    def _config_left_out(self):
        return super()._config_left_out() | {"told": "it is the connector's own"}


class ConnectorTeam(models.Model):
    _name = "connector.team"
    _inherit = ["connector.team", "connector.configured"]

    _config_file = "rules/teams.json"
    _config_key = ("company_id", "name")
    _config_order = 5


class ConnectorExceptionRule(models.Model):
    _name = "connector.exception.rule"
    _inherit = ["connector.exception.rule", "connector.configured"]

    _config_file = "rules/exception-rules.json"
    _config_key = ("company_id", "connection_id", "flow_id", "domain", "error_class")

    def _config_title(self):
        return self.env._("Exception rule %s", self.name or "")


class ResCompany(models.Model):
    """Settings of a company that addons of connectors have added to it."""

    _name = "res.company"
    _inherit = ["res.company", "connector.configured"]

    _config_file = "rules/companies.json"
    _config_key = ("name",)
    _config_by_owner = True

    @api.model
    def _config_settings(self):
        """Names of the fields that are settings of connectors; extend it."""
        return set()

    @api.model
    def _config_candidates(self):
        return self._config_settings()

    @api.model
    def _config_records(self, connections, companies):
        if not self._config_settings():
            return self.browse()
        return companies._filtered_access("read")

    def _config_company(self):
        return self
