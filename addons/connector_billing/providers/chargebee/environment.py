"""Which sites of Chargebee are live, and which are test sites.

Sources: https://www.chargebee.com/docs/billing/2.0/getting-started/sites-intro [S] for
the two kinds; that a test site is called as the live one with ``-test`` behind it, and
how keys begin: https://docs.stackone.com/connectors/chargebee/guides/link-account/api-key
and https://docs.hevodata.com/sources/fna-analytics/chargebee [3P].
"""

from odoo.addons.connector_base.engine.records import PRODUCTION, SANDBOX

DOMAIN = ".chargebee.com"
#: End of the name of a test site.
TEST = "-test"
#: Beginning of the key -> which sites it opens.
KEYS = {"live_": PRODUCTION, "test_": SANDBOX}


def of_site(site):
    """What the name of a site tells; ``None`` for no name."""
    if not site:
        return None
    return SANDBOX if site.endswith(TEST) else PRODUCTION


def of_key(key):
    """Which sites a key opens; ``None`` for an older one that doesn't tell."""
    return next((told for start, told in KEYS.items() if key.startswith(start)), None)
