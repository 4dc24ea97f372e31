from odoo import models

from odoo.addons.connector_base.engine.errors import AuthenticationError
from odoo.addons.connector_base.engine.oauth import OAuthSpec
from odoo.addons.connector_base.engine.records import AccountInfo, CredentialSpec
from odoo.addons.connector_base.providers.http_client import HttpClient

from ..hubspot import (
    describe,
    environment,
    errors,
    limits,
    links,
    oauth,
    prices,
    references,
    render,
    webhook,
    writer,
)
from ..hubspot.endpoints import (
    ASSOCIATIONS,
    KEY_PROPERTY,
    KEYLESS_STREAMS,
    LINKS,
    PROPERTIES,
    READ_ONLY_STREAMS,
    VERSIONS,
    is_read_only,
    object_of,
    path,
    scopes_of,
    sign_in_scopes,
    type_id_of,
)
from ..hubspot.price_writer import PriceWriter
from ..hubspot.reader import HubSpotReader, count_records, start_cursor
from ..hubspot.streams import STREAMS
from ..hubspot.writer import HubSpotWriter

#: Stream -> what reads or writes it, where it is no object of HubSpot's own.
READERS = {"price_books": prices.PriceBookReader, "prices": prices.PriceReader}
WRITERS = {"prices": PriceWriter}


