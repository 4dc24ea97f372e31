"""An app that signs in by OAuth: its token ends in mid-run, and nobody notices."""

import pytest
from simulators import HubSpotSimulator

from .hubspot_case import HubSpotCase
from .own_database import committed, own_database


def enter(connection, hubspot):
    """Enter what an administrator has of an app."""
    secrets = {
        "client_id": hubspot.oauth.client_id,
        "webhook_secret": hubspot.oauth.client_secret,
        "refresh_token": hubspot.oauth.grant(),
    }
    for credential in connection.credential_ids:
        if credential.key in secrets:
            credential.secret = secrets[credential.key]


class TestOAuth(HubSpotCase):
    def new_connection(self, **values):
        connection = super().new_connection(**values)
        connection.credential_ids.sudo().write({"token": False})
        self.hubspot.set_tokens({})
        enter(connection, self.hubspot)
        return connection

    def end_tokens_after(self, requests):
        """Let all tokens be over once so many more requests were let in."""
        authenticate, left = self.hubspot.access.authenticate, [requests]

        def counting(request):
            left[0] -= 1
            if left[0] == 0:
                self.hubspot.access.ends.update(
                    dict.fromkeys(self.hubspot.access.ends, 0)
                )
            return authenticate(request)

        self.hubspot.access.authenticate = counting

    def test_a_token_that_ends_in_mid_run_is_renewed_and_the_run_goes_on(self):
        for number in range(250):
            self.company(f"Company {number}")
        self.connect()
        before = self.hubspot.oauth.issued
        self.end_tokens_after(3)
        self.run_jobs()
        self.assertEverythingOnce()
        self.assertEqual(self.connection.state, "connected")
        self.assertFalse(self.exceptions())
        self.assertEqual(self.hubspot.requests.count(status=401), 1)
        self.assertGreater(self.hubspot.oauth.issued, before)

    def test_a_refresh_token_that_is_refused_stops_the_connection_and_says_so(self):
        self.company("Acme")
        self.connect()
        self.hubspot.oauth.refresh_tokens.clear()
        self.hubspot.set_tokens({})
        self.run_jobs()
        self.assertEqual(self.connection.state, "attention")
        self.assertIn("refresh token", self.connection.attention_reason)
        [exception] = self.exceptions()
        self.assertEqual(exception.error_class, "authentication")
        self.assertIn("Install the app", exception.advice)

        enter(self.connection, self.hubspot)
        self.connection.action_resume()
        self.run_jobs()
        self.assertEverythingOnce()

    def test_the_one_that_was_entered_last_is_used(self):
        self.hubspot.set_tokens({"static-token-of-a-service-key": None})
        static = self.connection.credential_ids.filtered(
            lambda credential: credential.key == "access_token"
        )
        static.secret = "static-token-of-a-service-key"
        refresh = self.connection.credential_ids.filtered(
            lambda credential: credential.key == "refresh_token"
        )
        refresh.changed_at = "2026-01-01 00:00:00"
        self.connect()
        self.assertEqual(self.hubspot.oauth.issued, 0)
        refresh.changed_at = "2099-01-01 00:00:00"
        self.connection.action_test()
        self.assertEqual(self.hubspot.oauth.issued, 1)


# -- one database, several workers ---------------------------------------------------


@pytest.fixture(scope="module")
def database():
    with own_database() as name:
        yield name


def test_a_refresh_token_that_is_good_once_is_kept_for_all_workers(database):
    with HubSpotSimulator() as hubspot:
        hubspot.oauth.rotate = True
        with committed(database) as env:
            connection = env["connector.connection"].create(
                {"name": "OAuth", "provider": "hubspot", "base_url": hubspot.url}
            )
            enter(connection, hubspot)

        def ask():
            """What a worker does that has just been started."""
            with committed(database) as env:
                found = env["connector.connection"].browse(connection.id)
                client = found._provider()._client(found)
            return client.get("crm/objects/2026-09/companies").status

        assert [ask(), ask()] == [200, 200]
        assert hubspot.oauth.issued == 1, "the second worker finds the first one's"
        for _round in range(3):
            hubspot.access.ends.update(dict.fromkeys(hubspot.access.ends, 0))
            assert ask() == 200
        assert hubspot.oauth.issued == 4
        with committed(database) as env:
            credentials = env["connector.connection"].browse(connection.id)
            refresh = credentials.credential_ids.filtered(
                lambda credential: credential.key == "refresh_token"
            )
            assert {refresh._reveal()} == hubspot.oauth.refresh_tokens
    assert hubspot.crashes == []
