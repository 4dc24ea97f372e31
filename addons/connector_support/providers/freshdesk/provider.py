from odoo import models

from odoo.addons.connector_base.engine.errors import (
    AuthenticationError,
    PermissionDenied,
)
from odoo.addons.connector_base.engine.records import AccountInfo, CredentialSpec
from odoo.addons.connector_base.providers.http_client import HttpClient

from . import (
    ask,
    count,
    describe,
    errors,
    limits,
    reader_tickets,
    readers,
    references,
    signing,
    webhook,
    writers,
)
from .endpoints import LISTS, PAGES, SCOPES, path
from .streams import STREAMS


class ConnectorProviderFreshdesk(models.AbstractModel):
    _name = "connector.provider.freshdesk"
    _inherit = "connector.provider"
    _description = "Connector Provider: Freshdesk"

    _provider_label = errors.VENDOR
    _provider_base_url = "https://your-domain.freshdesk.com"
    _provider_api_versions = ("v2",)
    _provider_webhook_secret = "webhook_secret"

    def _credential_specs(self):
        return (
            CredentialSpec(
                "api_key",
                self.env._("API Key"),
                self.env._(
                    "Of an agent of Odoo's own: Freshdesk, signed in as that agent,"
                    " Profile Settings, View API Key."
                ),
            ),
            CredentialSpec(
                "webhook_secret",
                self.env._("Webhook Secret"),
                self.env._(
                    "For webhooks, all else works without: what the automation rule"
                    " sends in the header %s.",
                    webhook.SECRET_HEADER,
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
            quotas=limits.quotas,
            parse_float=str,
            request_id_header="X-Request-Id",
            api_version=self._provider_api_versions[0],
        )

    def _reader(self, connection, stream, paths, client):
        return readers.reader_of(client, stream, paths)

    def _start_cursor(self, stream, since):
        # Of the others all is read: tickets are of old contacts and companies, too.
        return reader_tickets.start_cursor(since) if stream == "tickets" else None

    def _count_records(self, client, stream, since=None):
        return count.count_records(client, stream, since)

    def _scopes(self, stream):
        return SCOPES[stream]

    def _writer(self, connection, stream, client):
        return writers.writer_of(client, stream)

    def _prepare_push(self, client, stream):
        writers.prepare(client, stream)

    def _key_path(self, stream):
        return writers.KEYS.get(stream)

    def _is_writable(self, stream, path):
        return writers.is_writable(stream, path)

    def _verify_webhook(self, connection, request):
        if not webhook.is_genuine(connection._webhook_secret(), request):
            raise AuthenticationError("its secret is wrong", code="bad_signature")

    def _webhook_events(self, connection, request):
        return webhook.inbound(request)

    def _account_info(self, client):
        # Whose key it is may be asked by every agent, about the account only some.
        client.get(path("agents", "me"))
        try:
            told = client.get(path("account")).data
        except PermissionDenied:
            told = {}
        domain = told.get("account_domain") or _host(client.base_url)
        return AccountInfo(
            account_id=domain,
            name=told.get("account_name") or domain,
            web_url=f"https://{domain}",
        )

    def _check_access(self, client, stream):
        ask.listed(client, path(LISTS[stream.name]), limit=1)

    def _reference_values(self, client):
        return list(references.agents(client))

    def _describe(self, client, stream):
        return describe.remote_fields(client, stream)

    def _record_url(self, connection, stream, remote_id):
        if not connection.account_url or stream not in PAGES:
            return None
        return f"{connection.account_url}/{PAGES[stream]}/{remote_id}"


def _host(base_url):
    """The host in an address: the domain of the account."""
    return (base_url.partition("://")[2] or base_url).partition("/")[0]
