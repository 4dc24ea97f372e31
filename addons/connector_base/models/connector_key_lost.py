"""What happens where the key of the stored secrets is missing, and when it is back."""

import contextlib
import datetime
import logging
import os

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import config

from ..engine import errors
from ..engine.prometheus import Metric
from .connector_credential import KEYS_OPTION, KEYS_VARIABLE, UNREADABLE

_logger = logging.getLogger(__name__)

#: How often a day a connection goes on by itself: where one of several servers lacks
#: the key for good, somebody has to look.
RESUMES = 3


class ConnectorCredential(models.Model):
    _inherit = "connector.credential"

    @api.model
    def _key_source(self):
        """Where the keys of this server come from.

        :return: ``environment``, ``config`` or ``file``
        """
        if os.environ.get(KEYS_VARIABLE):
            return "environment"
        return "config" if config.get(KEYS_OPTION) else "file"

    @api.model
    def _key_file_made(self):
        """When the key file was written last, UTC; ``None`` where there is none."""
        path = self._key_path()
        if not path.exists():
            return None
        moment = datetime.datetime.fromtimestamp(path.stat().st_mtime, datetime.UTC)
        return moment.replace(tzinfo=None)

    @api.model
    def _stored(self):
        """The credentials of all connections that have a secret."""
        return self.sudo().search([("token", "!=", False)])

    def _unreadable(self, vault=None):
        """Those of these credentials that no key opens, by their fingerprints.

        :raises UserError: where the keys of the server are unusable
        """
        stored = self.sudo().filtered("token")
        if not stored:
            return stored
        vault = vault or self._vault()
        return stored.filtered(lambda credential: not vault.knows(credential.token))

    @api.model
    def _warn_of_new_file(self, path, vault):
        """A key file was made: was there one before, which is gone?"""
        lost = self._stored()._unreadable(vault)
        if lost:
            _logger.error(
                "A new key file %s was made, and the %s secrets that are stored need"
                " the one before: Odoo's data folder was lost, or isn't kept. Restore"
                " it, see Connectors, Configuration, Keys.",
                path,
                len(lost),
            )


class ConnectorConnection(models.Model):
    _inherit = "connector.connection"

    secret_trouble = fields.Char(
        compute="_compute_secret_trouble",
        groups="connector_base.group_administrator",
        help="Which secrets can't be read, and why.",
    )

    @api.depends("credential_ids.token", "credential_ids.label")
    def _compute_secret_trouble(self):
        for connection in self:
            labels, problem = connection._unreadable_labels()
            connection.secret_trouble = labels and self.env[
                "connector.exception"
            ]._sentence(UNREADABLE, {"credentials": labels, "problem": problem})

    def _unreadable_labels(self):
        """``(names of the secrets that can't be read, why)``; empty where all can."""
        stored = self.sudo().credential_ids.filtered("token")
        try:
            stored = stored._unreadable()
        except UserError as error:
            # The keys themselves are unusable; the text says what is wrong with them.
            return ", ".join(stored.mapped("label")), str(error)
        return ", ".join(stored.mapped("label")), self.env._(
            "No key of this server opens them."
        )

    def _unreadable_error(self, error):
        """The ``ConnectorError`` of a secret that can't be read.

        :param error: ``UserError`` of :meth:`connector.credential._reveal`
        """
        labels, problem = self._unreadable_labels()
        return errors.AuthenticationError(
            f"{self.name}: {error}",
            code=UNREADABLE,
            params={
                "credentials": labels or self.env._("some"),
                "problem": problem if labels else str(error),
            },
        )

    def _job_vault(self):
        """The vault, for a job of this connection.

        :raises errors.AuthenticationError: where the keys are unusable: the connection
            stops and the job waits
        """
        try:
            return self.env["connector.credential"].sudo()._vault()
        except UserError as error:
            raise self._unreadable_error(error) from None

    # -- the key is back ----------------------------------------------------------

    @api.model
    def _cron_schedule(self):
        self._resume_readable()
        return super()._cron_schedule()

    @api.model
    def _resume_readable(self):
        """Let go on what only waits for a key that is back.

        Nothing was sent meanwhile and nothing has changed at the vendor because of us:
        it goes on where it stopped. Where somebody has entered a secret since, it is
        theirs to test and resume.
        """
        stopped = self.env["connector.exception"].search(
            [
                ("error_class", "=", "authentication"),
                ("state", "=", "open"),
                ("connection_id.state", "=", "attention"),
            ]
        )
        for connection, opened in stopped.grouped("connection_id").items():
            if connection._is_readable_again(opened):
                connection.action_resume()
                connection._reminders().unlink()
                connection._message_log(
                    body=self.env._(
                        "The key of the secrets is back: the work goes on by itself."
                    )
                )

    def _is_readable_again(self, opened):
        """:param opened: the open exceptions that stopped this connection"""
        since = min(opened.mapped("create_date"))
        credentials = self.sudo().credential_ids.filtered("token")
        if set(opened.mapped("code")) != {UNREADABLE} or not credentials:
            return False
        if any(c.changed_at and c.changed_at > since for c in credentials):
            return False
        if self._unreadable_labels()[0]:
            return False
        day = fields.Datetime.now() - datetime.timedelta(days=1)
        resumed = self.env["connector.exception"].search_count(
            [
                ("connection_id", "=", self.id),
                ("code", "=", UNREADABLE),
                ("state", "=", "resolved"),
                ("resolved_at", ">", day),
            ]
        )
        return resumed < RESUMES

    def _reminders(self):
        """The to-dos that this connection has because it stopped."""
        kind = self.env.ref("mail.mail_activity_data_todo")
        return (
            self.activity_ids.filtered(
                lambda a: a.automated and a.activity_type_id == kind
            )
            - self.sudo().credential_ids.reminder_id
        )


class ConnectorException(models.Model):
    _inherit = "connector.exception"

    def _sentence_credential_unreadable(self, params):
        return self.env._(
            "These secrets can't be read: %(credentials)s. %(problem)s",
            credentials=params["credentials"],
            problem=params["problem"],
        )

    def _advice_credential_unreadable(self):
        return self.env._(
            "Give this server the key that the secrets were stored with: the work goes"
            " on by itself within minutes. Or enter the secrets again, test and resume."
            " Connectors, Configuration, Keys shows what can't be read."
        )


class ConnectorMetrics(models.AbstractModel):
    _inherit = "connector.metrics"

    @api.model
    def _is_up(self):
        return super()._is_up() and not self._unreadable_counts()

    def _unreadable_counts(self):
        """``{connection id: number of credentials that can't be read}``."""
        stored = self.env["connector.credential"]._stored()
        # None of them can be read where the keys themselves are unusable.
        with contextlib.suppress(UserError):
            stored = stored._unreadable()
        counts = stored.grouped("connection_id")
        return {connection.id: len(lost) for connection, lost in counts.items()}

    def _connection_states(self, connections, now):
        lost = Metric(
            "connector_secrets_unreadable",
            "Credentials of a connection that no key of this server opens.",
        )
        counts = self._unreadable_counts()
        for connection_id, labels in connections.items():
            lost.add(counts.get(connection_id, 0), **labels)
        return (*super()._connection_states(connections, now), lost)
