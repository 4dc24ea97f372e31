"""How Chargebee spells it: plain Python, but for ``provider.py``."""
