"""A year of a billed company, read into Odoo: do the books say what was billed?

``run.year`` lets a simulated account live for a year, reads it into one database by a
first load and into another by webhooks out of order, and compares the ledgers of both
with what the billing engine adds up. Its short form is a test, its long form
``./dev year``.
"""
