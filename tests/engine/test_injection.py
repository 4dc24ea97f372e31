"""What comes from outside is a value, and never a part of what it is put into."""

import urllib.parse

import pytest
import requests
import urllib3
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_billing.providers.chargebee import endpoints as chargebee
from odoo.addons.connector_billing.providers.stripe import endpoints as stripe
from odoo.addons.connector_billing.providers.stripe import form
from odoo.addons.connector_hubspot.hubspot import endpoints as hubspot
from odoo.addons.connector_salesforce.salesforce import endpoints as salesforce
from odoo.addons.connector_salesforce.salesforce import soql
from odoo.addons.connector_salesforce.salesforce.names import Names
from odoo.addons.connector_support.providers.freshdesk import endpoints as freshdesk
from odoo.addons.connector_support.providers.zendesk import endpoints as zendesk

from .vendor import failure

#: Vendor -> ``(id) -> path`` of one record.
PATHS = {
    "freshdesk": lambda one: freshdesk.path("contacts", one),
    "zendesk": lambda one: zendesk.path("users", one),
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


@pytest.mark.parametrize("vendor", sorted(PATHS))
@pytest.mark.parametrize("one", ["", ".", ".."])
def test_an_id_that_leads_elsewhere_is_asked_for_at_no_vendor(client_of, vendor, one):
    """Quotes don't help there: programs on the way take such a part out of the path."""
    client = client_of("http://localhost:1")
    for path in (PATHS[vendor](one), f"{PATHS[vendor](one)}/lines"):
        error = failure(client.get, path)
        assert isinstance(error, errors.InvalidRecord)
        assert error.code == "wrong_path"


@pytest.mark.parametrize("vendor", sorted(PATHS))
@pytest.mark.parametrize("one", ["../x", "a/../b", "/", "a//b", "..%2f", "...", "a.b"])
def test_any_other_id_stays_one_part_on_its_way(vendor, one):
    """As requests and urllib3 send it."""
    url = f"https://api.vendor.example/{PATHS[vendor](one)}"
    sent = urllib3.util.parse_url(requests.Request("GET", url).prepare().url)
    assert sent.path == f"/{PATHS[vendor](one)}"


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
