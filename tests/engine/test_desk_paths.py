"""Ids are quoted where they become a part of a path: they may come from anybody."""

import pytest

from odoo.addons.connector_support.providers.freshdesk import endpoints as freshdesk
from odoo.addons.connector_support.providers.zendesk import endpoints as zendesk


@pytest.mark.parametrize("endpoints", [freshdesk, zendesk])
@pytest.mark.parametrize(
    ("part", "quoted"),
    [
        ("42", "42"),
        (42, "42"),
        ("7/merge", "7%2Fmerge"),
        ("7?include=stats", "7%3Finclude%3Dstats"),
        ("7#x", "7%23x"),
        ("ü %", "%C3%BC%20%25"),
    ],
)
def test_an_id_is_one_part_of_a_path(endpoints, part, quoted):
    assert endpoints.path("tickets", part) == f"api/v2/tickets/{quoted}"
