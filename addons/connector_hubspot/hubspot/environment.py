"""Which accounts of HubSpot are production, and which are there to try things in.

Addresses and keys of all of them are alike: only the account tells. Sources:
https://developers.hubspot.com/docs/api-reference/latest/account/account-information/guide
and https://developers.hubspot.com/docs/getting-started/account-types [S].
"""

from odoo.addons.connector_base.engine.records import PRODUCTION, SANDBOX

#: ``accountType`` -> what the account is for.
ACCOUNT_TYPES = {
    "STANDARD": PRODUCTION,
    "SANDBOX": SANDBOX,
    "DEVELOPER_TEST": SANDBOX,
    "APP_DEVELOPER": SANDBOX,
}


def of_account(details):
    """What the account's details tell; ``None`` for a type that isn't known."""
    return ACCOUNT_TYPES.get(details.get("accountType"))
