"""An answer that can't be read says nothing of what was done, and doubles nothing."""

import dataclasses

import pytest
import requests
from simulators.billing.model import Customer

from odoo.addons.connector_base.engine import answers, errors
from odoo.addons.connector_base.engine.records import OutgoingRow, RowResult
from odoo.addons.connector_base.providers.http_session import new_session
from odoo.addons.connector_billing.providers.chargebee import writers as chargebee
from odoo.addons.connector_billing.providers.stripe import writers as stripe
from odoo.addons.connector_hubspot.hubspot import writer as hubspot
from odoo.addons.connector_salesforce.salesforce.writer import SalesforceWriter
from odoo.addons.connector_support.providers.freshdesk import writers as freshdesk
from odoo.addons.connector_support.providers.zendesk import writers as zendesk

#: In place of an answer, whatever it was.
BODIES = (b"{}", b"[]", b"[{}]", b"null", b'"x"', b'{"id": null}', b'{"results": 7}')


@dataclasses.dataclass(frozen=True)
class Writing:
    """How one stream of a vendor is written.

    :param values: ``number -> values of a new record``
    :param writer: ``(client, stream) -> writer``
    :param count: ``simulator -> how many records it has``
    :param prepare: ``(client, stream)``, as a push does before it makes records
    """

    vendor: str
    stream: str
    values: object
    writer: object
    count: object
    prepare: object = lambda client, stream: None


def _name(number):
    return {"name": f"Acme {number}"}


def _person(number):
    return {**_name(number), "email": f"ada{number}@acme.example"}


def _customers(running):
    return len(list(running.store.rows(Customer)))


WRITINGS = (
    Writing(
        "hubspot",
        "companies",
        lambda number: {"properties.name": f"Acme {number}"},
        hubspot.HubSpotWriter,
        lambda running: running.store.count("companies"),
        hubspot.prepare,
    ),
    Writing(
        "salesforce",
        "Account",
        lambda number: {"Name": f"Acme {number}"},
        SalesforceWriter,
        lambda running: running.store.count("Account"),
    ),
    Writing("stripe", "customers", _name, stripe.writer_of, _customers),
    Writing("stripe", "customers", _person, stripe.writer_of, _customers),
    Writing(
        "chargebee",
        "customers",
        lambda number: {"company": f"Acme {number}"},
        chargebee.writer_of,
        lambda running: running.store.count(Customer),
    ),
    Writing(
        "zendesk",
        "organizations",
        _name,
        zendesk.writer_of,
        lambda running: len(running.store.organizations),
    ),
    Writing(
        "freshdesk",
        "companies",
        _name,
        freshdesk.writer_of,
        lambda running: running.store.count("company"),
        freshdesk.prepare,
    ),
    Writing(
        "freshdesk",
        "contacts",
        _person,
        freshdesk.writer_of,
        lambda running: running.store.count("contact"),
    ),
)


class Tampering(requests.Session):
    """Lets all requests through, and puts another body in place of one answer.

    :param place: of the answer, counted from 0; ``None`` for none
    """

    def __init__(self, place=None, body=b""):
        super().__init__()
        self.__dict__.update(new_session().__dict__)
        self.place, self.body = place, body
        self.asked = 0

    def request(self, *args, **options):
        response = super().request(*args, **options)
        # Read: the vendor has done what it was asked for.
        assert isinstance(response.content, bytes)
        if self.asked == self.place:
            response._content = self.body
        response.raw = None
        self.asked += 1
        return response


@pytest.mark.parametrize(
    "writing", WRITINGS, ids=lambda writing: f"{writing.vendor}-{writing.stream}"
)
def test_what_was_made_is_found_by_its_key_and_not_made_again(request, writing):
    running = request.getfixturevalue(writing.vendor)
    client_of = request.getfixturevalue(f"{writing.vendor}_client")
    if writing.vendor == "salesforce":
        key = {"external_id": True, "unique": True, "length": 64}
        running.store.define_field("Account", "Odoo_Id__c", **key)
    writing.prepare(client_of(), writing.stream)
    number = 0

    def create(session):
        client = client_of(session=session)
        writer = writing.writer(client, writing.stream)
        row = OutgoingRow(f"db-res.partner-{number}", writing.values(number))
        [result] = answers.CarefulWriter(writer, writing.vendor).create([row])
        if result.error:
            raise result.error
        return result.remote_id

    clean = Tampering()
    create(clean)
    assert clean.asked
    for place in range(clean.asked):
        for body in BODIES:
            number += 1
            made = None
            try:
                made = create(Tampering(place, body))
            except errors.ConnectorError as error:
                # What is refused is intended no more: this may be there.
                assert error.error_class == "transient", (place, body)
            again = create(Tampering())
            assert made in (None, again)
            assert writing.count(running) == number + 1, (place, body)


class Answering:
    """A writer that answers what it is told."""

    batch_size = 10

    def __init__(self, result):
        self.result = result

    def create(self, rows):  # pylint: disable=method-required-super
        return [self.result]

    update = archive = create


@pytest.mark.parametrize("remote_id", [None, "", "None", 7, "a\0b", [], "{}"])
def test_a_new_record_without_an_id_is_not_known_to_be_there(remote_id):
    writer = answers.CarefulWriter(Answering(RowResult("k", remote_id)), "Vendor")
    with pytest.raises(errors.TransientError) as caught:
        writer.create([OutgoingRow("k", {})])
    assert caught.value.code == errors.UNEXPECTED_SHAPE


def test_an_update_needs_to_name_no_id():
    writer = answers.CarefulWriter(Answering(RowResult("k")), "Vendor")
    assert writer.update([OutgoingRow("k", {}, "7")]) == [RowResult("k")]
    assert writer.batch_size == 10


def test_what_is_refused_stays_refused():
    refused = RowResult("k", error=errors.InvalidRecord("No."))
    writer = answers.CarefulWriter(Answering(refused), "Vendor")
    assert writer.create([OutgoingRow("k", {})]) == [refused]
