"""Every error of the table is of the class that it says, whichever way it comes."""

import pytest
from simulators.salesforce.errors import STYLES

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_salesforce.salesforce.errors import (
    BY_CODE,
    BY_STATUS,
    classify,
    row_error,
)

from .vendor import failure

#: What the vendors' facts name, and what has to become of it.
NAMED = {
    "UNABLE_TO_LOCK_ROW": "transient",
    "SERVER_UNAVAILABLE": "transient",
    "QUERY_TIMEOUT": "transient",
    "REQUEST_LIMIT_EXCEEDED": "rate_limited",
    "INVALID_SESSION_ID": "authentication",
    "REQUIRED_FIELD_MISSING": "validation",
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": "validation",
    "INVALID_FIELD": "validation",
    "MALFORMED_QUERY": "validation",
    "DUPLICATE_VALUE": "validation",
    "DUPLICATES_DETECTED": "ambiguous_match",
    "ENTITY_IS_DELETED": "not_found",
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY": "validation",
    "INSUFFICIENT_ACCESS": "authentication",
    "INSUFFICIENT_ACCESS_OR_READONLY": "authentication",
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": "authentication",
    "UNSUPPORTED_API_VERSION": "not_found",
    "EXCEEDED_ID_LIMIT": "validation",
}


@pytest.mark.parametrize("code", BY_CODE)
@pytest.mark.parametrize("shape", ["array", "object"])
def test_each_code_of_the_table_has_its_class(code, shape):
    error_type, ours = BY_CODE[code]
    item = {"message": "Said so.", "errorCode": code, "fields": ["Name"]}
    error = classify(400, [item] if shape == "array" else item, {})
    assert type(error) is error_type
    assert error.code == ours
    assert error.params["detail"] == "Said so."
    assert error.params["property"] == "Name"
    row = row_error({"statusCode": code, "message": "Said so.", "fields": []})
    assert type(row) is error_type
    assert "property" not in row.params


def test_each_code_that_is_known_of_has_the_class_that_it_needs():
    found = {code: BY_CODE[code][0].error_class for code in NAMED}
    assert found == NAMED


def test_each_class_of_the_table_is_one_of_the_engine():
    for error_type, _code in [*BY_CODE.values(), *BY_STATUS.values()]:
        assert error_type.error_class in errors.ERROR_CLASSES


@pytest.mark.parametrize("status", BY_STATUS)
@pytest.mark.parametrize("body", [[], {}, "<html>", [{"errorCode": "NEW_ONE"}], [1]])
def test_an_unknown_code_goes_by_its_status(status, body):
    error_type, code = BY_STATUS[status]
    error = classify(status, body, {})
    assert (type(error), error.code) == (error_type, code)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_trouble_of_the_server_passes(status):
    assert type(classify(status, "", {})) is errors.TransientError


def test_a_limit_names_the_time_of_another_try():
    daily = classify(403, [{"errorCode": "REQUEST_LIMIT_EXCEEDED"}], {})
    item = {
        "errorCode": "REQUEST_LIMIT_EXCEEDED",
        "message": "ConcurrentPerOrgLongTxn Limit exceeded.",
    }
    concurrent = classify(403, [item], {})
    assert daily.retry_at > concurrent.retry_at


def test_a_refused_sign_in_says_why():
    body = {"error": "invalid_grant", "error_description": "inactive user"}
    error = classify(400, body, {})
    assert isinstance(error, errors.AuthenticationError)
    assert error.params["detail"] == "inactive user"
    assert error.params["reason"] == "invalid_grant"


def test_a_duplicate_names_its_candidates_however_it_is_spelt():
    record = {"record": {"Id": "001A", "attributes": {"type": "Account"}}}
    result = {"matchResults": [{"matchRecords": [record]}]}
    for name in ("duplicateResult", "duplicateResut"):
        item = {"statusCode": "DUPLICATES_DETECTED", "message": "?", name: result}
        assert row_error(item).params["candidates"] == ["001A"]
    bare = row_error({"statusCode": "DUPLICATES_DETECTED"})
    assert bare.params["candidates"] == []


@pytest.mark.parametrize("style", STYLES)
def test_the_org_answers_so(salesforce, salesforce_client, style):
    salesforce.errors.style = style
    client = salesforce_client()
    error = failure(client.get, "services/data/v67.0/query", {"q": "SELECT x FROM y"})
    assert error.error_class == "not_found"
    assert error.code == "unknown_object"
    error = failure(client.get, "services/data/v20.0/query", {"q": "SELECT Id"})
    assert error.code == "unknown_version"


def test_a_session_that_is_over(salesforce, salesforce_client):
    salesforce.revoke()
    error = failure(salesforce_client().get, "services/data/v67.0/limits")
    assert (error.error_class, error.code) == ("authentication", "wrong_token")
