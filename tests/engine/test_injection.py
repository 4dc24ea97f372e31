"""What comes from outside is a value, and never a part of what it is put into."""

import urllib.parse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_billing.providers.chargebee import endpoints as chargebee
from odoo.addons.connector_billing.providers.stripe import endpoints as stripe
from odoo.addons.connector_billing.providers.stripe import form
from odoo.addons.connector_hubspot.hubspot import endpoints as hubspot
from odoo.addons.connector_salesforce.salesforce import endpoints as salesforce
from odoo.addons.connector_salesforce.salesforce import soql
from odoo.addons.connector_salesforce.salesforce.names import Names

#: Vendor -> ``(id) -> path`` of one record.
PATHS = {
    "chargebee": lambda one: chargebee.path("invoices", one),
    "hubspot": lambda one: hubspot.path("objects", "2026-09", "deals", one),
    "salesforce": lambda one: salesforce.path("67.0", "sobjects", "Account", one),
    "stripe": lambda one: stripe.below("v1/invoices", one),
}


@pytest.mark.parametrize("vendor", sorted(PATHS))
@given(one=st.text(min_size=1, max_size=40))
def test_an_id_is_one_part_of_a_path(vendor, one):
    try:
        path = PATHS[vendor](one)
    except UnicodeEncodeError:
        return  # half a character: nothing was asked for
    head, _slash, last = path.rpartition("/")
    assert head == PATHS[vendor]("x").rpartition("/")[0]
    assert urllib.parse.unquote(last) == one
    assert not set(last) & set("/?#&\\ \r\n")


def _unquoted(text):
    """What a quoted text says; nothing may follow it."""
    assert text[0] == text[-1] == "'"
    said, escaped = "", False
    for character in text[1:-1]:
        assert escaped or character != "'", "it ends in the middle"
        if escaped or character != "\\":
            said += character
        escaped = character == "\\" and not escaped
    assert not escaped, "its end is escaped"
    return said


@pytest.mark.parametrize("quote", [soql.quote, form.quoted])
@given(text=st.text(st.sampled_from("ab'\\ \n%ü;"), max_size=30))
def test_a_text_in_a_query_ends_where_it_ends(quote, text):
    assert _unquoted(quote(text)) == text


@pytest.mark.parametrize(
    "name",
    ["Name FROM User", "(SELECT Id FROM Contacts)", "Id, Name", "Id--", "", "a'b"]
    + ["Name WHERE Id != null", "1Name", "Na\nme", "Ünal", "Owner..Name", "COUNT(Id)"],
)
def test_what_is_no_name_is_in_no_query(name):
    with pytest.raises(ValueError, match="no name"):
        soql.select([name], "Account")
    with pytest.raises(ValueError, match="no name"):
        soql.select(["Id"], name)


def test_names_are():
    query = soql.select(["Id", "Owner.Email", "My__c", "My__r.Name"], "Big__c")

    assert query == "SELECT Id, Owner.Email, My__c, My__r.Name FROM Big__c"
    assert soql.count("Account") == "SELECT COUNT() FROM Account"


def test_a_map_that_names_more_than_a_field_asks_for_nothing():
    names = Names(None, "Account", ("Name", "Name FROM User WHERE (x)"))

    assert "Name" in names.current
    assert not [name for name in names.current if " " in name]
