from odoo import models

from odoo.addons.connector_base.engine.errors import (
    AuthenticationError,
    InvalidRecord,
    RemoteNotFound,
)
from odoo.addons.connector_base.engine.records import AccountInfo, CredentialSpec
from odoo.addons.connector_base.providers.http_client import HttpClient

from . import (
    ask,
    describe,
    environment,
    errors,
    limits,
    reader,
    reader_balance,
    reader_payments,
    references,
    webhook,
    writers,
)
from .endpoints import KEY, LISTINGS, SCOPES, VERSIONS, listing
from .streams import STREAMS

#: Stream -> what reads it, where it isn't read like most.
READERS = {
    "products": reader.ProductReader,
    "payments": reader_payments.PaymentReader,
    "refunds": reader.RefundReader,
    "balance_transactions": reader_balance.BalanceReader,
    "usage": reader.NothingReader,
}
#: Streams of documents, that may be loaded from a date on. Of the others all is read:
#: documents refer to old products and subscriptions, too.
FROM_A_DATE = frozenset(
    {
        *("invoices", "credit_notes", "payments", "refunds", "disputes", "payouts"),
        "balance_transactions",
    }
)


class ConnectorProviderStripe(models.AbstractModel):
    _name = "connector.provider.stripe"
    _inherit = "connector.provider"
    _description = "Connector Provider: Stripe"

    _provider_label = errors.VENDOR
    _provider_base_url = "https://api.stripe.com"
    _provider_api_versions = VERSIONS
    _provider_webhook_secret = "webhook_secret"

    def _credential_specs(self):
        return (
            CredentialSpec(
                "api_key",
                self.env._("Restricted Key"),
                self.env._(
                    "Begins with rk_live_ or rk_test_: Stripe, Developers, API keys."
                ),
            ),
            CredentialSpec(
                "webhook_secret",
                self.env._("Signing Secret"),
                self.env._(
                    "For webhooks, all else works without: begins with whsec_: Stripe,"
                    " Developers, Webhooks, your endpoint."
                ),
            ),
        )

    def _streams(self):
        return STREAMS

    def _rate_budgets(self):
        return limits.BUDGETS

    def _client(self, connection):
        version = connection.api_version or VERSIONS[0]
        return HttpClient(
            connection.base_url,
            headers={
                "Authorization": f"Bearer {connection._secret('api_key')}",
                "Stripe-Version": version,
            },
            vendor=self._provider_label,
            classify=errors.classify,
            budgets=connection._budgets(limits.budget_names),
            request_id_header="Request-Id",
            parse_float=str,
            api_version=version,
        )

    def _reader(self, connection, stream, paths, client):
        return READERS.get(stream, reader.StripeReader)(client, stream, paths)

    def _start_cursor(self, stream, since):
        if stream not in FROM_A_DATE:
            return None
        if stream == "balance_transactions":
            return reader_balance.start_cursor(since)
        return reader.start_cursor(since)

    def _count_records(self, client, stream, since=None):
        found = LISTINGS.get(stream)
        if not found or not found.searchable:
            return None
        moment = int(since.timestamp()) if since else 0
        params = {"query": f"created>{moment}", "limit": 1, "expand[]": "total_count"}
        try:
            reply = client.get(f"{found.path}/search", params)
        except (InvalidRecord, RemoteNotFound):
            # Accounts of some countries have no search.
            return None
        return reply.data.get("total_count")

    def _scopes(self, stream):
        return SCOPES[stream]

    def _writer(self, connection, stream, client):
        return writers.writer_of(client, stream)

    def _key_path(self, stream):
        return f"metadata.{KEY}" if stream in writers.WRITERS else None

    def _is_writable(self, stream, path):
        return writers.is_writable(stream, path)

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
        return webhook.inbound(request.body)

    def _environment_of(self, connection):
        return environment.of_key(connection._secret("api_key"))

    def _account_info(self, client):
        data = ask.one(client, "v1/account").data
        settings = data.get("settings") or {}
        dashboard = settings.get("dashboard") or {}
        profile = data.get("business_profile") or {}
        return AccountInfo(
            account_id=data["id"],
            name=dashboard.get("display_name") or profile.get("name"),
            currency=(data.get("default_currency") or "").upper() or None,
            timezone=dashboard.get("timezone"),
            web_url=f"https://dashboard.stripe.com/{data['id']}",
        )

    def _check_access(self, client, stream):
        if stream.name in LISTINGS:
            found = listing(stream.name, client.api_version)
            ask.page(client, found.path, found.params, limit=1)

    def _reference_values(self, client):
        return [*references.tax_rates(client), *references.payment_methods()]

    def _describe(self, client, stream):
        return describe.remote_fields(client, stream)

    def _record_url(self, connection, stream, remote_id):
        found = LISTINGS.get(stream)
        if not connection.account_url or not found or not found.page:
            return None
        mode = "/test" if connection.environment == "sandbox" else ""
        return f"{connection.account_url}{mode}/{found.page}/{remote_id}"
