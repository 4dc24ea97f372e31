"""How Freshdesk spells it: plain Python, but for ``provider.py``."""
