import urllib.parse

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..engine import errors

#: Hosts that may be spoken to in clear: what is said doesn't leave the machine.
LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")
PROVIDER_PREFIX = "connector.provider."
#: Beginning of the targets, and value maps, of fields of the Odoo model itself.
ODOO_PREFIX = "odoo."


class ConnectorConnection(models.Model):
    """One account at one vendor, for one company and one environment."""

    _name = "connector.connection"
    _description = "Connector Connection"
    _inherit = ["connector.guard", "mail.thread", "mail.activity.mixin"]
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    provider = fields.Selection("_selection_provider", required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    environment = fields.Selection(
        [("production", "Production"), ("sandbox", "Sandbox")],
        required=True,
        default="sandbox",
        tracking=True,
    )
    state = fields.Selection(
        [
            ("draft", "Not Connected"),
            ("connected", "Connected"),
            ("paused", "Paused"),
            ("attention", "Needs Attention"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    attention_reason = fields.Char(readonly=True, copy=False)
    base_url = fields.Char(
        string="API Address",
        compute="_compute_base_url",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    api_version = fields.Char(
        string="API Version",
        compute="_compute_api_version",
        store=True,
        precompute=True,
        readonly=False,
    )
    credential_ids = fields.One2many("connector.credential", "connection_id")
    flow_ids = fields.One2many("connector.flow", "connection_id")
    value_map_ids = fields.One2many("connector.value.map", "connection_id")
    value_line_ids = fields.One2many("connector.value.map.line", "connection_id")
    owner_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        tracking=True,
        help="Is told when only an administrator can help.",
    )
    tz = fields.Selection(
        "_selection_tz",
        string="Time Zone",
        required=True,
        default=lambda self: self.env.user.tz or "UTC",
        help="Times without a zone are meant in it, and moments become dates in it.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        string="Remote Currency",
        help="Currency of amounts that come without one.",
    )
    account_ref = fields.Char(string="Account", readonly=True, copy=False)
    account_key = fields.Char(
        string="Account ID",
        readonly=True,
        copy=False,
        help="The vendor's own id of the account, by which its messages are known.",
    )
    account_url = fields.Char(readonly=True, copy=False)
    blocked_until = fields.Datetime(
        readonly=True,
        copy=False,
        help="The vendor asked to wait until then; no job of this connection starts.",
    )
    references_read_at = fields.Datetime(readonly=True, copy=False)
    last_test_at = fields.Datetime(readonly=True, copy=False)
    last_test_result = fields.Text(readonly=True, copy=False)
    last_test_passed = fields.Boolean(readonly=True, copy=False)
    last_test_access = fields.Json(
        readonly=True,
        copy=False,
        help="By remote object why it may not be read, or false where it may.",
    )
    synced_count = fields.Integer(string="In Sync", compute="_compute_counts")
    excluded_count = fields.Integer(string="Excluded", compute="_compute_counts")
    failing_count = fields.Integer(string="Failing", compute="_compute_counts")
    exception_count = fields.Integer(
        string="Open Exceptions", compute="_compute_counts"
    )
    pending_job_count = fields.Integer(string="Waiting Jobs", compute="_compute_counts")
    dead_job_count = fields.Integer(string="Dead Letters", compute="_compute_counts")
    unmapped_count = fields.Integer(string="Values to Map", compute="_compute_counts")

    @api.model
    def _selection_provider(self):
        labels = {
            name.removeprefix(PROVIDER_PREFIX): self.env[name]._provider_label
            for name in self.env.registry
            if name.startswith(PROVIDER_PREFIX)
        }
        return sorted(labels.items(), key=lambda item: item[1])

    @api.model
    def _selection_tz(self):
        return self.env["res.partner"]._fields["tz"]._description_selection(self.env)

    @api.depends("provider")
    def _compute_base_url(self):
        for connection in self.filtered("provider"):
            connection.base_url = connection._provider()._provider_base_url

    @api.depends("provider")
    def _compute_api_version(self):
        for connection in self.filtered("provider"):
            versions = connection._provider()._provider_api_versions
            connection.api_version = next(iter(versions), False)

    def _compute_counts(self):
        def grouped(model, domain):
            domain = [("connection_id", "in", self.ids), *domain]
            groups = self.env[model]._read_group(domain, ["connection_id"], ["__count"])
            return dict(groups)

        binding, job = "connector.binding", "connector.job"
        counts = {
            "synced_count": grouped(binding, [("state", "=", "synced")]),
            "excluded_count": grouped(binding, [("state", "!=", "synced")]),
            "failing_count": self.env["connector.exception"]._held_records(self),
            "exception_count": grouped("connector.exception", [("state", "=", "open")]),
            "pending_job_count": grouped(
                job, [("state", "in", ("waiting", "pending", "started"))]
            ),
            "dead_job_count": grouped(job, [("state", "=", "dead")]),
            "unmapped_count": grouped(
                "connector.value.map.line", [("state", "in", ("open", "suggested"))]
            ),
        }
        for connection in self:
            for name, by_connection in counts.items():
                connection[name] = by_connection.get(connection, 0)

    @api.constrains("base_url", "environment")
    def _check_base_url(self):
        for connection in self:
            if not self._is_safe_address(connection.base_url or ""):
                raise ValidationError(
                    self.env._("The API address must begin with https://.")
                )

    def _is_safe_address(self, address):
        """Whether a secret sent there can't be read on its way."""
        try:
            url = urllib.parse.urlsplit(address)
            host = url.hostname
        except ValueError:
            return False
        if not host or url.username:
            return False
        return url.scheme == "https" or (url.scheme == "http" and host in LOCAL_HOSTS)

    @api.model_create_multi
    def create(self, vals_list):
        connections = super().create(vals_list)
        connections._create_credentials()
        return connections

    def write(self, vals):
        if "provider" in vals and any(
            connection.provider != vals["provider"] for connection in self
        ):
            raise UserError(
                self.env._("The system can't be changed: make a new connection.")
            )
        if any(
            name in vals and connection[name] != vals[name]
            for connection in self
            for name in ("base_url", "api_version")
        ):
            self._forget_test()
        return super().write(vals)

    def _forget_test(self):
        """Credentials or address are others than those that were tested."""
        self.sudo().filtered("last_test_at").write(
            {
                "last_test_at": False,
                "last_test_result": False,
                "last_test_passed": False,
                "last_test_access": False,
            }
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_without_log_only(self):
        logged = self.env["connector.log"].sudo()
        if logged.search_count([("connection_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._(
                    "What the connection did stands in the log, which is kept: archive"
                    " the connection instead."
                )
            )

    def _create_credentials(self):
        """Make the rows that the provider asks for and that are not there yet."""
        self.env["connector.credential"].sudo().create(
            [
                {
                    "connection_id": connection.id,
                    "key": spec.key,
                    "label": spec.label,
                    "help_text": spec.help,
                    "sequence": number,
                }
                for connection in self
                for number, spec in enumerate(
                    connection._provider()._credential_specs()
                )
                if spec.key not in connection.credential_ids.mapped("key")
            ]
        )

    # -- contract lookups -----------------------------------------------------

    def _provider(self):
        """The provider's model, with this connection's company in its environment.

        :raises UserError: where its addon is not installed any more
        """
        self.ensure_one()
        name = f"{PROVIDER_PREFIX}{self.provider}"
        if name not in self.env:
            raise UserError(
                self.env._("The addon of %s is not installed.", self.provider)
            )
        return self.env[name].with_company(self.company_id)

    def _entity(self, name):
        """The model of an entity, with this connection's company.

        :raises UserError: where its addon is not installed any more
        """
        self.ensure_one()
        entity = self.env["connector.entity"]._named(name)
        if entity is None:
            raise UserError(self.env._("No installed addon knows %s.", name))
        return entity.with_company(self.company_id)

    def _value_kinds(self):
        """``{name of value map: EntityField}``: its entities' and its field maps'."""
        kinds = {
            field.value_map: field
            for stream in self._streams()
            for field in self._entity(stream.entity)._entity_fields()
            if field.value_map
        }
        lines = self.env["connector.field.map.line"].search(
            [
                ("map_id.connection_id", "=", self.id),
                ("map_id.state", "!=", "retired"),
                ("target", "=like", f"{ODOO_PREFIX}%"),
            ]
        )
        for field in (line._target_field() for line in lines):
            if field and field.value_map:
                kinds.setdefault(field.value_map, field)
        return kinds

    def _value_entity(self, kind):
        """The entity whose field uses the value map ``kind``."""
        for stream in self._streams():
            entity = self._entity(stream.entity)
            own = f"{ODOO_PREFIX}{entity._entity_model}."
            if kind.startswith(own) or any(
                field.value_map == kind for field in entity._entity_fields()
            ):
                return entity
        return self.env["connector.entity"]

    def _secret(self, key):
        """A secret in clear, for building a provider's client.

        :raises errors.AuthenticationError: where it was never entered or no key of this
            server opens it
        """
        self.ensure_one()
        credential = self.sudo().credential_ids.filtered(lambda c: c.key == key)
        try:
            secret = credential._reveal() if credential else None
        except UserError as error:
            raise self._unreadable_error(error) from None
        if not secret:
            raise errors.AuthenticationError(
                f"{self.name}: the credential {key} is not set.",
                code="no_credential",
                params={"connection": self.name, "credential": credential.label or key},
            )
        return secret

    # -- screens ---------------------------------------------------------------

    def _open_related(self, model, name, domain=(), context=None):
        """The model's own action, with its views and empty screen, narrowed to us."""
        self.ensure_one()
        xml_id = f"connector_base.{model.replace('.', '_')}_action"
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(xml_id),
            "name": name,
            "display_name": name,
            "domain": [("connection_id", "=", self.id), *domain],
            "context": context or {},
        }

    def action_open_synced(self):
        return self._open_related(
            "connector.binding", self.env._("In Sync"), [("state", "=", "synced")]
        )

    def action_open_excluded(self):
        return self._open_related(
            "connector.binding", self.env._("Excluded"), [("state", "!=", "synced")]
        )

    def action_open_failing(self):
        return self._open_related(
            "connector.exception.item",
            self.env._("Failing"),
            [("state", "=", "open"), ("blocking", "=", True)],
        )

    def action_open_exceptions(self):
        return self._open_related(
            "connector.exception",
            self.env._("Exceptions"),
            [("state", "=", "open")],
        )

    def action_open_jobs(self):
        return self._open_related(
            "connector.job",
            self.env._("Waiting Jobs"),
            context={"search_default_unfinished": 1},
        )

    def action_open_dead_jobs(self):
        return self._open_related(
            "connector.job", self.env._("Dead Letters"), [("state", "=", "dead")]
        )

    def action_open_logs(self):
        return self._open_related("connector.log", self.env._("Log"))

    def action_open_value_lines(self):
        action = self._open_related(
            "connector.value.map.line", self.env._("Values to Map")
        )
        action["context"] = {"search_default_to_map": 1, "search_default_group_map": 1}
        return action
