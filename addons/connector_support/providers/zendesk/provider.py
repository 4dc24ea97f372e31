import functools

from odoo import models

from odoo.addons.connector_base.engine.errors import AuthenticationError
from odoo.addons.connector_base.engine.oauth import OAuthSpec
from odoo.addons.connector_base.engine.records import AccountInfo, CredentialSpec
from odoo.addons.connector_base.providers.http_client import HttpClient

from . import (
    describe,
    errors,
    limits,
    oauth,
    reader,
    readers,
    references,
    webhook,
    writers,
)
from .endpoints import (
    AUTHORIZE_PATH,
    END_USER,
    EXPORT_LAG,
    KEY,
    LISTINGS,
    PAGES,
    SCOPES,
    TOKEN_IN_USE,
    path,
)
from .streams import STREAMS

#: End of the addresses of all accounts.
DOMAIN = ".zendesk.com"
#: Seconds by which Zendesk's clock may be behind ours: how much isn't known yet where a
#: connection is tested, and an export of the last minute is refused.
CLOCKS_DIFFER = 60 * 60


class ConnectorProviderZendesk(models.AbstractModel):
    _name = "connector.provider.zendesk"
    _inherit = "connector.provider"
    _description = "Connector Provider: Zendesk"

    _provider_label = errors.VENDOR
    _provider_base_url = f"https://your-subdomain{DOMAIN}"
    _provider_api_versions = ("v2",)
    _provider_webhook_secret = "webhook_secret"

    def _credential_specs(self):
        _ = self.env._
        return (
            CredentialSpec(
                oauth.CLIENT_ID,
                _("Client Identifier"),
                _(
                    "Of a confidential OAuth client: Zendesk, Admin Center, Apps and"
                    " integrations, APIs, OAuth clients."
                ),
            ),
            CredentialSpec(
                oauth.CLIENT_SECRET,
                _("Client Secret"),
                _("Of the same client: Zendesk shows it once, when it is made."),
            ),
            CredentialSpec(
                oauth.REFRESH_TOKEN,
                _("Refresh Token"),
                _(
                    "Only where a user has allowed the client to, by the button Sign"
                    " In: it is used in place of the client's own credentials, and"
                    " replaced with each token."
                ),
            ),
            CredentialSpec(
                self._provider_webhook_secret,
                _("Signing Secret"),
                _(
                    "For webhooks, all else works without: Zendesk, Admin Center, Apps"
                    " and integrations, Webhooks, your webhook, Reveal secret."
                ),
            ),
        )

    def _streams(self):
        return STREAMS

    def _rate_budgets(self):
        return limits.BUDGETS

    # -- client ---------------------------------------------------------------

    def _client(self, connection):
        return self._oauth_client(connection, self._tokens(connection))

    def _oauth_client(self, connection, tokens):
        return HttpClient(
            connection.base_url,
            vendor=self._provider_label,
            classify=errors.classify,
            budgets=connection._budgets(limits.budget_names),
            quotas=limits.quotas,
            tokens=tokens,
            parse_float=str,
            request_id_header="X-Request-Id",
            api_version=self._provider_api_versions[0],
        )

    def _tokens(self, connection):
        """By the refresh token where there is one, else by client credentials.

        A token of a connection that sends nothing may only read.
        """
        client = self._door(connection)
        if self._has_refresh_token(connection):
            return connection._tokens(
                "access",
                functools.partial(oauth.by_refresh_token, client),
                needs=(*oauth.NEEDS, *oauth.ROTATING),
                rotating=oauth.ROTATING,
            )
        writes = any(flow.direction != "pull" for flow in connection.flow_ids)
        ask = functools.partial(
            oauth.by_client_credentials, client, scope=oauth.scope_of(writes)
        )
        name = "client_write" if writes else "client_read"
        return connection._tokens(name, ask, needs=oauth.NEEDS)

    def _door(self, connection):
        """A client for what needs no token."""
        return HttpClient(
            connection.base_url,
            vendor=self._provider_label,
            classify=errors.classify_sign_in,
        )

    def _oauth_spec(self, connection):
        client = self._door(connection)
        scope = oauth.scope_of(any(connection._oauth_uses().values()))
        return OAuthSpec(
            f"{client.base_url}/{AUTHORIZE_PATH}",
            tuple(scope.split()),
            functools.partial(oauth.by_code, client, scope),
            oauth.revoke,
            oauth.CLIENT_ID,
            oauth.CLIENT_SECRET,
            oauth.REFRESH_TOKEN,
        )

    def _has_refresh_token(self, connection):
        return any(
            credential.token and credential.key == oauth.REFRESH_TOKEN
            for credential in connection.sudo().credential_ids
        )

    # -- read -----------------------------------------------------------------

    def _reader(self, connection, stream, paths, client):
        return readers.reader_of(client, stream, paths)

    def _start_cursor(self, stream, since):
        # Tickets name old organizations and users, too.
        return reader.start_cursor(since) if stream == "tickets" else None

    def _count_records(self, client, stream, since=None):
        if stream not in LISTINGS or since:
            return None
        params = {"role": END_USER} if stream == "users" else None
        told = client.get(path(stream, "count"), params).data.get("count") or {}
        return told.get("value")

    # -- write ----------------------------------------------------------------

    def _writer(self, connection, stream, client):
        return writers.writer_of(client, stream)

    def _key_path(self, stream):
        return KEY if stream in writers.KEYED else None

    def _is_writable(self, stream, path):
        return writers.is_writable(stream, path)

    def _scopes(self, stream):
        return SCOPES[stream]

    def _granted_scopes(self, client):
        told = client.get(path(*TOKEN_IN_USE)).data.get("token") or {}
        return told.get("scopes")

    # -- webhooks -------------------------------------------------------------

    def _verify_webhook(self, connection, request):
        genuine = webhook.is_genuine(connection._webhook_secret(), request)
        if not (webhook.is_fresh(request) and genuine):
            raise AuthenticationError(
                "its signature is wrong"
                if not genuine
                else "it was signed more than five minutes ago, or will be",
                code="bad_signature",
            )

    def _webhook_events(self, connection, request):
        return webhook.events(request)

    # -- the account ------------------------------------------------------------

    def _account_info(self, client):
        user = client.get(path("users", "me")).data.get("user") or {}
        name = _subdomain(client.base_url)
        return AccountInfo(
            account_id=name,
            name=name,
            timezone=user.get("iana_time_zone"),
            web_url=client.base_url,
        )

    def _check_access(self, client, stream):
        # What is written is only known where it is tried: comments belong to tickets.
        listing = LISTINGS.get(stream.name, LISTINGS["tickets"])
        begin = int(client.clock().timestamp()) - EXPORT_LAG - CLOCKS_DIFFER
        client.get(path(*listing.export), {"start_time": begin, "per_page": 1})

    def _reference_values(self, client):
        return list(references.agents(client))

    def _describe(self, client, stream):
        return describe.remote_fields(client, stream)

    def _record_url(self, connection, stream, remote_id):
        if not connection.account_url or stream not in PAGES:
            return None
        return f"{connection.account_url}/{PAGES[stream].format(remote_id)}"


def _subdomain(base_url):
    """The name of the account in its address; a host of its own as it is."""
    host = base_url.partition("://")[2] or base_url
    return host.partition("/")[0].removesuffix(DOMAIN)