class ConnectorProviderHubspot(models.AbstractModel):
    _name = "connector.provider.hubspot"
    _inherit = "connector.provider"
    _description = "Connector Provider: HubSpot"

    _provider_label = errors.VENDOR
    _provider_base_url = "https://api.hubapi.com"
    _provider_api_versions = VERSIONS
    _provider_webhook_secret = "webhook_secret"
    _provider_names_all = True

    def _credential_specs(self):
        return (
            CredentialSpec(
                "access_token",
                self.env._("Access Token"),
                self.env._(
                    "Of a service key or of an app for this one account: HubSpot,"
                    " Settings, Integrations."
                ),
            ),
            CredentialSpec(
                "webhook_secret",
                self.env._("Client Secret"),
                self.env._(
                    "For webhooks and for an app that signs in by OAuth, all else works"
                    " without: the client secret of the app: HubSpot, your app, Auth."
                ),
            ),
            CredentialSpec(
                oauth.CLIENT_ID,
                self.env._("Client ID"),
                self.env._("Only for an app that signs in by OAuth: on the same page."),
            ),
            CredentialSpec(
                oauth.REFRESH_TOKEN,
                self.env._("Refresh Token"),
                self.env._(
                    "Only for an app that signs in by OAuth: the button Sign In fills"
                    " it. Of it and the access token the one that was entered last is"
                    " used."
                ),
            ),
        )

    def _streams(self):
        return STREAMS

    def _rate_budgets(self):
        return limits.BUDGETS

    def _client(self, connection):
        if self._signs_in_by_oauth(connection):
            return self._oauth_client(connection, self._tokens(connection))
        token = connection._secret("access_token")
        return self._http(connection, headers={"Authorization": f"Bearer {token}"})

    def _oauth_client(self, connection, tokens):
        return self._http(connection, tokens=tokens)

    def _http(self, connection, **signed):
        return HttpClient(
            connection.base_url,
            vendor=self._provider_label,
            classify=errors.classify,
            not_before=limits.not_before,
            budgets=connection._budgets(limits.budget_names),
            quotas=limits.quotas,
            request_id_header="x-hubspot-correlation-id",
            api_version=self._version(connection),
            **signed,
        )

    def _version(self, connection):
        return connection.api_version or VERSIONS[0]

    def _oauth_spec(self, connection):
        address = connection.base_url or self._provider_base_url
        version = self._version(connection)
        return OAuthSpec(
            oauth.authorize_url(address, connection.account_key),
            sign_in_scopes(connection._oauth_uses()),
            oauth.exchanger(address, version),
            oauth.revoker(address, version),
            oauth.CLIENT_ID,
            oauth.CLIENT_SECRET,
            oauth.REFRESH_TOKEN,
            pkce=False,
        )

    def _signs_in_by_oauth(self, connection):
        """Whether the refresh token was entered after the access token, or alone."""
        entered = {
            credential.key: credential.changed_at
            for credential in connection.sudo().credential_ids
            if credential.token
        }
        refresh, static = map(entered.get, (oauth.REFRESH_TOKEN, "access_token"))
        return bool(refresh) and (not static or refresh > static)

    def _tokens(self, connection):
        return connection._tokens(
            "access",
            oauth.renewer(connection.base_url, self._version(connection)),
            needs=oauth.NEEDS,
            rotating=oauth.ROTATING,
        )

    def _reader(self, connection, stream, paths, client):
        return READERS.get(stream, HubSpotReader)(client, stream, paths)

    def _start_cursor(self, stream, since):
        return None if stream in READERS else start_cursor(since)

    def _count_records(self, client, stream, since=None):
        return None if stream in READERS else count_records(client, stream, since)

    def _scopes(self, stream):
        return scopes_of(stream)

    def _writer(self, connection, stream, client):
        if stream in READ_ONLY_STREAMS:
            return None
        return WRITERS.get(stream, HubSpotWriter)(client, stream)

    def _prepare_push(self, client, stream):
        if stream not in KEYLESS_STREAMS:
            writer.prepare(client, stream)

    def _key_path(self, stream):
        return None if stream in KEYLESS_STREAMS else f"{PROPERTIES}{KEY_PROPERTY}"

    def _is_writable(self, stream, path):
        if stream in READ_ONLY_STREAMS:
            return False
        if stream in prices.FIELDS:
            fields = prices.FIELDS[stream]
            return any(field.path == path and field.writable for field in fields)
        # Records are linked with those that they refer to: associate.py.
        linked = path.startswith(ASSOCIATIONS) or bool(links.choice(path))
        name = path.removeprefix(PROPERTIES)
        return linked or (name != path and not is_read_only(object_of(stream)[0], name))

    def _write_value(self, stream, path, kind, value):
        if path.startswith((ASSOCIATIONS, LINKS)):
            return super()._write_value(stream, path, kind, value)
        return render.property_value(kind, value)

    def _verify_webhook(self, connection, request):
        secret = connection._webhook_secret()
        addresses = webhook.called_addresses(request.url, connection.get_base_url())
        genuine = webhook.is_genuine(secret, request, addresses)
        if not (webhook.is_fresh(request) and genuine):
            raise AuthenticationError(
                "its signature is wrong"
                if not genuine
                else "it was signed more than five minutes ago, or will be",
                code="bad_signature",
            )

    def _webhook_events(self, connection, request):
        return webhook.events(request.body)

    def _account_info(self, client):
        data = client.get(path("account", client.api_version)).data
        portal = str(data.get("portalId") or "")
        ui_domain = data.get("uiDomain") or "app.hubspot.com"
        return AccountInfo(
            account_id=portal,
            currency=data.get("companyCurrency"),
            timezone=data.get("timeZone"),
            web_url=f"https://{ui_domain}/contacts/{portal}",
            environment=environment.of_account(data),
        )

    def _check_access(self, client, stream):
        object_type, of = object_of(stream.name)
        for name in filter(None, (object_type, of)):
            client.get(path("objects", client.api_version, name), {"limit": 1})

    def _reference_values(self, client):
        return [*references.owners(client), *references.pipelines(client)]

    def _describe(self, client, stream):
        return describe.remote_fields(client, stream)

    def _objects(self, client):
        return describe.objects(client)

    def _record_url(self, connection, stream, remote_id):
        object_type = type_id_of(object_of(stream)[0])
        if not connection.account_url or not object_type or stream == "price_books":
            return None
        # A price is shown on the page of its product.
        remote_id = remote_id.partition(":")[0]
        return f"{connection.account_url}/record/{object_type}/{remote_id}"
