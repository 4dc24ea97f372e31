"""Which keys of Stripe are production's, and which a sandbox's.

The address is the same for both. Source: https://docs.stripe.com/keys [S].
"""

from odoo.addons.connector_base.engine.records import PRODUCTION, SANDBOX

#: Beginning of the key -> what it opens.
KEYS = {
    "sk_live_": PRODUCTION,
    "rk_live_": PRODUCTION,
    "sk_test_": SANDBOX,
    "rk_test_": SANDBOX,
}


def of_key(key):
    """What a key opens; ``None`` where its beginning is none of the known ones."""
    return next((told for start, told in KEYS.items() if key.startswith(start)), None)
