"""No secret is anywhere but in the requests that need it, whatever goes wrong.

A database of its own, whose tokens are really kept, and a real server with its log.
"""

import base64
import json
import logging

import pytest
import requests
from simulators import HubSpotSimulator, SalesforceSimulator
from simulators.chargebee import ChargebeeSimulator
from simulators.freshdesk import FreshdeskSimulator
from simulators.hubspot import oauth as hubspot_oauth
from simulators.salesforce import auth as salesforce_auth
from simulators.stripe.simulator import StripeSimulator
from simulators.zendesk import CLIENT_ID, ZendeskSimulator
from simulators.zendesk import oauth as zendesk_oauth

from odoo.addons.connector_base.models.connector_credential import KEYS_VARIABLE
from odoo.addons.connector_base.providers import http_client

from .canary import (
    FAILURES,
    Log,
    found_in,
    found_in_database,
    marking,
    master_key,
    secret,
)
from .odoo_server import odoo_server
from .own_database import committed, own_database
from .vendor_case import LANES
from .waiting import let_pass

#: Failures that somebody meets who tests a connection meanwhile.
SEEN = ("unauthorized", "bad request", "another shape")
#: To jobs these are as another one.
SEEN_ONLY = ("forbidden",)
#: Records of a model that an administrator reads.
READ = 40


@pytest.fixture(scope="module")
def database():
    with own_database() as name:
        yield name


@pytest.fixture
def keys(monkeypatch):
    # Nobody waits here for a vendor that may have hiccups.
    monkeypatch.setattr(http_client, "QUICK_TRIES", 1)
    monkeypatch.setenv(KEYS_VARIABLE, master_key())


@pytest.fixture
def vendors(monkeypatch):
    """Simulators that give canaries for tokens; each ``(simulator, secrets)``."""
    for module in (hubspot_oauth, salesforce_auth, zendesk_oauth):
        marking(module, monkeypatch)
    signing = {"webhook_secret": secret("signing")}
    hubspot = HubSpotSimulator(token=secret("hubspot"))
    hubspot.store.create("companies", {"name": "Acme"})
    hubspot.oauth.client_secret = secret("app")
    hubspot.oauth.rotate = True
    app = {
        "client_id": hubspot.oauth.client_id,
        "webhook_secret": hubspot.oauth.client_secret,
        "refresh_token": hubspot.oauth.grant(),
    }
    org = SalesforceSimulator(token=None)
    org.store.create("Account", {"Name": "Acme"})
    org.auth.secret = secret("org")
    consumer = {"consumer_key": org.auth.key, "consumer_secret": org.auth.secret}
    stripe = StripeSimulator(token=f"rk_test_{secret('stripe')}")
    site = ChargebeeSimulator(key=secret("site"))
    desk = ZendeskSimulator(1, client_secret=secret("desk"))
    client = {"client_id": CLIENT_ID, "client_secret": desk.oauth.client_secret}
    allowed = {"refresh_token": desk.oauth.grant()[1]}
    other = FreshdeskSimulator(1, key=secret("freshdesk"))
    simulators = (hubspot, org, stripe, site, desk, other)
    for simulator in simulators:
        simulator.start()
    yield [
        (hubspot, {"access_token": hubspot.token, **signing}),
        (hubspot, app),
        (org, consumer),
        (stripe, {"api_key": stripe.token, **signing}),
        (site, {"api_key": site.token, **signing}),
        (desk, {**client, **allowed, **signing}),
        (other, {"api_key": other.token, **signing}),
    ]
    for simulator in simulators:
        simulator.stop()


