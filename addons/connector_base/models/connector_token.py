import contextlib
import datetime
import functools
import hashlib
import json

import psycopg2
import psycopg2.errors

from odoo import fields, models
from odoo.sql_db import db_connect
from odoo.tools import SQL

from ..engine import errors
from ..engine.crypto import VaultError
from ..engine.tokens import Token, Tokens
from .connector_concurrency import is_concurrency_error
from .connector_credential import UNREADABLE

#: First of the two numbers of the advisory locks that are held while a token is
#: renewed; the second is the connection's id.
LOCK_CLASS = 0x746F6B6E
#: How long a worker waits for another one that renews; then its job comes again.
LOCK_TIMEOUT = "10s"
#: Tries to store a token that the vendor gives once.
KEEP_TRIES = 10


class ConnectorToken(models.Model):
    """A short-lived token of a connection, shared by all workers, encrypted at rest.

    It is renewed outside of the working transaction, by one worker at a time, and no
    transaction is open while the vendor is asked::

        read ── still good? ── use it
                  │ no
        lock ── read again ── still the refused one? ── ask ── store ── unlock
               commit            commit                      commit

    The lock is one of the database session: who dies gives it back at once. Those that
    waited find the new token and ask for none.

    A token belongs to what it was got with. Once the address or a secret is another
    one it is not used any more.
    """

    _name = "connector.token"
    _inherit = ["connector.encrypted"]
    _description = "Connector Token"
    _order = "connection_id, id"
    _rec_name = "key"
    _log_access = False
    _encrypted = ("token",)

    connection_id = fields.Many2one(
        "connector.connection", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="connection_id.company_id")
    key = fields.Char(required=True, readonly=True)
    token = fields.Char(groups=fields.NO_ACCESS, copy=False, readonly=True)
    expires_at = fields.Datetime(readonly=True)
    renewed_at = fields.Datetime(readonly=True)
    renewals = fields.Integer(readonly=True, aggregator=None)

    _key_uniq = models.Constraint(
        "UNIQUE(connection_id, key)", "A connection has each token once."
    )


class ConnectorConnection(models.Model):
    _inherit = "connector.connection"

    def _tokens(self, key, ask, needs=(), rotating=()):
        """The short-lived token of this connection, for a client.

        :param key: name of the token among those of the connection
        :param ask: ``(secrets) -> engine.tokens.Token``: asks the vendor for a new one;
            ``secrets`` are those of ``needs``, in clear
        :param needs: keys of the credentials that it is got with
        :param rotating: those of them that the vendor replaces with each token
        :return: ``engine.tokens.Tokens``; of use without an environment
        :raises errors.AuthenticationError: where a credential is not set
        """
        self.ensure_one()
        secrets = {name: self._secret(name) for name in needs}
        place = self._token_place(key, secrets, rotating)
        return Tokens(functools.partial(_fetch, place, ask, secrets, rotating))

    def _token_place(self, key, secrets, rotating=()):
        """Where a token lies that is got with these secrets."""
        return _Place(
            self.env.cr.dbname,
            self.id,
            key,
            self.env["connector.credential"]._vault(),
            _basis(self.base_url, secrets, rotating),
        )


