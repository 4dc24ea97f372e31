"""How Zendesk spells it: plain Python, but for ``provider.py``."""
