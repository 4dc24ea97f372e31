from odoo import api, fields, models

from ..engine import errors, oauth


class ConnectorConnection(models.Model):
    """Which rights the credential needs, and which of them it has or has too many."""

    _inherit = "connector.connection"

    told_scopes = fields.Json(
        readonly=True,
        copy=False,
        help="Names of the rights that the vendor told at the last test; empty where it"
        " tells none.",
    )
    needed_scopes_text = fields.Char(
        string="Rights Needed", compute="_compute_scopes", compute_sudo=True
    )
    missing_scopes_text = fields.Char(
        string="Rights Missing", compute="_compute_scopes", compute_sudo=True
    )
    spare_scopes_text = fields.Char(
        string="More Than Needed", compute="_compute_scopes", compute_sudo=True
    )

    @api.depends(
        *("told_scopes", "granted_scopes", "provider"),
        *("flow_ids.active", "flow_ids.direction"),
    )
    def _compute_scopes(self):
        for connection in self:
            needed = connection._needed_scopes() if connection.provider else []
            granted = connection._known_scopes()
            told = granted is not None
            missing = [name for name in needed if told and name not in granted]
            spare = [name for name in granted or [] if name not in needed]
            connection.needed_scopes_text = ", ".join(needed)
            connection.missing_scopes_text = ", ".join(missing)
            connection.spare_scopes_text = ", ".join(spare)

    def _known_scopes(self):
        """What the vendor said at the last test, else when somebody signed in.

        :return: names; ``None`` where it has told neither time
        """
        if isinstance(self.told_scopes, list):
            return self.told_scopes
        return list(oauth.granted_scopes(self.granted_scopes) or ()) or None

    def _needed_scopes(self):
        """Names of the rights of all flows that are on, each once.

        Before there are flows, those to read all that is offered.
        """
        provider = self._provider()
        if not self.with_context(active_test=False).flow_ids:
            wanted = [provider._scopes(stream.name)[0] for stream in self._streams()]
        else:
            wanted = []
            for flow in self.flow_ids.filtered("active"):
                reads, writes = provider._scopes(flow.stream)
                wanted.append(reads if flow.direction != "push" else ())
                wanted.append(writes if flow.direction != "pull" else ())
        return list(dict.fromkeys(name for names in wanted for name in names))

    def action_test(self):
        result = super().action_test()
        if isinstance(self.last_test_access, dict):
            self.sudo().told_scopes = self._ask_granted_scopes()
        return result

    def _ask_granted_scopes(self):
        """What the vendor says is granted; that it doesn't tell is no failure."""
        provider = self._provider()
        try:
            granted = provider._asked("_granted_scopes", provider._client(self))
        except errors.ConnectorError:
            return False
        if not isinstance(granted, list | tuple | set | frozenset):
            return False
        return sorted({str(name) for name in granted})


class ConnectorSetup(models.Model):
    _inherit = "connector.setup"

    def _checks(self):
        yield from super()._checks()
        if line := self._check_spare_scopes():
            yield line

    def _check_spare_scopes(self):
        """Rights that none of the chosen kinds of records needs, where that is told."""
        granted = self.connection_id._known_scopes()
        if granted is None:
            return None
        provider = self.connection_id._provider()
        needed = set()
        for row in self.flow_line_ids.filtered("included"):
            reads, writes = provider._scopes(row.flow_id.stream)
            needed.update(reads if row.direction != "push" else ())
            needed.update(writes if row.direction != "pull" else ())
        spare = [name for name in granted if name not in needed]
        name = self.env._("Least Rights")
        if not spare:
            sentence = self.env._("The credential may do what is needed, and no more.")
            return self._line(name, "ok", sentence)
        sentence = self.env._(
            "More than needed: %s. What a credential can't do nobody can do with it:"
            " take these rights away at the system.",
            ", ".join(spare),
        )
        return self._line(name, "note", sentence, step="credentials")