def _basis(address, secrets, rotating):
    """What a token was got with, as a digest; kept within what is encrypted."""
    lasting = {name: text for name, text in secrets.items() if name not in rotating}
    text = json.dumps([address, lasting], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _fetch(place, ask, secrets, rotating, refused):
    """The token that all share; a new one where that is over or refused.

    :param refused: value that the vendor does not take any more, or ``None``
    :raises errors.TransientError: where another worker renews it for too long
    """
    token = place.load(refused)
    if token is not None:
        return token
    with place.alone() as connected:
        # Who came second finds what the first one got.
        token = place.load(refused, connected)
        if token is None:
            newest = place.secrets(connected, rotating)
            token = ask({**secrets, **newest})
            place.keep(connected, token)
    return token


class _Place:
    """Where one token lies.

    Works in sessions of its own and needs no environment: it may be called from a
    thread that reads ahead. A connection that nobody else sees yet keeps no token.
    """

    def __init__(self, dbname, connection_id, key, vault, basis):
        self._dbname = dbname
        self._connection_id = connection_id
        self._key = key
        self._vault = vault
        self._basis = basis

    @contextlib.contextmanager
    def alone(self):
        """A database session that holds the lock of this connection's tokens.

        :raises errors.TransientError: where another worker renews for too long
        """
        with db_connect(self._dbname).cursor() as cr:
            held = False
            try:
                cr.execute(SQL("SET LOCAL lock_timeout = %s", LOCK_TIMEOUT))
                cr.execute(
                    SQL("SELECT pg_advisory_lock(%s, %s)", *self._lock),
                    log_exceptions=False,
                )
                held = True
                _commit(cr)
                yield cr
            except psycopg2.errors.LockNotAvailable:
                raise errors.TransientError(
                    "Another worker has been signing in for too long.",
                    code="token_busy",
                ) from None
            finally:
                # The session goes back to the pool, and would keep the lock there.
                cr.rollback()
                if held:
                    cr.execute(SQL("SELECT pg_advisory_unlock(%s, %s)", *self._lock))
                    _commit(cr)

    @property
    def _lock(self):
        return LOCK_CLASS, self._connection_id

    def load(self, refused, cr=None):
        """The stored token; ``None`` where there is none that is good.

        :param refused: value that is not
        """
        if cr is None:
            with db_connect(self._dbname).cursor() as cr:
                return self.load(refused, cr)
        cr.execute(
            SQL(
                """
                SELECT token, expires_at FROM connector_token
                 WHERE connection_id = %s AND key = %s AND token IS NOT NULL
                """,
                self._connection_id,
                self._key,
            )
        )
        row = cr.fetchone()
        # No transaction is open while the vendor is asked.
        _commit(cr)
        token = row and self._open(*row)
        if token is None or token.value == refused:
            return None
        return token if token.is_good(datetime.datetime.now(datetime.UTC)) else None

    def _open(self, encrypted, expires_at):
        try:
            value, basis = json.loads(self._vault.decrypt(encrypted))
        except (VaultError, ValueError):
            return None
        expires_at = expires_at and expires_at.replace(tzinfo=datetime.UTC)
        return Token(value, expires_at) if basis == self._basis else None

    def secrets(self, cr, keys):
        """``{key: secret}`` of rotating credentials, as they are now."""
        if not keys:
            return {}
        cr.execute(
            SQL(
                """
                SELECT key, token FROM connector_credential
                 WHERE connection_id = %s AND key IN %s AND token IS NOT NULL
                """,
                self._connection_id,
                tuple(keys),
            )
        )
        rows = cr.fetchall()
        _commit(cr)
        try:
            return {key: self._vault.decrypt(encrypted) for key, encrypted in rows}
        except VaultError as error:
            # Another server, with a key that this one lacks, was here meanwhile.
            raise errors.AuthenticationError(
                str(error),
                code=UNREADABLE,
                params={"problem": str(error), "credentials": ", ".join(keys)},
            ) from None

    def keep(self, cr, token):
        """Store a new token, and the secrets that came with it, in one transaction.

        The vendor has forgotten the ones before: whoever writes the same rows at this
        moment, as a rotation of the keys does, must not make us lose these.
        """
        for attempt in range(1, KEEP_TRIES + 1):
            try:
                return self._keep(cr, token)
            except psycopg2.Error as error:
                if attempt == KEEP_TRIES or not is_concurrency_error(error):
                    raise
                cr.rollback()
        raise AssertionError("unreachable")

    def _keep(self, cr, token):
        moment = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
        expires_at = token.expires_at and token.expires_at.replace(tzinfo=None)
        sealed = self._vault.encrypt(json.dumps([token.value, self._basis]))
        cr.execute(SQL("SET LOCAL lock_timeout = %s", LOCK_TIMEOUT))
        cr.execute(
            SQL(
                """
                INSERT INTO connector_token AS t (
                    connection_id, key, token, expires_at, renewed_at, renewals)
                SELECT id, %(key)s, %(token)s, %(expires_at)s, %(moment)s, 1
                  FROM connector_connection WHERE id = %(id)s
                ON CONFLICT (connection_id, key) DO UPDATE
                   SET token = EXCLUDED.token, expires_at = EXCLUDED.expires_at,
                       renewed_at = EXCLUDED.renewed_at, renewals = t.renewals + 1
                """,
                key=self._key,
                token=sealed,
                expires_at=expires_at,
                moment=moment,
                id=self._connection_id,
            )
        )
        for name, secret in token.secrets.items():
            cr.execute(
                SQL(
                    """
                    UPDATE connector_credential SET token = %s, changed_at = %s
                     WHERE connection_id = %s AND key = %s
                    """,
                    self._vault.encrypt(secret),
                    moment,
                    self._connection_id,
                    name,
                )
            )
        _commit(cr)


def _commit(cr):
    """End a transaction of our own session; the working one is another."""
    cr.commit()  # pylint: disable=invalid-commit
