import datetime

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine import errors

#: Hours after which a vendor is asked again what fields it has.
FIELDS_INTERVAL = 24
#: Most names of new fields that are said at once.
MOST_NAMES = 10


class ConnectorConnection(models.Model):
    """Reads what fields a vendor has: when connecting, daily, and on demand."""

    _inherit = "connector.connection"

    fields_read_at = fields.Datetime(
        string="Fields Read", readonly=True, copy=False, help="At the vendor."
    )
    remote_field_count = fields.Integer(
        string="Remote Fields", compute="_compute_remote_field_count"
    )

    def _compute_remote_field_count(self):
        groups = self.env["connector.remote.field"]._read_group(
            [("connection_id", "in", self.ids), ("state", "=", "present")],
            ["connection_id"],
            ["__count"],
        )
        counts = dict(groups)
        for connection in self:
            connection.remote_field_count = counts.get(connection, 0)

    def _prepare(self):
        # Asked before anything is written; what can't be told now is asked daily.
        found, absent = self._describe_all()
        before = self.with_context(active_test=False).flow_ids
        result = super()._prepare()
        self._take_fields(found)
        new = self.flow_ids - before
        self._leave_out(new.filtered(lambda flow: flow.stream in absent))
        return result

    def _leave_out(self, flows):
        """Let flows rest that the account has nothing for, as without a feature."""
        if flows:
            flows.active = False
            self.message_post(
                body=self.env._(
                    "%(vendor)s has nothing of that kind in this account, or doesn't"
                    " let it be seen: these flows are archived: %(flows)s.",
                    vendor=self._provider()._provider_label,
                    flows=", ".join(flows.mapped("name")),
                )
            )

    def action_read_fields(self):
        """Ask the vendor in the background what fields it has now."""
        self.check_access("read")
        if not self.env.user.has_group("connector_base.group_operator"):
            raise AccessError(self.env._("Only an operator can read the fields again."))
        for connection in self:
            if connection.state == "draft":
                raise UserError(self.env._("Connect %s first.", connection.name))
        self.sudo()._enqueue_fields()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "The fields are read in the background. What changed is said here"
                    " and, where a field map needs it, as an exception."
                ),
            },
        }

    def action_open_remote_fields(self):
        return self._open_related(
            "connector.remote.field",
            self.env._("Remote Fields"),
            context={"search_default_group_stream": 1},
        )

    def _enqueue_fields(self):
        for connection in self:
            self.env["connector.job"].enqueue(
                connection,
                "_job_read_fields",
                name=self.env._("%s: read fields", connection.name),
                connection=connection,
                identity_key=f"fields:{connection.id}",
            )

    @api.model
    def _cron_schedule(self):
        result = super()._cron_schedule()
        limit = fields.Datetime.now() - datetime.timedelta(hours=FIELDS_INTERVAL)
        self.search(
            [
                ("state", "=", "connected"),
                "|",
                ("fields_read_at", "=", False),
                ("fields_read_at", "<", limit),
            ]
        )._enqueue_fields()
        return result

    def _describe_all(self):
        """What the vendor lets us know of its fields now.

        :return: ``({stream: list of RemoteField}, {streams that it doesn't have})``
        """
        provider = self._provider()
        found, absent = {}, set()
        try:
            client = provider._client(self)
            for stream in self._streams():
                try:
                    found[stream.name] = provider._asked(
                        "_describe", client, stream.name
                    )
                except errors.PermissionDenied:
                    # Its flow says so itself; the others are none the worse for it.
                    continue
                except errors.RemoteNotFound:
                    absent.add(stream.name)
        except errors.ConnectorError:
            return {}, set()
        return found, absent

    def _job_read_fields(self, job):
        """Ask for the fields of each stream; no transaction waits for the vendor."""
        provider = self._provider()
        client = provider._client(self)
        found = {}
        for stream in self._streams():
            job._checkpoint()
            try:
                found[stream.name] = provider._asked("_describe", client, stream.name)
            except (errors.PermissionDenied, errors.RemoteNotFound):
                continue
        self._take_fields(found)
        return {"fields": sum(map(len, found.values()))}

    def _take_fields(self, described):
        """Store what a vendor says about its fields, and see what it means for maps.

        :param described: ``{stream: list of RemoteField}``
        """
        self.ensure_one()
        refresh = self.env["connector.remote.field"].sudo()._refresh
        labels = {s.name: s.label for s in self._streams()}
        for stream, found in described.items():
            news = refresh(self, stream, found)
            if news["new"]:
                self._say_new_fields(labels[stream], news["new"])
            flow = self.flow_ids.filtered(lambda f, name=stream: f.stream == name)
            flow.sudo()._take_back(news["back"])
        self.flow_ids.sudo()._check_fields()
        if described:
            self.sudo().fields_read_at = fields.Datetime.now()

    def _say_new_fields(self, stream, labels):
        shown = ", ".join(sorted(labels)[:MOST_NAMES])
        if len(labels) > MOST_NAMES:
            shown += "…"
        self.message_post(
            body=self.env._(
                "New fields of %(stream)s at %(vendor)s, not mapped yet: %(names)s.",
                stream=stream,
                vendor=self._provider()._provider_label,
                names=shown,
            )
        )
