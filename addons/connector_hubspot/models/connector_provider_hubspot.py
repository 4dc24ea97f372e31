from odoo import models

from odoo.addons.connector_base.engine.errors import AuthenticationError
from odoo.addons.connector_base.engine.records import AccountInfo, CredentialSpec
from odoo.addons.connector_base.providers.http_client import HttpClient

from ..hubspot import describe, errors, limits, references, render, webhook, writer
from ..hubspot.endpoints import (
    ASSOCIATIONS,
    KEY_PROPERTY,
    OBJECT_TYPE_IDS,
    PROPERTIES,
    READ_ONLY,
    SCOPES,
    VERSIONS,
    path,
)
from ..hubspot.reader import HubSpotReader, count_records, start_cursor
from ..hubspot.streams import STREAMS
from ..hubspot.writer import HubSpotWriter


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
                    "Only for webhooks, all else works without: the client secret of"
                    " the app that sends them: HubSpot, your app, Auth."
                ),
            ),
        )

    def _streams(self):
        return STREAMS

    def _rate_budgets(self):
        return limits.BUDGETS

    def _client(self, connection):
        token = connection._secret("access_token")
        return HttpClient(
            connection.base_url,
            headers={"Authorization": f"Bearer {token}"},
            vendor=self._provider_label,
            classify=errors.classify,
            not_before=limits.not_before,
            budgets=connection._budgets(limits.budget_names),
            quotas=limits.quotas,
            request_id_header="x-hubspot-correlation-id",
            api_version=connection.api_version or VERSIONS[0],
        )

    def _reader(self, connection, stream, paths, client):
        return HubSpotReader(client, stream, paths)

    def _start_cursor(self, stream, since):
        return start_cursor(since)

    def _count_records(self, client, stream, since=None):
        return count_records(client, stream, since)

    def _scopes(self, stream):
        return SCOPES[stream]

    def _writer(self, connection, stream, client):
        return HubSpotWriter(client, stream)

    def _prepare_push(self, client, stream):
        writer.prepare(client, stream)

    def _key_path(self, stream):
        return f"{PROPERTIES}{KEY_PROPERTY}"

    def _is_writable(self, stream, path):
        # Records are linked with those that they refer to: writer.py.
        linked = path.startswith(ASSOCIATIONS)
        name = path.removeprefix(PROPERTIES)
        return linked or name != path and name not in READ_ONLY

    def _write_value(self, stream, path, kind, value):
        if path.startswith(ASSOCIATIONS):
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
        )

    def _check_access(self, client, stream):
        client.get(path("objects", client.api_version, stream.name), {"limit": 1})

    def _reference_values(self, client):
        return [*references.owners(client), *references.pipelines(client)]

    def _describe(self, client, stream):
        return describe.remote_fields(client, stream)

    def _record_url(self, connection, stream, remote_id):
        object_type = OBJECT_TYPE_IDS.get(stream)
        if not connection.account_url or not object_type:
            return None
        return f"{connection.account_url}/record/{object_type}/{remote_id}"
