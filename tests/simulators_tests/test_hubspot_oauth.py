"""HubSpot: tokens of an app that signs in by OAuth."""

import pytest
import requests

ACCOUNT = "/account-info/2026-09/details"


def token(hubspot, path="/oauth/2026-03/token", **changed):
    form = {
        "grant_type": "refresh_token",
        "client_id": hubspot.oauth.client_id,
        "client_secret": hubspot.oauth.client_secret,
        "refresh_token": changed.pop("refresh_token", None) or hubspot.oauth.grant(),
        **changed,
    }
    return requests.post(hubspot.url + path, data=form, timeout=10)


@pytest.mark.parametrize("path", ["/oauth/2026-03/token", "/oauth/v1/token"])
def test_a_refresh_token_gives_a_token_that_ends(hubspot, clock, client_of, path):
    answer = token(hubspot, path).json()
    assert (answer["token_type"], answer["expires_in"]) == ("bearer", 1800)
    client = client_of(hubspot, answer["access_token"])
    assert client.get(ACCOUNT).status_code == 200
    clock.advance(1799)
    assert client.get(ACCOUNT).status_code == 200
    clock.advance(1)
    refused = client.get(ACCOUNT)
    assert refused.status_code == 401
    assert refused.json()["category"] == "EXPIRED_AUTHENTICATION"


def test_the_same_refresh_token_is_good_again_unless_it_is_rotated(hubspot):
    refresh = hubspot.oauth.grant()
    for _time in range(2):
        answer = token(hubspot, refresh_token=refresh)
        assert answer.json()["refresh_token"] == refresh
    hubspot.oauth.rotate = True
    newer = token(hubspot, refresh_token=refresh).json()["refresh_token"]
    assert newer != refresh
    assert token(hubspot, refresh_token=refresh).status_code == 400
    assert token(hubspot, refresh_token=newer).status_code == 200


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("client_id", "BAD_CLIENT_ID"),
        ("client_secret", "BAD_CLIENT_ID"),
        ("refresh_token", "BAD_REFRESH_TOKEN"),
        ("grant_type", "BAD_GRANT_TYPE"),
    ],
)
def test_what_is_wrong_is_named(hubspot, name, status):
    answer = token(hubspot, **{name: "something else"})
    assert (answer.status_code, answer.json()["status"]) == (400, status)


def test_only_a_form_is_read(hubspot):
    answer = requests.post(f"{hubspot.url}/oauth/v1/token", json={}, timeout=10)
    assert answer.status_code == 415


def test_a_version_that_there_isnt_is_not_found(hubspot):
    assert token(hubspot, "/oauth/1999-01/token").status_code == 404
