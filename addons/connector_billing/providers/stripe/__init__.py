"""How Stripe spells it: plain Python, but for ``provider.py``."""
