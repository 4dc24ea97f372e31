from odoo import models

from odoo.addons.connector_base.engine.errors import AuthenticationError, InvalidRecord
from odoo.addons.connector_base.engine.records import AccountInfo, CredentialSpec
from odoo.addons.connector_base.providers.http_client import HttpClient

from . import (
    ask,
    describe,
    environment,
    errors,
    limits,
    reader,
    references,
    signing,
    webhook,
    writers,
)
from .endpoints import FEATURES, KEY, LISTINGS, PAGES, SCOPES, path
from .streams import STREAMS

#: The product catalog that is understood. [S] the older one has plans and addons.
CATALOG = "v2"
#: Streams of documents, that may be loaded from a date on. Of the others all is read:
#: documents refer to old items and subscriptions, too.
FROM_A_DATE = frozenset({"invoices", "credit_notes", "payments", "refunds"})


class ConnectorProviderChargebee(models.AbstractModel):
    _name = "connector.provider.chargebee"
    _inherit = "connector.provider"
    _description = "Connector Provider: Chargebee"

    _provider_label = errors.VENDOR
    _provider_base_url = "https://your-site.chargebee.com"
    _provider_api_versions = ("v2",)
    _provider_webhook_secret = "webhook_secret"

    def _credential_specs(self):
        return (
            CredentialSpec(
                "api_key",
                self.env._("API Key"),
                self.env._(
                    "Full access, or read-only where nothing is sent: Chargebee,"
                    " Settings, Configure Chargebee, API Keys and Webhooks."
                ),
            ),
            CredentialSpec(
                "webhook_secret",
                self.env._("Webhook Password"),
                self.env._(
                    "For webhooks, all else works without: the password that protects"
                    " the webhook there. Its user name is odoo."
                ),
            ),
        )

    def _streams(self):
        return STREAMS

    def _rate_budgets(self):
        return limits.BUDGETS

    def _client(self, connection):
        return HttpClient(
            connection.base_url,
            headers=signing.headers(connection._secret("api_key")),
            vendor=self._provider_label,
            classify=errors.classify,
            budgets=connection._budgets(limits.budget_names),
            parse_float=str,
            api_version=self._provider_api_versions[0],
        )

    def _reader(self, connection, stream, paths, client):
        return reader.reader_of(client, stream, paths)

    def _start_cursor(self, stream, since):
        return reader.start_cursor(since) if stream in FROM_A_DATE else None

    def _scopes(self, stream):
        return SCOPES[stream]

    def _writer(self, connection, stream, client):
        return writers.writer_of(client, stream)

    def _prepare_push(self, client, stream):
        writers.prepare(client, stream)

    def _key_path(self, stream):
        found = LISTINGS.get(stream)
        if stream not in writers.WRITERS or not found or not found.own:
            return None
        return f"{found.own}.{KEY}"

    def _is_writable(self, stream, path):
        return writers.is_writable(stream, path)

    def _verify_webhook(self, connection, request):
        if not webhook.is_genuine(connection._webhook_secret(), request):
            raise AuthenticationError(
                "its user name or password is wrong", code="bad_signature"
            )

    def _webhook_events(self, connection, request):
        return webhook.inbound(request.body)

    def _environment_of(self, connection):
        address = _host(connection.base_url)
        if address.endswith(environment.DOMAIN):
            return environment.of_site(address.removesuffix(environment.DOMAIN))
        return environment.of_key(connection._secret("api_key"))

    def _account_info(self, client):
        data = client.get(path("configurations")).data
        found = next(iter(data.get("configurations") or []), {})
        site = found.get("domain") or _site(client.base_url)
        if found.get("product_catalog_version", CATALOG) != CATALOG:
            raise InvalidRecord(
                self.env._(
                    "The site %s uses Product Catalog 1.0. Ask Chargebee to move it to"
                    " 2.0: plans and addons of the older one are not understood.",
                    site,
                ),
                code="refused",
            )
        return AccountInfo(
            account_id=site,
            name=site,
            web_url=f"https://{site}.chargebee.com",
            environment=environment.of_site(found.get("domain")),
        )

    def _check_access(self, client, stream):
        listing = LISTINGS.get(stream.name)
        if stream.name == "entitlements":
            listing = FEATURES
        if listing:
            ask.page(client, listing, limit=1)

    def _reference_values(self, client):
        return [*references.taxes(client), *references.payment_methods()]

    def _describe(self, client, stream):
        return describe.remote_fields(client, stream)

    def _record_url(self, connection, stream, remote_id):
        if not connection.account_url or stream not in PAGES:
            return None
        return f"{connection.account_url}/{PAGES[stream]}/{remote_id}"


def _host(base_url):
    return (base_url.partition("://")[2] or base_url).partition("/")[0]


def _site(base_url):
    """The name of the site in its address."""
    return _host(base_url).partition(".")[0]
