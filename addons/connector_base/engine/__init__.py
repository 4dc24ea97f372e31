"""The engine in plain Python: imports nothing of Odoo and needs no database."""
