"""An answer of another shape is an error of ours, and no record that can't be kept."""

import datetime

import pytest

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.answers import CarefulReader, expected
from odoo.addons.connector_base.engine.records import Page, RemoteRecord

MOMENT = datetime.datetime(2026, 11, 2, 9, tzinfo=datetime.UTC)


class Reader:
    ids_limit = 7

    def __init__(self, *records, error=None):
        self.records = list(records)
        self.error = error

    def fetch_page(self, cursor):
        if self.error:
            raise self.error
        return Page(self.records, {}, True)

    def fetch_by_ids(self, ids):
        return self.fetch_page(None).records


def careful(*records, error=None):
    return CarefulReader(Reader(*records, error=error), "Acme")


def test_good_records_come_as_they_are():
    record = RemoteRecord("1", {"a": 1}, MOMENT, merged_ids=("2",))

    assert careful(record).fetch_page(None).records == [record]
    assert careful(record).fetch_by_ids(["1"]) == [record]
    assert careful().ids_limit == 7


@pytest.mark.parametrize(
    "record",
    [
        *(RemoteRecord(bad, {}) for bad in (None, "", 1, ["1"], "a\x00b", "\ud800")),
        RemoteRecord("1", []),
        RemoteRecord("1", {}, updated_at="2026-11-02"),
        RemoteRecord("1", {}, updated_at=datetime.datetime(2026, 11, 2)),
        RemoteRecord("1", {}, merged_ids=(None,)),
        RemoteRecord("1", {}, external_key=5),
    ],
)
def test_a_record_that_can_not_be_kept_is_none(record):
    for fetch in (careful(record).fetch_page, careful(record).fetch_by_ids):
        with pytest.raises(errors.TransientError) as caught:
            fetch(["1"])
        assert caught.value.code == errors.UNEXPECTED_SHAPE


@pytest.mark.parametrize(
    "error",
    [TypeError("x"), KeyError("id"), AttributeError("x"), IndexError(), ValueError()]
    + [OverflowError(), RecursionError(), UnicodeDecodeError("utf-8", b"", 0, 1, "x")],
)
def test_what_an_answer_lets_fail_is_an_error_of_ours(error):
    with pytest.raises(errors.TransientError) as caught:
        careful(error=error).fetch_page(None)

    assert caught.value.code == errors.UNEXPECTED_SHAPE
    assert caught.value.params["vendor"] == "Acme"
    assert caught.value.__cause__ is error


def test_errors_that_have_a_class_keep_it():
    with pytest.raises(errors.RateLimited), expected("Acme"):
        raise errors.RateLimited("Wait.")


def test_what_has_nothing_to_do_with_an_answer_goes_on():
    with pytest.raises(MemoryError), expected("Acme"):
        raise MemoryError
