"""What all billing vendors share, in plain Python: no Odoo, no database."""
