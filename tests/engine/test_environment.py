"""Which accounts of vendors are production, as far as they tell."""

import pytest

from odoo.addons.connector_billing.providers.chargebee import (
    environment as chargebee,
)
from odoo.addons.connector_billing.providers.stripe import environment as stripe
from odoo.addons.connector_hubspot.hubspot import environment as hubspot
from odoo.addons.connector_salesforce.salesforce import environment as salesforce


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("https://acme.my.salesforce.com", None),
        ("https://login.salesforce.com", None),
        ("https://test.salesforce.com", "sandbox"),
        ("https://latest.salesforce.com", None),
        ("https://acme--uat.sandbox.my.salesforce.com", "sandbox"),
        ("https://acme--uat.my.salesforce.com", "sandbox"),
        ("https://acme-dev-ed.develop.my.salesforce.com", "sandbox"),
        ("http://127.0.0.1:8080", None),
        ("", None),
    ],
)
def test_addresses_of_salesforce(address, told):
    assert salesforce.of_address(address) == told


@pytest.mark.parametrize(
    ("organization", "told"),
    [
        ({"IsSandbox": True, "OrganizationType": "Enterprise Edition"}, "sandbox"),
        ({"IsSandbox": False, "OrganizationType": "Enterprise Edition"}, "production"),
        ({"IsSandbox": False, "OrganizationType": "Developer Edition"}, None),
        ({"IsSandbox": None}, None),
        ({}, None),
    ],
)
def test_organizations_of_salesforce(organization, told):
    assert salesforce.of_organization(organization) == told


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("STANDARD", "production"),
        ("SANDBOX", "sandbox"),
        ("DEVELOPER_TEST", "sandbox"),
        ("SOMETHING_NEW", None),
        (None, None),
    ],
)
def test_accounts_of_hubspot(kind, told):
    assert hubspot.of_account({"accountType": kind}) == told


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("sk_live_1", "production"),
        ("rk_live_1", "production"),
        ("rk_test_1", "sandbox"),
        ("sk_test_1", "sandbox"),
        ("another", None),
    ],
)
def test_keys_of_stripe(key, told):
    assert stripe.of_key(key) == told


def test_sites_and_keys_of_chargebee():
    assert chargebee.of_site("acme-test") == "sandbox"
    assert chargebee.of_site("acme") == "production"
    assert chargebee.of_site(None) is None
    assert chargebee.of_key("live_1") == "production"
    assert chargebee.of_key("test_1") == "sandbox"
    assert chargebee.of_key("1") is None
