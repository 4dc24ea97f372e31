from odoo import models

from ..engine.answers import CarefulReader, CarefulWriter, expected
from ..engine.paths import parse_path
from ..engine.render import write_value
from ..engine.trail import CORRELATION


class ConnectorProvider(models.AbstractModel):
    """The provider contract: how a vendor spells things.

    A provider is an abstract model ``connector.provider.<vendor>`` that inherits this
    one. It never writes a business record and never reads the database while it talks
    to the vendor: :meth:`_client` and :meth:`_reader` return plain Python objects that
    hold all they need.
    """

    _name = "connector.provider"
    _description = "Connector Provider"

    #: Name of the vendor as people know it. Not translated.
    _provider_label = None
    #: Default address of its API.
    _provider_base_url = ""
    #: Versions of its API that the provider speaks, the preferred one first.
    _provider_api_versions = ()
    #: Key of the credential that signs the vendor's webhooks; ``None`` where none are
    #: taken. See ``connector.connection._webhook_secret``.
    _provider_webhook_secret = None
    #: Whether the vendor's webhooks are taken although none signs them: the secret
    #: part of their address is what proves them, and what
    #: :meth:`_verify_webhook` looks at besides.
    _provider_webhook_unsigned = False
    #: Header in which the vendor lets a client name what its requests belong to;
    #: ``None`` where its documentation knows none, and nothing is sent.
    _provider_trail_header = None
    #: Whether a record that is read holds every field that was asked for, null where
    #: it has no value: then a key that isn't there is a field that the vendor lacks.
    _provider_names_all = False

    def _credential_specs(self):
        """:return: tuple of ``records.CredentialSpec``"""
        raise NotImplementedError

    def _streams(self):
        """:return: tuple of ``records.Stream``, parents before children"""
        raise NotImplementedError

    def _stream(self, name):
        """The stream of that name.

        :raises KeyError: where the provider has none
        """
        return {stream.name: stream for stream in self._streams()}[name]

    def _rate_budgets(self):
        """The vendor's limits of requests, each with its source in the vendor's file.

        They are where a connection's budgets begin; administrators edit the numbers.

        :return: tuple of ``records.BudgetSpec``
        """
        return ()

    def _client(self, connection):
        """An ``HttpClient`` with the credentials of ``connection``.

        Its budgets are ``connection._budgets(…)``; they know the lane of the job from
        the context.

        :raises errors.AuthenticationError: where a credential is not set
        """
        raise NotImplementedError

    def _oauth_spec(self, connection):
        """How a person signs in at the vendor, for a connection to act for them.

        What it asks for is the least that ``connection._oauth_uses()`` needs.
        Credentials needn't be entered yet.

        :return: ``engine.oauth.OAuthSpec``; ``None`` where the vendor has no
            authorization-code flow for a customer's own app
        """
        return None

    def _oauth_client(self, connection, tokens):
        """As :meth:`_client`, signed by tokens that are not kept (yet).

        :param tokens: ``engine.tokens.Tokens``
        """
        raise NotImplementedError

    def _trail_header(self, connection):
        """The ``trail`` of an ``HttpClient``: the correlation id of the job that runs.

        :return: ``(header, value)``, or ``None`` where the vendor knows no such header
        """
        correlation_id = connection.env.context.get(CORRELATION)
        if not self._provider_trail_header or not correlation_id:
            return None
        return self._provider_trail_header, correlation_id

    def _reader(self, connection, stream, paths, client):
        """A reader of one stream, free of the database.

        :param stream: name of the stream
        :param paths: remote paths that the field map asks for
        :return: object with ``fetch_page(cursor) -> records.Page`` and
            ``fetch_by_ids(ids) -> list[records.RemoteRecord]``; ids that the vendor
            doesn't have are left out of the list. ``ids_limit``, where it has one, is
            how many one request of the vendor's takes
        """
        raise NotImplementedError

    def _careful_reader(self, connection, stream, paths, client):
        """As :meth:`_reader`; an answer that it can't read is a ``ConnectorError``."""
        reader = self._reader(connection, stream, paths, client)
        return CarefulReader(reader, self._provider_label)

    def _careful_writer(self, connection, stream, client):
        """As :meth:`_writer`; an answer that it can't read is a ``ConnectorError``."""
        writer = self._writer(connection, stream, client)
        return writer and CarefulWriter(writer, self._provider_label)

    def _asked(self, name, *args):
        """What a method of this contract answers that asks the vendor.

        :param name: of the method, as ``_describe``
        :raises errors.ConnectorError: also where the answer is of another shape
        """
        with expected(self._provider_label):
            return getattr(self, name)(*args)

    def _drop_cursor(self, client, stream, cursor):
        """A cursor that nobody goes on from any more: end what the vendor does for it.

        Called in the background, once, where somebody wants all read anew.
        """

    def _keeps_vendor_busy(self, cursor):
        """Whether the vendor works for a cursor, so that it is worth telling it off.

        :return: bool
        """
        return False

    def _start_cursor(self, stream, since):
        """Where a first load begins that leaves out what is older.

        :param stream: name of the stream
        :param since: aware UTC; records that were made or changed since then are wanted
        :return: cursor for the reader's ``fetch_page``; ``None`` where the vendor can't
            begin at a date, and all is read
        """
        return None

    def _count_records(self, client, stream, since=None):
        """How many records a stream has, in one request that only reads.

        :param stream: name of the stream
        :param since: aware UTC; only those that were made or changed since then
        :return: int, or ``None`` where the vendor doesn't tell
        """
        return None

    def _scopes(self, stream):
        """The vendor's names of the rights that a stream needs.

        :param stream: name of the stream
        :return: ``(names to read, names to write)``, tuples
        """
        return (), ()

    def _granted_scopes(self, client):
        """The rights that the vendor says the credential has, by the names of
        :meth:`_scopes`.

        :return: iterable of names; ``None`` where the vendor doesn't tell
        :raises errors.ConnectorError: where it doesn't answer as it should
        """
        return None

    def _writer(self, connection, stream, client):
        """A writer of one stream, free of the database; ``None`` where none can be.

        :return: object with ``batch_size`` (rows of one request) and

            - ``create(rows) -> [RowResult]``: makes records so that a second try with
              the same keys makes no second ones (upsert by external id, idempotency
              key, or a look-up first)
            - ``update(rows) -> [RowResult]``
            - ``archive(rows) -> [RowResult]``

            ``rows`` are at most ``batch_size`` ``records.OutgoingRow``. A refused row
            has its error in its result; what concerns the whole request is raised. A
            record that the vendor has already under another key is answered with
            ``existing``, and nothing is written.

            One that takes many rows at once, and works on them by and by, has
            ``bulk_size``, the most of them, ``bulk_from``, from how many on it is worth
            it, and

            - ``submit(action, rows) -> (ticket, seconds)``: a JSON-like ticket and when
              it is worth looking; ``None`` where they can't be taken so. ``action`` is
              ``create`` or ``update``
            - ``seconds_left(ticket)``: 0 once the results can be had
            - ``collect(action, ticket, rows) -> {key: RowResult}`` of those rows that
              are as they were submitted; the others are left out, and all of them where
              there are no results

            One that takes new records with their children, all or none, has
            ``children``, ``{stream: remote path that names the parent}``,
            ``family_size``, the most rows of a family, ``family_batch``, the most
            families of a call, and

            - ``placeholder(key)``: what children say in place of their parent's id
            - ``create_families(families) -> [[RowResult]]``: of each ``records.Family``
              the result of the parent, then those of the children. Where one is
              refused, nothing of its family is kept and the others have an
              ``errors.MissingDependency``; what was not got to, a ``TransientError``
        """
        return None

    def _prepare_push(self, client, stream):
        """Make sure that the vendor can keep our key of a stream's records.

        Called once before records are made there; no transaction is open.

        :raises errors.ConnectorError: where it can't, as for want of a right
        """

    def _key_path(self, stream):
        """Remote path of our key in a stream's records; ``None`` where none is kept.

        A flow that pushes reads it, too: so a record that we have made ourselves is
        known before its id is.
        """
        return None

    def _is_writable(self, stream, path):
        """Whether the vendor lets a remote path be written.

        :return: bool; no for elements of lists, unless a vendor knows better
        """
        return all(isinstance(step, str) for step in parse_path(path))

    def _write_value(self, stream, path, kind, value):
        """A canonical value as the vendor wants it at a path.

        :param kind: type of the entity field, see ``engine.values``
        :return: JSON value; ``None`` empties
        """
        return write_value(kind, value)

    def _verify_webhook(self, connection, request):
        """Whether a delivery comes from the vendor and is fresh, in constant time.

        :param request: ``records.WebhookRequest``
        :raises errors.AuthenticationError: where it does not
        """
        raise NotImplementedError

    def _webhook_events(self, connection, request):
        """The events of a verified delivery.

        :param request: ``records.WebhookRequest``
        :return: list of ``records.InboundEvent``
        :raises ValueError: where the body is none of the vendor's
        """
        raise NotImplementedError

    def _webhook_answer(self, connection, request):
        """What the vendor wants to hear once a delivery is stored.

        :return: ``(body, content type)``; it is sent with 200, after the commit
        """
        return "", "text/plain; charset=utf-8"

    def _account_info(self, client):
        """Ask the vendor who we are.

        :return: ``records.AccountInfo``
        :raises errors.ConnectorError: where it doesn't answer as it should
        """
        raise NotImplementedError

    def _environment_of(self, connection):
        """What the account is for, as far as address and credentials tell.

        Nothing is asked for it. What only an answer tells stands in
        :meth:`_account_info`.

        :return: ``records.PRODUCTION``, ``records.SANDBOX``, or ``None``
        :raises errors.AuthenticationError: where a credential is not set
        """
        return None

    def _check_access(self, client, stream):
        """Try the least request that needs the rights of a stream.

        :raises errors.PermissionDenied: with ``params["scope"]`` where known
        """
        raise NotImplementedError

    def _reference_values(self, client):
        """The vendor's lists that are matched by value maps.

        :return: list of ``records.ReferenceValue``
        """
        return []

    def _describe(self, client, stream):
        """The fields of a stream's records, as the vendor describes them now.

        All that a map may name: also ids, links and times that the reader offers. A
        field that is left out counts as gone. Called while no transaction is open.

        :param stream: name of the stream
        :return: list of ``records.RemoteField``; empty where the vendor describes
            nothing: then nothing is checked
        """
        return []

    def _objects(self, client):
        """What kinds of records the account has, for people who add one.

        Readers, writers and :meth:`_describe` take the name of each as a stream's.
        Called while nobody waits for what this transaction has written.

        :return: list of ``records.RemoteObject``; empty where none can be added
        :raises errors.ConnectorError: where the vendor doesn't answer as it should
        """
        return []

    def _record_url(self, connection, stream, remote_id):
        """Address of a record in the vendor's own pages, or ``None``."""
        return None
