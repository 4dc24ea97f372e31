"""A support desk with its limits on, read into Odoo and written to.

``run.desk`` reads a whole desk under the limits of its plan, reads it again, which may
write nothing, and sends organizations in as few requests as can be. Nobody waits: where
nothing can be done, the time of both sides moves on (``scenarios.waiting``). Its short
form is a test, its long form ``./dev desk``.
"""
