"""Tokens, scopes, limits and the shapes of refusals of a Zendesk account."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests


def token_of(zendesk, **form):
    body = {
        "client_id": zendesk.oauth.client_id,
        "client_secret": zendesk.oauth.client_secret,
        **form,
    }
    return requests.post(f"{zendesk.url}/oauth/tokens", json=body, timeout=5)


def test_without_a_token_and_with_a_wrong_one_it_is_a_401(zendesk, desk_client_of):
    none = requests.get(f"{zendesk.url}/api/v2/tickets", timeout=5)
    assert (none.status_code, none.json()) == (
        401,
        {"error": "Couldn't authenticate you"},
    )
    wrong = desk_client_of(zendesk, "nonsense").get("/tickets")
    assert wrong.status_code == 401
    assert wrong.json()["error"] == "invalid_token"


def test_client_credentials_give_a_token_that_ends(zendesk, desk_client_of, clock):
    answer = token_of(
        zendesk, grant_type="client_credentials", scope="read", expires_in=300
    )
    assert answer.status_code == 200
    made = answer.json()
    assert "refresh_token" not in made
    assert (made["expires_in"], made["scope"]) == (300, "read")
    desk = desk_client_of(zendesk, made["access_token"])
    assert desk.get("/users/me").json()["user"]["role"] == "admin"
    clock.advance(301)
    assert desk.get("/users/me").status_code == 401


def test_a_form_is_as_good_as_json(zendesk):
    answer = requests.post(
        f"{zendesk.url}/oauth/tokens",
        data={
            "grant_type": "client_credentials",
            "client_id": zendesk.oauth.client_id,
            "client_secret": zendesk.oauth.client_secret,
        },
        timeout=5,
    )
    assert answer.status_code == 200


def test_a_wrong_secret_is_an_invalid_client(zendesk):
    answer = token_of(zendesk, grant_type="client_credentials", client_secret="not it")
    assert answer.status_code == 401
    assert answer.json()["error"] == "invalid_client"


def test_a_code_is_good_once_and_for_its_own_redirect_address(zendesk):
    give = zendesk.oauth.consent.give
    code = give("https://odoo.example/back", "read write")
    form = {"grant_type": "authorization_code", "code": code}
    wrong = token_of(zendesk, **form, redirect_uri="https://other.example")
    assert (wrong.status_code, wrong.json()["error"]) == (400, "invalid_grant")

    form["code"] = give("https://odoo.example/back", "read write")
    good = token_of(zendesk, **form, redirect_uri="https://odoo.example/back")
    assert good.json()["refresh_token_expires_in"] == 7_776_000
    again = token_of(zendesk, **form, redirect_uri="https://odoo.example/back")
    assert again.json()["error"] == "invalid_grant"


def test_who_consents_is_sent_back_with_a_code_and_the_state(zendesk):
    query = {
        "response_type": "code",
        "client_id": zendesk.oauth.client_id,
        "redirect_uri": "https://odoo.example/back",
        "scope": "read",
        "state": "x y",
    }
    zendesk.oauth.consent.redirect_uris.add(query["redirect_uri"])
    address = f"{zendesk.url}/oauth/authorizations/new"
    answer = requests.get(address, params=query, allow_redirects=False, timeout=5)
    assert answer.status_code == 302
    target = urlsplit(answer.headers["Location"])
    back = parse_qs(target.query)
    assert (target.path, back["state"]) == ("/back", ["x y"])
    made = token_of(
        zendesk,
        grant_type="authorization_code",
        code=back["code"][0],
        redirect_uri=query["redirect_uri"],
    ).json()
    assert made["scope"] == "read"
    query["client_id"] = "somebody"
    answer = requests.get(address, params=query, allow_redirects=False, timeout=5)
    assert answer.status_code == 400


def test_a_refresh_makes_both_tokens_new_and_ends_the_old_ones(zendesk, desk_client_of):
    access, refresh = zendesk.oauth.grant()
    answer = token_of(zendesk, grant_type="refresh_token", refresh_token=refresh)
    made = answer.json()
    assert made["refresh_token"] != refresh
    assert desk_client_of(zendesk, access).get("/users/me").status_code == 401
    desk = desk_client_of(zendesk, made["access_token"])
    assert desk.get("/users/me").status_code == 200
    again = token_of(zendesk, grant_type="refresh_token", refresh_token=refresh)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


def test_a_token_can_revoke_itself(zendesk, desk_client_of):
    desk = desk_client_of(zendesk, zendesk.oauth.grant()[0])
    assert desk.delete("/oauth/tokens/current").status_code == 204
    assert desk.get("/users/me").status_code == 401


@pytest.mark.parametrize(
    ("scopes", "path", "status"),
    [
        (["read"], "/tickets", 200),
        (["write"], "/tickets", 403),
        (["tickets:read"], "/tickets", 200),
        (["tickets:read"], "/incremental/tickets/cursor?start_time=0", 200),
        (["tickets:read"], "/users", 403),
        (["users:read"], "/incremental/tickets/cursor?start_time=0", 403),
        (["tickets:read"], "/groups", 403),
        (["groups:read"], "/groups", 200),
    ],
)
def test_a_read_needs_its_scope(start_desk, desk_client_of, scopes, path, status):
    assert desk_client_of(start_desk(scopes=scopes)).get(path).status_code == status


def test_a_write_needs_its_scope(start_desk, desk_client_of, is_declined):
    desk = desk_client_of(start_desk(scopes=["read", "users:write"]))
    desk.made("user", name="Ann")
    answer = desk.post("/organizations", {"organization": {"name": "Acme"}})
    body = is_declined(answer, 403, "forbidden")
    assert body["description"].endswith("scopes: organizations:write, write")


def test_what_the_role_does_not_show_is_a_403_of_another_shape(zendesk, desk):
    zendesk.access.forbidden.add("tickets")
    answer = desk.get("/tickets")
    assert answer.status_code == 403
    assert answer.json()["error"]["title"] == "Forbidden"


def test_an_unknown_path_and_method_are_told_apart(desk, is_declined):
    is_declined(desk.get("/nothing"), 404, "InvalidEndpoint")
    answer = desk.delete("/users/me/none/at/all")
    is_declined(answer, 404, "InvalidEndpoint")
    is_declined(desk.put("/search", {}), 405, "MethodNotAllowed")


def test_paths_may_end_in_json(desk):
    made = desk.made("user", name="Ann")
    assert desk.get(f"/users/{made['id']}.json").json()["user"]["name"] == "Ann"
    assert desk.get("/users.json").json()["count"] == 2


# Limits


def test_a_plan_has_its_requests_a_minute(start_desk, desk_client_of, clock):
    desk = desk_client_of(start_desk(plan="team"))
    first = desk.get("/users/me")
    assert first.headers["X-Rate-Limit"] == "200"
    assert first.headers["X-Rate-Limit-Remaining"] == "199"
    assert first.headers["ratelimit-reset"] == "60"
    for _time in range(199):
        assert desk.get("/users/me").status_code == 200
    clock.advance(20)
    refused = desk.get("/users/me")
    assert refused.status_code == 429
    assert refused.json()["error"] == "APIRateLimitExceeded"
    assert refused.headers["Retry-After"] == "40"
    clock.advance(40)
    assert desk.get("/users/me").status_code == 200


def test_exports_have_ten_requests_a_minute_together(start_desk, desk_client_of, clock):
    desk = desk_client_of(start_desk(plan="enterprise"))
    paths = ("/incremental/tickets/cursor", "/incremental/organizations")
    for place in range(10):
        assert desk.get(paths[place % 2], start_time=0).status_code == 200
    refused = desk.get(paths[0], start_time=0)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "60"
    assert desk.get("/users/me").status_code == 200
    clock.advance(60)
    assert desk.get(paths[0], start_time=0).status_code == 200


def test_the_high_volume_addon_has_thirty(start_desk, desk_client_of):
    desk = desk_client_of(start_desk(plan="enterprise", high_volume=True))
    statuses = [
        desk.get("/incremental/users/cursor", start_time=0).status_code
        for _time in range(31)
    ]
    assert statuses == [200] * 30 + [429]


def test_one_ticket_is_updated_thirty_times_in_ten_minutes(
    start_desk, desk_client_of, clock
):
    desk = desk_client_of(start_desk(plan="enterprise"))
    one, other = (
        desk.made("ticket", subject="Help", comment={"body": "Please"})
        for _time in range(2)
    )
    change = {"ticket": {"priority": "high"}}
    for _time in range(30):
        assert desk.put(f"/tickets/{one['id']}", change).status_code == 200
    clock.advance(70)
    refused = desk.put(f"/tickets/{one['id']}", change)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "530"
    assert desk.put(f"/tickets/{other['id']}", change).status_code == 200


def test_organizations_one_at_a_time_are_five_a_minute(start_desk, desk_client_of):
    desk = desk_client_of(start_desk(plan="enterprise"))
    made = desk.made("organization", name="Acme")
    statuses = [
        desk.put(
            f"/organizations/{made['id']}", {"organization": {"notes": str(place)}}
        ).status_code
        for place in range(6)
    ]
    assert statuses == [200] * 5 + [429]


def test_without_a_plan_nothing_is_limited(desk):
    answer = desk.get("/users/me")
    assert "X-Rate-Limit" not in answer.headers


# Faults


def test_faults_come_in_the_vendors_shapes(zendesk, desk, is_declined):
    zendesk.faults.add("rate_limit", retry_after=7)
    answer = desk.get("/users/me")
    is_declined(answer, 429, "APIRateLimitExceeded")
    assert answer.headers["Retry-After"] == "7"
    zendesk.faults.add("status", status=503, retry_after=30)
    answer = desk.get("/users/me")
    is_declined(answer, 503, "ServiceUnavailable")
    assert answer.headers["Retry-After"] == "30"
    zendesk.faults.add("revoked")
    assert desk.get("/users/me").status_code == 401
    zendesk.faults.add("missing_scope", target="tickets:read")
    is_declined(desk.get("/tickets"), 403, "forbidden")
    assert desk.get("/users/me").status_code == 200
