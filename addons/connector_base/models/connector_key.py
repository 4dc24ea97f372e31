import datetime
import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..engine.crypto import DOT, FINGERPRINT_LENGTH, VaultError
from .connector_concurrency import is_concurrency_error

_logger = logging.getLogger(__name__)

#: Rows that are encrypted anew in one transaction.
BATCH = 100
#: Tries of a batch whose rows others write at the same moment.
TRIES = 5
#: After so long all is looked at again: a server that wasn't told of the new key yet
#: went on with the old one.
LOOK_AGAIN = datetime.timedelta(days=1)


class ConnectorKey(models.Model):
    """A key that secrets of this database are, or were, encrypted with.

    Only its fingerprint is here. What is stored names its key by it, so that what an
    older one is still needed for is one query. Where the first key of the server is
    another one than that of the stored secrets, these are encrypted anew in the
    background: all columns that a model names by ``connector.encrypted``, a batch a
    transaction. Who dies at any line has done whole batches; the next run finds the
    rest by their fingerprints.
    """

    _name = "connector.key"
    _description = "Connector Key"
    _order = "id desc"
    _rec_name = "fingerprint"
    _log_access = False

    fingerprint = fields.Char(required=True, readonly=True)
    begun_at = fields.Datetime(
        string="First Key Since", required=True, readonly=True, copy=False
    )
    rotated_at = fields.Datetime(
        string="All Encrypted On",
        readonly=True,
        copy=False,
        help="When nothing was left that an older key of the server opens.",
    )
    looked_at = fields.Datetime(readonly=True, copy=False)
    rotating = fields.Boolean(readonly=True, copy=False)
    refused_count = fields.Integer(
        string="Not Opened",
        readonly=True,
        copy=False,
        help="Secrets that name no key, or an older one, and that none opens.",
    )

    _fingerprint_uniq = models.Constraint(
        "UNIQUE(fingerprint)", "A key is known by its fingerprint, once."
    )

    # -- what is encrypted ------------------------------------------------------

    @api.model
    def _encrypted_columns(self):
        """:return: list of ``(model, column)`` of all that is encrypted here"""
        names = self.env.registry.descendants(["connector.encrypted"], "_inherit")
        return [
            (self.env[name].sudo(), column)
            for name in sorted(names)
            if not self.env[name]._abstract
            for column in self.env[name]._encrypted
        ]

    @api.model
    def _use(self):
        """How much is encrypted with which key; one query a column.

        :return: list of ``(model, column, {fingerprint: number})``; the fingerprint is
            ``None`` for what was stored before there were any
        """
        self.env.flush_all()
        return [
            (
                model,
                column,
                dict(
                    self.env.execute_query(
                        SQL(
                            """
                            SELECT %s AS name, COUNT(*) FROM %s
                             WHERE %s IS NOT NULL GROUP BY name
                            """,
                            _fingerprint_of(model, column),
                            SQL.identifier(model._table),
                            SQL.identifier(column),
                        )
                    )
                ),
            )
            for model, column in self._encrypted_columns()
        ]

    # -- rotate -----------------------------------------------------------------

    @api.model
    def _cron_rotate(self):
        """Encrypt with the first key what isn't yet, in bounded batches."""
        progress = self.env["ir.cron"]._commit_progress
        try:
            vault = self.env["connector.credential"].sudo()._vault()
        except UserError as error:
            # The jobs that need a secret stop their connections and say why.
            _logger.warning("Nothing is encrypted anew: %s", error)
            return
        key = self.sudo()._of(vault.fingerprints[0])
        if not key._is_settled():
            key._rotate(vault, progress)

    @api.model
    def _rotate_now(self):
        """All at once, whenever it was looked at: for a command line.

        :raises UserError: where the keys of the server are unusable
        """
        vault = self.env["connector.credential"].sudo()._vault()
        key = self.sudo()._of(vault.fingerprints[0])
        key._rotate(vault, self.env["ir.cron"]._commit_progress)

    def _rotate(self, vault, progress):
        """:param progress: commits; gives the seconds that are left"""
        self._begin(vault)
        progress()
        refused = 0
        for model, column in self._encrypted_columns():
            after = 0
            while after is not None:
                after, done, failed = self._rotate_batch(model, column, vault, after)
                refused += failed
                if not progress(done, remaining=1):
                    return
        self._end(vault, refused)
        progress(remaining=0)

    @api.model
    def _rotate_soon(self):
        """Look at all again, as soon as a worker of scheduled actions is free."""
        vault = self.env["connector.credential"].sudo()._vault()
        key = self.sudo()._of(vault.fingerprints[0])
        key.looked_at = False
        self.env["connector.audit"]._note(key, "override")
        self.env.ref("connector_base.cron_rotate_keys").sudo()._trigger()

    def _is_settled(self):
        """Whether all was found encrypted with this key not long ago."""
        now = fields.Datetime.now()
        return bool(
            self.rotated_at and self.looked_at and now - self.looked_at < LOOK_AGAIN
        )

    @api.model
    def _of(self, fingerprint):
        key = self.search([("fingerprint", "=", fingerprint)], limit=1)
        return key or self.create(
            {"fingerprint": fingerprint, "begun_at": fields.Datetime.now()}
        )

    @api.model
    def _older(self, vault):
        """How many secrets an older key of the server, or no fingerprint, is named by.

        :return: dict of numbers by what people call the kind
        """
        names = (None, *vault.fingerprints[1:])
        counts = {
            self._kind(model, column): sum(count.get(name, 0) for name in names)
            for model, column, count in self._use()
        }
        return {kind: number for kind, number in counts.items() if number}

    def _begin(self, vault):
        """Note in the audit what is about to be encrypted anew, if anything is."""
        older = self._older(vault)
        if sum(older.values()) > self.refused_count and not self.rotating:
            self._audit({kind: [str(number), None] for kind, number in older.items()})
            self.rotating = True

    def _end(self, vault, refused):
        """Note that all is encrypted with this key that any key opens."""
        left = self._older(vault)
        now = fields.Datetime.now()
        if sum(left.values()) > refused:
            # Others held these rows: the next run takes them.
            self.rotated_at = False
            return
        if self.rotating:
            self._audit({kind: [None, str(number)] for kind, number in left.items()})
        self.write(
            {
                "rotating": False,
                "rotated_at": now,
                "looked_at": now,
                "refused_count": refused,
            }
        )

    def _audit(self, changes):
        """:param changes: ``{kind: [number before, number that is left]}``"""
        self.env["connector.audit"]._note(self, "rotate", changes)

    def _rotate_batch(self, model, column, vault, after):
        """Encrypt the next rows of a column anew, in a transaction of their own.

        Rows that others write are left out, and those that they have written since
        our snapshot end the transaction: nobody's change is written over.

        :param after: id of the last row that was looked at
        :return: ``(id of the last row or None, rows done, rows that no key opens)``
        """
        for attempt in range(1, TRIES + 1):
            try:
                return self._rotate_rows(model, column, vault, after)
            except psycopg2.Error as error:
                if attempt == TRIES or not is_concurrency_error(error):
                    raise
                self.env.cr.rollback()
        raise AssertionError("unreachable")

    def _rotate_rows(self, model, column, vault, after):
        name = _fingerprint_of(model, column)
        older = vault.fingerprints[1:]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, %(column)s FROM %(table)s
                 WHERE id > %(after)s AND %(column)s IS NOT NULL AND %(older)s
                 ORDER BY id LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED
                """,
                column=SQL.identifier(column),
                table=SQL.identifier(model._table),
                after=after,
                older=SQL("(%s IS NULL OR %s IN %s)", name, name, older)
                if older
                else SQL("%s IS NULL", name),
                limit=BATCH,
            )
        )
        fresh = []
        for row_id, stored in rows:
            try:
                stored = stored if isinstance(stored, str) else bytes(stored)
                fresh.append((row_id, vault.rotate(stored)))
            except VaultError:
                continue
        if fresh:
            self._store(model, column, fresh)
        last = rows[-1][0] if len(rows) == BATCH else None
        return last, len(fresh), len(rows) - len(fresh)

    def _store(self, model, column, fresh):
        """Write new texts of rows that this transaction has locked, in one statement.

        Nothing else of the records changes: neither dates nor names tell of it.
        """
        if model._fields[column].type == "binary":
            fresh = [(row_id, psycopg2.Binary(stored)) for row_id, stored in fresh]
        self.env.cr.execute(
            SQL(
                "UPDATE %s AS t SET %s = v.fresh FROM (VALUES %s) AS v(id, fresh)"
                " WHERE t.id = v.id",
                SQL.identifier(model._table),
                SQL.identifier(column),
                SQL(", ").join(SQL("(%s, %s)", *pair) for pair in fresh),
            )
        )
        model.invalidate_model([column], flush=False)
        if model._name == "connector.credential":
            # Addresses of webhooks are kept with their encrypted secrets.
            self.env.registry.clear_cache()

    @api.model
    def _kind(self, model, column):
        """What people call the secrets of a column."""
        name = self.env["ir.model"].sudo()._get(model._name).name or model._description
        name = name.removeprefix("Connector ")
        if len(model._encrypted) == 1:
            return name
        return f"{name}: {model._fields[column]._description_string(self.env)}"


def _fingerprint_of(model, column):
    """SQL of the fingerprint that a column's text begins with; NULL without one."""
    if model._fields[column].type == "binary":
        head = SQL(
            "encode(substr(%s, 1, %s), 'escape')",
            SQL.identifier(column),
            FINGERPRINT_LENGTH + 1,
        )
    else:
        head = SQL("left(%s, %s)", SQL.identifier(column), FINGERPRINT_LENGTH + 1)
    return SQL(
        "CASE WHEN substr(%s, %s) = %s THEN left(%s, %s) END",
        head,
        FINGERPRINT_LENGTH + 1,
        DOT,
        head,
        FINGERPRINT_LENGTH,
    )
