"""How HubSpot spells it, in plain Python: no Odoo, no database."""
