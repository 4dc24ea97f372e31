import datetime

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.connector_credential import KEY_FILE, KEYS_OPTION, KEYS_VARIABLE


class ConnectorKeyStatus(models.TransientModel):
    """Which keys the server has, and what each of them is still needed for."""

    _name = "connector.key.status"
    _description = "Connector Key Status"

    source = fields.Char(string="Keys Come From", readonly=True)
    trouble = fields.Char(readonly=True)
    first_key = fields.Char(
        readonly=True,
        help="What is stored from now on is encrypted with it. Eight characters of its"
        " digest, which tell nothing of the key.",
    )
    older_keys = fields.Char(readonly=True)
    begun_at = fields.Datetime(string="First Since", readonly=True)
    rotated_at = fields.Datetime(string="All Encrypted On", readonly=True)
    line_ids = fields.One2many("connector.key.status.line", "status_id", readonly=True)
    verdict = fields.Selection(
        [("good", "Good"), ("rotating", "Being Encrypted Anew"), ("bad", "Trouble")],
        readonly=True,
    )
    sentence = fields.Text(readonly=True)

    @api.depends("verdict")
    def _compute_display_name(self):
        self.display_name = self.env._("Keys")

    # -- open -------------------------------------------------------------------

    @api.model
    def action_open(self):
        """Look at the keys and at all that is encrypted, now."""
        self._check_administrator()
        status = self.create(self._look())
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Keys"),
            "res_model": self._name,
            "res_id": status.id,
            "views": [(False, "form")],
        }

    @api.model
    def _look(self):
        """:return: values of a new record"""
        keys, credentials = self.env["connector.key"].sudo(), self._credentials()
        source, labels = credentials._key_source(), self._sources()
        vals = {"source": labels[source]}
        try:
            vault = credentials._vault()
        except UserError as error:
            return {
                **vals,
                "verdict": "bad",
                "trouble": str(error),
                "sentence": self.env._(
                    "Nothing that is encrypted can be read, and connections stop. Put"
                    " it right on the server; then work goes on by itself."
                ),
            }
        first = vault.fingerprints[0]
        key = keys.search([("fingerprint", "=", first)], limit=1)
        lines = [
            self._line(keys._kind(model, column), counts, vault, key)
            for model, column, counts in keys._use()
        ]
        vals |= {
            "first_key": first,
            "older_keys": ", ".join(vault.fingerprints[1:]),
            "begun_at": key.begun_at,
            "rotated_at": key.rotated_at,
            "line_ids": [fields.Command.create(line) for line in lines],
        }
        older = sum(line["older_count"] for line in lines)
        lost = sum(line["unreadable_count"] for line in lines)
        if lost:
            verdict, sentence = "bad", self._say_lost(lost, source, vault)
        elif older > key.refused_count or not key.rotated_at:
            verdict, sentence = "rotating", self._say_rotating(older, vault)
        else:
            verdict, sentence = "good", self._say_good(vault)
        return {**vals, "verdict": verdict, "sentence": sentence}

    def _line(self, kind, counts, vault, key):
        first, *others = vault.fingerprints
        # Those without a name that are left after a rotation are opened by no key.
        tried = key.rotated_at and not key.rotating
        older = sum(counts.get(name, 0) for name in others)
        older += 0 if tried else counts.get(None, 0)
        newest = counts.get(first, 0)
        return {
            "kind": kind,
            "newest_count": newest,
            "older_count": older,
            "unreadable_count": sum(counts.values()) - newest - older,
        }

    # -- sentences --------------------------------------------------------------

    def _sources(self):
        return {
            "environment": self.env._("the environment: %s", KEYS_VARIABLE),
            "config": self.env._("odoo.conf: %s", KEYS_OPTION),
            "file": self.env._("a file in Odoo's data folder: %s", KEY_FILE),
        }

    def _say_lost(self, count, source, vault):
        said = [
            self.env._(
                "%s stored secrets can't be read: no key of this server opens them."
                " Add the key that they were stored with behind the first one and"
                " restart Odoo: connections that wait for it go on by themselves. If it"
                " is lost, enter the secrets of the connections again, test and resume;"
                " kept records come anew, and the audit wants a new signing key.",
                count,
            )
        ]
        made = self._credentials()._key_file_made() if source == "file" else None
        if made and self._was_made_after(made, vault):
            said.insert(
                0,
                self.env._(
                    "The file with the key was made on %s, when secrets were stored"
                    " already: Odoo's data folder was lost, or isn't kept where the"
                    " server is a container without a volume. Restore the file from a"
                    " backup, or set the keys in odoo.conf.",
                    fields.Datetime.to_string(made),
                ),
            )
        return "\n".join(said)

    def _was_made_after(self, made, vault):
        """Whether some secret that can't be read is older than the key file."""
        unreadable = self._credentials()._stored()._unreadable(vault)
        stored = [c.changed_at or c.write_date for c in unreadable]
        # What is entered in the very second in which the file is made is no loss.
        return any(moment < made - datetime.timedelta(seconds=1) for moment in stored)

    def _say_rotating(self, count, vault):
        if not count:
            return self.env._(
                "Key %s is the first one since lately; whether all is encrypted with it"
                " shows in a few minutes. Keep the older keys until then.",
                vault.fingerprints[0],
            )
        return self.env._(
            "%(count)s secrets are being encrypted with key %(key)s in the background."
            " Keep the older keys until that is done.",
            count=count,
            key=vault.fingerprints[0],
        )

    def _say_good(self, vault):
        if len(vault.fingerprints) == 1:
            return self.env._(
                "All that is stored is encrypted with key %s.", vault.fingerprints[0]
            )
        return self.env._(
            "All that is stored is encrypted with key %(key)s. You may remove the older"
            " ones now, on all servers: %(older)s. Keep them as long as you keep"
            " backups of the time before.",
            key=vault.fingerprints[0],
            older=", ".join(vault.fingerprints[1:]),
        )

    # -- buttons ----------------------------------------------------------------

    def action_rotate(self):
        """Look at all again, and encrypt anew what isn't with the first key."""
        self._check_administrator()
        self.env["connector.key"]._rotate_soon()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "It begins within a minute, in the background. Nobody has to wait"
                    " for it; look again later."
                ),
            },
        }

    def action_look_again(self):
        return self.action_open()

    def _credentials(self):
        return self.env["connector.credential"].sudo()

    def _check_administrator(self):
        if not self.env.user.has_group("connector_base.group_administrator"):
            raise AccessError(
                self.env._("Only a connector administrator looks after the keys.")
            )


class ConnectorKeyStatusLine(models.TransientModel):
    """One kind of what is encrypted, and by which keys it is opened."""

    _name = "connector.key.status.line"
    _description = "Connector Key Status Line"

    status_id = fields.Many2one(
        "connector.key.status", required=True, ondelete="cascade"
    )
    kind = fields.Char(string="What Is Encrypted", readonly=True)
    newest_count = fields.Integer(string="With the First Key", readonly=True)
    older_count = fields.Integer(string="With an Older Key", readonly=True)
    unreadable_count = fields.Integer(string="Can't Be Read", readonly=True)
