"""Whether the two ends of a field map's line go together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_base.engine import compat
from odoo.addons.connector_base.engine.compat import ERROR, OK, WARNING
from odoo.addons.connector_base.engine.values import READERS

KNOWN = {"properties.city", "properties.address", "associations.companies", "id"}


def produces(name):
    return compat.PRODUCES.get(name, "any")


def test_every_type_of_ours_has_a_row_and_every_kind_a_verdict():
    assert compat.FITS.keys() == READERS.keys()
    for ours in READERS:
        for kind in compat.REMOTE_KINDS:
            assert compat.into(kind, ours).severity in (OK, WARNING, ERROR)
            assert compat.out_of(ours, kind).severity in (OK, WARNING, ERROR)


@pytest.mark.parametrize(
    ("kind", "ours", "severity", "code"),
    [
        ("text", "char", OK, None),
        ("long_text", "char", WARNING, "long_text"),
        ("long_text", "text", OK, None),
        ("text", "money", WARNING, "not_number"),
        ("number", "integer", WARNING, "not_whole"),
        ("number", "money", OK, None),
        ("text", "date", WARNING, "not_date"),
        ("boolean", "date", ERROR, "does_not_fit"),
        ("options", "char", ERROR, "list_into_one"),
        ("references", "reference", ERROR, "list_into_one"),
        ("references", "references", OK, None),
        ("object", "char", ERROR, "does_not_fit"),
        ("any", "money", OK, None),
    ],
)
def test_kinds_and_types(kind, ours, severity, code):
    verdict = compat.into(kind, ours)
    assert (verdict.severity, verdict.code) == (severity, code)


@pytest.mark.parametrize(
    ("kind", "chain", "after"),
    [
        ("text", [], "text"),
        ("email", [("domain", None)], "text"),
        ("references", [("first", None)], "reference"),
        ("options", [("join", ", ")], "text"),
        ("options", [("first", None), ("upper", None)], "text"),
        ("text", [("first", ";")], "text"),
        ("text", [("constant", "x")], "any"),
        ("text", [("a transform nobody knows", None)], "any"),
    ],
)
def test_transforms_change_the_kind(kind, chain, after):
    came, verdict = compat.after_chain(kind, chain, produces)
    assert (came, verdict.severity) == (after, OK)


def test_a_transform_of_one_value_does_not_take_several():
    _kind, verdict = compat.after_chain("options", [("trim", None)], produces)
    assert (verdict.severity, verdict.code) == (ERROR, "list_into_one")


def test_one_value_is_not_joined():
    _kind, verdict = compat.after_chain("text", [("join", None)], produces)
    assert (verdict.severity, verdict.code) == (ERROR, "not_a_list")


@pytest.mark.parametrize(
    ("path", "found", "rest"),
    [
        ("properties.city", "properties.city", ()),
        ("associations.companies[0]", "associations.companies", (0,)),
        ("associations.companies[*]", "associations.companies", (...,)),
        ("properties.address.zip", "properties.address", ("zip",)),
        ("properties.town", None, ()),
        ("properties", None, ()),
        ("cities", None, ()),
        ("no path at all[", None, ()),
    ],
)
def test_a_path_points_to_or_into_a_field(path, found, rest):
    assert compat.locate(path, KNOWN) == (found, rest)


@pytest.mark.parametrize(
    ("kind", "rest", "at"),
    [
        ("references", (0,), "reference"),
        ("references", (...,), "references"),
        ("options", (-1,), "option"),
        ("object", ("zip",), "any"),
        ("list", (0, "value"), "any"),
        ("text", (), "text"),
    ],
)
def test_the_kind_within_a_field(kind, rest, at):
    assert compat.kind_at(kind, rest) == at


@given(st.lists(st.sampled_from((OK, WARNING, ERROR))))
def test_the_worst_verdict_is_none_milder_than_any(severities):
    rank = (OK, WARNING, ERROR).index
    found = compat.worst([compat.Verdict(each) for each in severities])
    assert rank(found.severity) == max(map(rank, severities), default=0)
