import dataclasses
import functools

from odoo import models

from odoo.addons.connector_base.engine.errors import AuthenticationError
from odoo.addons.connector_base.engine.oauth import OAuthSpec
from odoo.addons.connector_base.engine.records import AccountInfo, CredentialSpec
from odoo.addons.connector_base.providers.http_client import HttpClient

from ..salesforce import (
    auth,
    describe,
    environment,
    errors,
    limits,
    outbound,
    references,
    soql,
    values,
)
from ..salesforce.bulk import THRESHOLD, QueryJob
from ..salesforce.endpoints import (
    AUTHORIZE_PATH,
    BASE_URL,
    CREATE_ONLY,
    KEY_FIELD,
    READ_ONLY,
    VERSIONS,
    path,
)
from ..salesforce.reader import SalesforceReader, count_records, start_cursor
from ..salesforce.streams import STREAMS
from ..salesforce.writer import SalesforceWriter

#: Records from which on they are read by Bulk API, unless the parameter says otherwise.
THRESHOLD_PARAMETER = "connector_salesforce.bulk_threshold"


class ConnectorProviderSalesforce(models.AbstractModel):
    _name = "connector.provider.salesforce"
    _inherit = "connector.provider"
    _description = "Connector Provider: Salesforce"

    _provider_label = errors.VENDOR
    _provider_base_url = BASE_URL
    _provider_api_versions = VERSIONS
    _provider_names_all = True
    # Nothing signs outbound messages: see outbound.py.
    _provider_webhook_unsigned = True

    def _credential_specs(self):
        _ = self.env._
        return (
            CredentialSpec(
                "consumer_key",
                _("Consumer Key"),
                _("Of your external client app: Setup, External Client App Manager."),
            ),
            CredentialSpec(
                "consumer_secret",
                _("Consumer Secret"),
                _("For client credentials and to sign in: stands beside the key."),
            ),
            CredentialSpec(
                "private_key",
                _("Private Key"),
                _(
                    "Only to sign in by JWT, in place of the secret: the PEM text of"
                    " the key whose certificate the app has."
                ),
            ),
            CredentialSpec(
                "username",
                _("User Name"),
                _("Only to sign in by JWT: of the user that the connection acts as."),
            ),
            CredentialSpec(
                "audience",
                _("Audience"),
                _("Only to sign in by JWT: the API address, unless you enter another."),
            ),
            CredentialSpec(
                auth.REFRESH_TOKEN,
                _("Refresh Token"),
                _(
                    "Nothing to paste: the button Sign In fills it. Where it is there,"
                    " it is used in place of the other ways."
                ),
            ),
        )

    def _streams(self):
        return tuple(self._known_part(stream) for stream in STREAMS)

    def _known_part(self, stream):
        """A stream without optional lines whose Odoo field no installed addon has."""
        entity = self.env[f"connector.entity.{stream.entity}"]
        known = {field.name for field in entity._entity_fields()}
        lines = tuple(
            line
            for line in stream.default_map
            if line.target in known or not line.optional
        )
        return dataclasses.replace(stream, default_map=lines)

    def _rate_budgets(self):
        return limits.BUDGETS

    def _client(self, connection):
        return self._oauth_client(connection, self._tokens(connection))

    def _oauth_client(self, connection, tokens):
        version = (connection.api_version or VERSIONS[0]).removeprefix("v")
        return HttpClient(
            connection.base_url,
            vendor=self._provider_label,
            classify=errors.classify,
            budgets=connection._budgets(limits.budget_names),
            quotas=limits.quotas,
            tokens=tokens,
            parse_float=values.number_text,
            api_version=version if "." in version else f"{version}.0",
        )

    def _tokens(self, connection):
        """For who has signed in, else by JWT where there is a key for it, else by
        client credentials."""
        client = self._door(connection)
        if self._entered(connection, auth.REFRESH_TOKEN):
            return connection._tokens(
                auth.TOKEN,
                functools.partial(auth.by_refresh_token, client),
                needs=auth.NEEDS,
                rotating=auth.ROTATING,
            )
        if self._entered(connection, "private_key"):
            audience = self._entered(connection, "audience")
            ask = functools.partial(auth.by_jwt, client, audience=audience)
            needs = ("consumer_key", "username", "private_key")
        else:
            ask = functools.partial(auth.by_client_credentials, client)
            needs = ("consumer_key", "consumer_secret")
        return connection._tokens("access", ask, needs=needs)

    def _door(self, connection):
        """A client for what needs no session."""
        return HttpClient(
            connection.base_url,
            vendor=self._provider_label,
            classify=errors.classify,
        )

    def _oauth_spec(self, connection):
        client = self._door(connection)
        return OAuthSpec(
            f"{client.base_url}/{AUTHORIZE_PATH}",
            auth.SCOPES,
            functools.partial(auth.by_code, client),
            functools.partial(auth.revoke, client),
            auth.CLIENT_ID,
            auth.CLIENT_SECRET,
            auth.REFRESH_TOKEN,
            auth.TOKEN,
        )

    def _entered(self, connection, key):
        """A credential that needn't be there; ``None`` where it isn't."""
        try:
            return connection._secret(key)
        except AuthenticationError as error:
            if error.code != "no_credential":
                raise
            return None

    # -- read -----------------------------------------------------------------

    def _reader(self, connection, stream, paths, client):
        parameters = self.env["ir.config_parameter"].sudo()
        threshold = parameters.get_param(THRESHOLD_PARAMETER, THRESHOLD)
        return SalesforceReader(client, stream, paths, int(threshold))

    def _start_cursor(self, stream, since):
        return start_cursor(since)

    def _count_records(self, client, stream, since=None):
        return count_records(client, stream, since)

    def _keeps_vendor_busy(self, cursor):
        return bool(cursor.get("job"))

    def _drop_cursor(self, client, stream, cursor):
        QueryJob(client, cursor["job"], cursor["version"]).abort()

    # -- write ----------------------------------------------------------------

    def _writer(self, connection, stream, client):
        return SalesforceWriter(client, stream)

    def _prepare_push(self, client, stream):
        describe.prepare(client, stream)

    def _key_path(self, stream):
        return KEY_FIELD

    def _is_writable(self, stream, path):
        # What belongs to a record that is referred to is written there.
        return "." not in path and "[" not in path and path not in READ_ONLY

    def _scopes(self, stream):
        """Rights of the run-as user, as the set-up of permissions calls them."""
        changes = f"{stream}: Create, Edit" if stream in CREATE_ONLY else ""
        changes = changes or f"{stream}: Create, Edit, Delete"
        return (f"{stream}: Read, View All",), (changes, f"{stream}.{KEY_FIELD}")

    # -- outbound messages ----------------------------------------------------

    def _verify_webhook(self, connection, request):
        # One of an address that is none of ours, or of an account that never was
        # connected, is of no organization either.
        outbound.check_organization(request.body, connection.account_key)

    def _webhook_events(self, connection, request):
        return outbound.events(request.body)

    def _webhook_answer(self, connection, request):
        return outbound.ACKNOWLEDGED, outbound.CONTENT_TYPE

    # -- the org --------------------------------------------------------------

    def _environment_of(self, connection):
        return environment.of_address(connection.base_url)

    def _account_info(self, client):
        where = path(client.api_version, "query")
        names = ("Id", "Name", "TimeZoneSidKey", *environment.FIELDS)
        query = soql.select(names, "Organization")
        [organization] = client.get(where, {"q": query}).data["records"]
        return AccountInfo(
            account_id=organization["Id"],
            name=organization.get("Name"),
            currency=references.corporate_currency(client),
            timezone=organization.get("TimeZoneSidKey"),
            web_url=client.base_url,
            environment=environment.of_organization(organization),
        )

    def _check_access(self, client, stream):
        query = f"{soql.select(['Id'], stream.name)} LIMIT 1"
        client.get(path(client.api_version, "query"), {"q": query})

    def _reference_values(self, client):
        return list(references.values(client))

    def _describe(self, client, stream):
        return describe.remote_fields(client, stream)

    def _objects(self, client):
        return describe.objects(client)

    def _record_url(self, connection, stream, remote_id):
        if not connection.account_url:
            return None
        return f"{connection.account_url}/lightning/r/{stream}/{remote_id}/view"