class Run:
    """A run of all vendors in which everything fails in all ways, and all that is heard
    of it: ``answers``, texts."""

    def __init__(self, database, vendors, monkeypatch):
        self.database = database
        self.answers = []
        self.vendors = []
        with committed(database) as env:
            # Nothing is to go out: what to watch for that takes long to work out, and
            # is worked out anew whenever a connection stops.
            watch = env["connector.flow"]._watch_list()
            flows = env.registry["connector.flow"]
            monkeypatch.setattr(flows, "_watch_list", lambda flow: watch)
            admin = env.ref("base.user_admin")
            # No mail: this machine may take long to find out that it can't send any.
            admin.notification_type = "inbox"
            admin.group_ids += env.ref("connector_base.group_administrator")
            admin.group_ids += env.ref("base.group_allow_export")
            self.private = env["connector.signing.key"]._current()[1]
            for simulator, secrets in vendors:
                connection = self._open(env, simulator, secrets)
                self.vendors.append((simulator, connection.id, secrets))

    def _open(self, env, simulator, secrets):
        connection = env["connector.connection"].create(
            {
                "name": f"{simulator.vendor} {sorted(secrets)}",
                "provider": simulator.vendor,
                "base_url": simulator.url,
                "circuit_failures": 100,
                "owner_id": env.ref("base.user_admin").id,
            }
        )
        for credential in connection.credential_ids:
            if credential.key in secrets:
                credential.secret = secrets[credential.key]
        connection.budget_ids.requests = 100_000
        return connection

    def connections(self, env):
        ids = [connection_id for _simulator, connection_id, _secrets in self.vendors]
        return env["connector.connection"].browse(ids)

    # -- work ---------------------------------------------------------------------

    def connect(self):
        for _simulator, connection_id, _secrets in self.vendors:
            with committed(self.database) as env:
                connection = env["connector.connection"].browse(connection_id)
                try:
                    with env.cr.savepoint():
                        connection.action_connect()
                except Exception as error:
                    self.answers.append(f"{type(error)} {error}")
                    continue
                connection.value_map_ids.line_ids.action_accept_suggestion()
                # One flow asks in all ways that matter here.
                connection.flow_ids[1:].write({"active": False})
                others = env["connector.job"].search(
                    [
                        ("connection_id", "=", connection_id),
                        ("flow_id", "not in", connection.flow_ids[:1].ids),
                    ]
                )
                others.action_cancel()

    def work(self):
        """Let the lanes work; jobs that wait are due."""
        with committed(self.database) as env:
            let_pass(env.cr, 3600)
        with committed(self.database) as env:
            for lane in LANES:
                env["connector.job"]._cron_run_lane(lane)

    def begin(self):
        """Something to do for each connection that was connected once."""
        with committed(self.database) as env:
            connected = self.connections(env).filtered("flow_ids")
            connected.action_resume()
            connected.action_sync()
            return connected.ids

    def go_wrong(self, server, kind):
        """Let all vendors fail in one way while all is tried."""
        for simulator, _connection_id, _secrets in self.vendors:
            simulator.answer = FAILURES[kind]
        for connection_id in self.begin():
            if kind in (*SEEN, *SEEN_ONLY):
                server.call("connector.connection", "action_test", [connection_id])
        if kind not in SEEN_ONLY:
            self.work()
        for simulator, _connection_id, _secrets in self.vendors:
            vars(simulator).pop("answer", None)

    def break_our_code(self, monkeypatch):
        """An error in the program, with a secret in its text and in its variables."""

        def reader(provider, connection, stream, paths, client):
            entered = connection.sudo().credential_ids.filtered("hint")
            held = [credential._reveal() for credential in entered]
            raise KeyError(f"unexpected: {held}")

        with committed(self.database) as env:
            for name in set(self.connections(env).mapped("provider")):
                model = env.registry[f"connector.provider.{name}"]
                monkeypatch.setattr(model, "_reader", reader)
        self.begin()
        self.work()


