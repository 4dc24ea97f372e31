"""A user's consent at Zendesk: each refresh token is good once, for all workers."""

import pytest
from simulators.zendesk import CLIENT_ID, SECRET, ZendeskSimulator

from .own_database import committed, own_database


@pytest.fixture(scope="module")
def database():
    with own_database() as name:
        yield name


def test_both_tokens_are_replaced_together_and_kept_for_all_workers(database):
    with ZendeskSimulator() as desk:
        desk.access.tokens.clear()
        access, refresh = desk.oauth.grant()
        secrets = {"client_id": CLIENT_ID, "client_secret": SECRET}
        secrets["refresh_token"] = refresh
        with committed(database) as env:
            connection = env["connector.connection"].create(
                {"name": "OAuth", "provider": "zendesk", "base_url": desk.url}
            )
            for credential in connection.credential_ids:
                if credential.key in secrets:
                    credential.secret = secrets[credential.key]

        def ask():
            """What a worker does that has just been started."""
            with committed(database) as env:
                found = env["connector.connection"].browse(connection.id)
                client = found._provider()._client(found)
            return client.get("api/v2/users/me").status

        assert [ask(), ask()] == [200, 200]
        assert access in desk.access.revoked
        assert desk.oauth.issued == 2, "the second worker finds the first one's"
        for _round in range(2):
            desk.access.ends.update(dict.fromkeys(desk.access.ends, 0))
            assert ask() == 200
        assert desk.oauth.issued == 4
        with committed(database) as env:
            found = env["connector.connection"].browse(connection.id)
            assert found._secret("refresh_token") in desk.oauth.refreshes
    assert desk.crashes == []
