"""Who may ask a Chargebee site, how often, and what its errors look like."""


def body_of(answer, status, code):
    """The JSON of an error, after a look at what all of them have."""
    assert answer.status_code == status, answer.text
    error = answer.json()
    assert error["api_error_code"] == code
    assert error["http_status_code"] == status
    assert error["message"]
    return error


def test_the_key_is_the_user_and_the_password_is_empty(chargebee, site):
    assert site.get("/customers").status_code == 200
    site.session.auth = (chargebee.token, "secret")
    body_of(site.get("/customers"), 401, "api_authentication_failed")
    site.session.auth = None
    body_of(site.get("/customers"), 401, "api_authentication_failed")


def test_a_revoked_key_is_refused(chargebee, site):
    chargebee.revoke()
    body_of(site.get("/customers"), 401, "api_authentication_failed")


def test_a_read_only_key_reads_and_writes_nothing(chargebee, site_client_of):
    chargebee.access.keys["reader"] = "read_only"
    reader = site_client_of(chargebee, "reader")
    assert reader.get("/customers").status_code == 200
    body_of(reader.post("/customers"), 403, "api_authorization_failed")


def test_a_plan_allows_so_many_requests_a_minute(start_site, site_client_of, clock):
    client = site_client_of(start_site(plan="test"))
    for _number in range(150):
        assert client.get("/coupons").status_code == 200
    answer = client.get("/coupons")
    error = body_of(answer, 429, "api_request_limit_exceeded")
    assert error["type"] == "operation_failed"
    assert answer.headers["Retry-After"] == "60"
    clock.advance(60)
    assert client.get("/coupons").status_code == 200


def test_faults_answer_in_the_sites_own_shape(chargebee, site):
    chargebee.faults.add("status", status=503)
    error = body_of(site.get("/items"), 503, "internal_temporary_error")
    assert error["type"] == "operation_failed"
    chargebee.faults.add("rate_limit", retry_after=7)
    assert site.get("/items").headers["Retry-After"] == "7"
    chargebee.faults.add("status", status=503, target="lock_timeout")
    body_of(site.get("/items"), 503, "lock_timeout")


def test_the_site_tells_its_product_catalog(site):
    [configuration] = site.get("/configurations").json()["configurations"]
    assert configuration["product_catalog_version"] == "v2"


def test_unknown_paths_and_records_are_not_found(site):
    body_of(site.get("/plans"), 404, "resource_not_found")
    body_of(site.get("/customers/nobody"), 404, "resource_not_found")


def test_the_same_key_does_the_same_once(chargebee, site, clock):
    first = site.post("/customers", key="k-1", company="Acme")
    again = site.post("/customers", key="k-1", company="Acme")
    assert again.json() == first.json()
    assert "chargebee-idempotency-replayed" not in first.headers
    assert again.headers["chargebee-idempotency-replayed"] == "true"
    assert len(site.listed("customers")) == 1
    clock.advance(31 * 60)
    site.post("/customers", key="k-1", company="Acme")
    assert len(site.listed("customers")) == 2


def test_a_key_is_not_good_for_another_request(site):
    site.post("/customers", key="k-1", company="Acme")
    answer = site.post("/customers", key="k-1", company="Other")
    body_of(answer, 400, "invalid_request")


def test_what_was_refused_can_be_tried_again_with_its_key(site):
    answer = site.post("/items", key="k-2", id="team")
    body_of(answer, 400, "param_wrong_value")
    answer = site.post("/items", key="k-2", id="team")
    body_of(answer, 400, "param_wrong_value")


def test_an_answer_lost_on_its_way_is_given_again(chargebee, site):
    chargebee.faults.add("drop", worked=True)
    try:
        site.post("/customers", key="k-3", company="Acme")
    except OSError:
        pass
    again = site.post("/customers", key="k-3", company="Acme")
    assert again.headers["chargebee-idempotency-replayed"] == "true"
    assert len(site.listed("customers")) == 1