class Server:
    """A server of Odoo, and an administrator at it; what it answers is kept."""

    def __init__(self, url, database, answers):
        self.url = url
        self.answers = answers
        self.session = requests.Session()
        self.session.trust_env = False
        self.rpc(
            "/web/session/authenticate",
            **{"login": "admin", "password": "admin", "db": database},
        )

    def hear(self, method, path, **options):
        answer = self.session.request(
            method, f"{self.url}{path}", timeout=120, **options
        )
        self.answers.append(f"{answer.status_code} {answer.headers} {answer.text}")
        return answer

    def rpc(self, path, **params):
        return self.hear(
            "POST", path, json={"jsonrpc": "2.0", "method": "call", "params": params}
        )

    def call(self, model, method, ids, *args):
        return self.rpc(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model,
            method=method,
            args=[ids, *args],
            kwargs={},
        )

    def read_all(self, env):
        """What an administrator of the connectors can read of all of their models."""
        for name, model in sorted(env.items()):
            if name.startswith("connector.") and not model._abstract:
                found = model.with_context(active_test=False).search([], limit=READ)
                self.call(name, "read", found.ids)
                if name in ("connector.connection", "connector.credential"):
                    spec = {field: {} for field in model.fields_get()}
                    self.call(name, "web_read", found.ids, spec)
                    self.call(name, "export_data", found.ids, list(spec))
        for path in ("/connector/health", "/connector/metrics", "/odoo"):
            self.hear("GET", path)

    def deliver(self, token, given):
        """A delivery that is the vendor's and makes no sense, and one that is not."""
        basic = base64.b64encode(f"odoo:{given}".encode()).decode()
        for headers in (
            {"X-Webhook-Secret": given, "Authorization": f"Basic {basic}"},
            {"X-Webhook-Secret": f"{given}?", "Authorization": f"Bearer {given}"},
        ):
            path = f"/connector/webhook/{token}"
            self.hear("POST", path, data=b"{", headers=headers)


@pytest.fixture
def server_log(tmp_path):
    return tmp_path / "odoo.log"


def test_no_secret_is_found_after_a_run_with_all_that_can_go_wrong(
    database, keys, vendors, server_log, monkeypatch
):
    told = (f"--logfile={server_log}", "--log-handler=odoo.addons:DEBUG")
    with Log() as log, odoo_server(database, arguments=told) as url:
        run = Run(database, vendors, monkeypatch)
        run.connect()
        run.work()
        server = Server(url, database, run.answers)
        for kind in FAILURES:
            run.go_wrong(server, kind)
        run.break_our_code(monkeypatch)
        with committed(database) as env:
            connections = run.connections(env)
            assert len(connections.filtered("flow_ids")) == len(vendors)
            for connection, (_simulator, secrets) in zip(
                connections, vendors, strict=True
            ):
                given = secrets.get("webhook_secret", "")
                server.deliver(connection.webhook_token, given)
            server.read_all(env)
            export = env["connector.audit.export"].create({"table": "both"})
            run.answers += [line.decode() for line in export._lines()]
            maps = env["connector.field.map"].search([], limit=20)
            run.answers += [found._export_text() for found in maps]
    with committed(database) as env:
        jobs = env["connector.job"].search([])
        assert jobs.filtered(lambda job: job.state == "dead")
        assert set(env["connector.exception"].search([]).mapped("error_class")) >= {
            "authentication",
            "bug",
        }
        tokens = env["connector.token"].sudo().search([])
        assert len(tokens.filtered("token").connection_id) >= 3
        assert found_in_database(env.cr)[:5] == []
    lines = [*log.lines, server_log.read_text()]
    assert len(lines[-1]) > 100
    assert [place for line in lines if (place := found_in(line))][:5] == []
    assert [place for text in run.answers if (place := found_in(text))][:5] == []
    assert not any(run.private in text for text in (*lines, *run.answers))


def test_the_search_finds_what_is_hidden_anywhere(database):
    hidden = secret("hidden")
    coded = base64.b64encode(f"user:{hidden}".encode()).decode()
    with committed(database) as env:
        for text in (hidden, coded, json.dumps(hidden), hidden.encode().hex()):
            partner = env["res.partner"].create({"name": f"a {text} b"})
            env.flush_all()
            assert "res_partner" in dict(found_in_database(env.cr))
            partner.unlink()
        env.cr.rollback()
    with Log() as log:
        name = "odoo.addons.connector_base.providers.http_client"
        logging.getLogger(name).debug("asked with %s", coded)
    assert log.found
