"""Whatever a vendor answers is a record that can be stored, or an error of ours."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.answers import CarefulReader, expected
from odoo.addons.connector_salesforce.salesforce.bulk import QueryJob

from . import hostile

ADDRESS = "https://api.vendor.example"


@pytest.mark.parametrize("vendor", sorted(hostile.READINGS))
def test_what_is_recorded_is_read(vendor):
    """Or the tests below would throw at nothing."""
    reading = hostile.READINGS[vendor]
    for stream, answers in hostile.recorded(vendor).items():
        client = reading.client(ADDRESS, session=hostile.session_of(answers))
        reading.read(client, stream)


@pytest.mark.parametrize("vendor", sorted(hostile.READINGS))
def test_an_answer_that_means_harm_ends_in_an_error_of_ours(vendor):
    reading = hostile.READINGS[vendor]

    @hostile.examples(share=0.08)
    @given(hostile.tapes(vendor))
    def throw(tape):
        stream, answers = tape
        client = reading.client(ADDRESS, session=hostile.session_of(answers))
        try:
            for each in reading.read(client, stream):
                assert isinstance(each, str) and each
        except errors.ConnectorError as error:
            assert error.error_class in errors.ERROR_CLASSES
            assert error.error_class != "bug"
            # It is kept with the job, and told to people.
            json.dumps([error.request, error.response, error.params], allow_nan=False)
            assert isinstance(error.message, str)

    throw()


@pytest.mark.parametrize("vendor", sorted(hostile.READINGS))
@pytest.mark.parametrize("body", [b"{}", b"[7]", b'"x"', b"7", b"null"])
def test_an_answer_without_its_list_is_no_empty_one(vendor, body):
    """Or what has changed would be passed over without a word."""
    reading = hostile.READINGS[vendor]
    for stream, answers in hostile.recorded(vendor).items():
        first, *_others = answers
        answer = hostile.Answer(200, first.headers, body)
        client = reading.client(ADDRESS, session=hostile.session_of([answer]))
        reader = CarefulReader(reading.reader(client, stream), vendor)

        with pytest.raises(errors.ConnectorError):
            reader.fetch_page(None)


@pytest.mark.parametrize("vendor", sorted(hostile.READINGS))
def test_a_refusal_of_any_shape_has_a_class(vendor):
    classify = hostile.READINGS[vendor].options["classify"]

    @hostile.examples(share=0.033)
    @given(
        status=st.sampled_from([400, 401, 402, 403, 404, 409, 422, 429, 500, 503]),
        body=st.one_of(hostile.odd_bodies, hostile.mutants(REFUSALS[vendor])),
    )
    def throw(status, body):
        answer = hostile.Answer(status, {}, body)
        client = hostile.READINGS[vendor].client(
            ADDRESS, session=hostile.session_of([answer])
        )
        with pytest.raises(errors.ConnectorError) as caught:
            client.get("x")
        assert caught.value.error_class in errors.ERROR_CLASSES

    assert classify
    throw()


@hostile.examples(share=0.05)
@given(
    body=st.one_of(
        st.binary(max_size=400),
        st.lists(
            st.sampled_from(['"Id"', "Id,Name", '"a""', ",", "\n", "\r", "\0", "ü"])
        )
        .map("".join)
        .map(str.encode),
        st.integers(1, 300_000).map(lambda size: b'"Id"\n"' + b"x" * size),
        st.integers(130_000, 140_000).map(lambda size: b"x" * size),
    )
)
def test_bulk_results_of_any_shape_are_rows_or_an_error_of_ours(body):
    session = hostile.session_of([hostile.Answer(200, {"Sforce-Locator": "x"}, body)])
    client = hostile.READINGS["Salesforce"].client(ADDRESS, session=session)
    try:
        with expected("Salesforce"), QueryJob(client, "750").part(None) as part:
            for row in part.rows:
                assert len(row) == len(part.header)
    except errors.ConnectorError as error:
        assert error.error_class == "transient"


#: A refusal of each vendor, to be changed.
REFUSALS = {
    "HubSpot": {
        "status": "error",
        "message": "Property values were not valid",
        "correlationId": "x",
        "category": "VALIDATION_ERROR",
        "errors": [{"message": "m", "code": "c", "context": {"propertyName": ["a"]}}],
        "context": {"missingScopes": ["crm.objects.companies.read"]},
    },
    "Salesforce": [
        {"message": "No such column 'X'", "errorCode": "INVALID_FIELD", "fields": []}
    ],
    "Stripe": {
        "error": {
            "type": "invalid_request_error",
            "code": "resource_missing",
            "param": "id",
            "message": "No such invoice",
            "request_log_url": "https://dashboard.stripe.com/",
        }
    },
    "Chargebee": {
        "message": "id : not found",
        "type": "invalid_request",
        "api_error_code": "resource_not_found",
        "param": "id",
        "http_status_code": 404,
    },
    "Zendesk": {
        "error": "RecordInvalid",
        "description": "Record validation errors",
        "details": {"name": [{"description": "taken", "error": "DuplicateValue"}]},
        "errors": [{"code": "c", "title": "t", "detail": "d"}],
    },
    "Freshdesk": {
        "description": "Validation failed",
        "errors": [
            {
                "field": "email",
                "message": "It should be a unique value",
                "code": "duplicate_value",
                "additional_info": {"user_id": 1},
            }
        ],
    },
}
