"""A browser signs in at each vendor through a real server, by nothing but redirects."""

import functools
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from simulators import HubSpotSimulator, SalesforceSimulator
from simulators.zendesk import ZendeskSimulator

from odoo import Command

from .odoo_server import free_port, odoo_server
from .own_database import committed, own_database

CALLBACK = "/connector/oauth/callback"
#: Vendor -> simulator, what finds its consent page, keys of the app's id and secret,
#: the request that says who we are.
VENDORS = {
    "salesforce": (
        SalesforceSimulator,
        lambda s: (s.auth, s.auth.key, s.auth.secret),
        ("consumer_key", "consumer_secret"),
        "services/data/v67.0/limits",
    ),
    "hubspot": (
        HubSpotSimulator,
        lambda s: (s.oauth, s.oauth.client_id, s.oauth.client_secret),
        ("client_id", "webhook_secret"),
        "account-info/2026-09/details",
    ),
    "zendesk": (
        ZendeskSimulator,
        lambda s: (s.oauth, s.oauth.client_id, s.oauth.client_secret),
        ("client_id", "client_secret"),
        "api/v2/users/me",
    ),
}


@pytest.fixture(scope="module")
def port():
    return free_port()


@pytest.fixture(scope="module")
def database(port):
    with own_database() as name:
        with committed(name) as env:
            admin = env.ref("base.user_admin")
            group = env.ref("connector_base.group_administrator")
            admin.group_ids = [Command.link(group.id)]
            parameters = env["ir.config_parameter"]
            parameters.set_param("web.base.url", f"http://127.0.0.1:{port}")
            parameters.set_param("web.base.url.freeze", "True")
        yield name


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    return tmp_path_factory.mktemp("sign_in") / "odoo.log"


@pytest.fixture(scope="module")
def server(database, port, log):
    arguments = ("--logfile", str(log), "--log-handler", "werkzeug:INFO")
    with odoo_server(database, port=port, arguments=arguments) as url:
        yield url


@pytest.fixture(scope="module")
def browser(server, database):
    with requests.Session() as session:
        session.trust_env = False
        call(
            *(session, server, "/web/session/authenticate"),
            db=database,
            login="admin",
            password="admin",
        )
        yield session


def call(session, server, path, **params):
    answer = session.post(server + path, json={"params": params}, timeout=60).json()
    assert "error" not in answer, answer["error"]
    return answer["result"]


def press(browser, server, connection_id, action):
    return call(
        *(browser, server, f"/web/dataset/call_button/connector.connection/{action}"),
        model="connector.connection",
        method=action,
        args=[[connection_id]],
        kwargs={},
    )


def open_transactions(env):
    """Of sessions of the server that wait for something else than the database."""
    env.cr.execute(
        "SELECT query FROM pg_stat_activity WHERE datname = current_database()"
        " AND state LIKE 'idle in transaction%' AND pid <> pg_backend_pid()"
    )
    return env.cr.fetchall()


@pytest.mark.parametrize("name", VENDORS)
def test_a_person_signs_in_and_out(database, server, browser, log, name):
    make, app_of, keys, who = VENDORS[name]
    with make() as vendor:
        app, *pair = app_of(vendor)
        app.consent.redirect_uris.add(f"{server}{CALLBACK}")
        secrets = dict(zip(keys, pair, strict=True))
        with committed(database) as env:
            connection = env["connector.connection"].create(
                {"name": name, "provider": name, "base_url": vendor.url}
            )
            for credential in connection.credential_ids:
                if credential.key in secrets:
                    credential.secret = secrets[credential.key]

        # While the vendor is asked for tokens, the state is gone and nothing is open.
        seen = []
        redeem = app.consent.redeem

        @functools.wraps(redeem)
        def looking(form):
            with committed(database) as env:
                left = env["connector.oauth.request"].search_count([])
                seen.append((form["code"], left, open_transactions(env)))
            return redeem(form)

        app.consent.redeem = looking
        action = press(browser, server, connection.id, "action_sign_in")
        answer = browser.get(action["url"], timeout=60)
        chain = [urlsplit(each.url).path for each in answer.history]
        assert chain == [urlsplit(action["url"]).path, CALLBACK]
        place = "/odoo/connector-connections/connector-signed-in"
        assert (answer.status_code, urlsplit(answer.url).path) == (200, place)
        [(code, left, transactions)] = seen
        assert (left, transactions) == (0, [])

        issued = app.issued
        with committed(database) as env:
            found = env["connector.connection"].browse(connection.id)
            assert found.signed_in_by_id == env.ref("base.user_admin")
            assert found.last_test_at
            assert found.account_key
            assert not found.missing_scopes
            assert found.granted_scopes
            client = found._provider()._client(found)
            tokens = env["connector.token"].search_count(
                [("connection_id", "=", connection.id)]
            )
        assert client.get(who).status == 200
        assert (app.issued, tokens) == (issued, 1), "the token that was kept is used"

        again = browser.get(answer.history[1].url, timeout=60)
        assert again.status_code == 400
        assert len(seen) == 1, "a code is never sent twice"

        state = parse_qs(urlsplit(action["url"]).query)["state"][0]
        written = log.read_text()
        assert f"{CALLBACK}?•••" in written
        for secret in (code, state, *pair):
            assert secret not in written

        press(browser, server, connection.id, "action_sign_out")
        with committed(database) as env:
            found = env["connector.connection"].browse(connection.id)
            assert not found._entered_credentials() - set(keys)
            assert not found.granted_scopes
            rows = env["connector.audit"].search(
                [
                    ("connection_id", "=", connection.id),
                    ("action", "in", ("sign_in", "sign_out")),
                ],
                order="id",
            )
            assert rows.mapped("action") == ["sign_in", "sign_out"]
            assert rows.user_id == env.ref("base.user_admin")
        assert vendor.crashes == []
