"""Chains of seals, with time and transactions as a test wants them."""

import contextlib

from odoo.tools import SQL

from .common import ConnectorCase
from .common_vendor import remote


class SealCase(ConnectorCase):
    """The log of a few records, nothing of it sealed yet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chains = cls.env["connector.seal.chain"]
        cls.log = cls.env["connector.log"]

    def setUp(self):
        super().setUp()
        self.pull("companies", *[remote(n, name=f"Company {n}") for n in range(1, 4)])
        self.rows = self.log.search([], order="id")

    def chain(self, model="connector.log"):
        return self.chains._of(self.env[model])

    def seal(self, model="connector.log"):
        """Seal all rows, as if every transaction were over; returns the last seal."""
        self.env.cr.flush()
        chain = self.chain(model)
        table = SQL.identifier(self.env[model]._table)
        [(last,)] = self.env.execute_query(SQL("SELECT MAX(id) FROM %s", table))
        while chain._seal(last or 0):
            pass
        return chain._last_seal()

    def check(self, model="connector.log"):
        """What a check of the whole chain finds."""
        self.env.cr.flush()
        self.env.invalidate_all()
        return self.chain(model).check()

    @contextlib.contextmanager
    def guards_off(self, *models):
        """What somebody does who owns the database."""
        for model in models or ("connector.log", "connector.seal"):
            self.switch(model, "DISABLE")
        yield
        self.env.flush_all()
        for model in models or ("connector.log", "connector.seal"):
            self.switch(model, "ENABLE")

    def switch(self, model, how):
        self.env.cr.execute(
            SQL(
                "ALTER TABLE %s %s TRIGGER USER",
                SQL.identifier(self.env[model]._table),
                SQL(how),
            )
        )

    def row_ages(self, days, *row_ids):
        """Rows were written so many days ago; before they are sealed."""
        with self.log._announced():
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE connector_log
                       SET create_date = create_date - make_interval(days => %s)
                     WHERE id = ANY(%s)
                    """,
                    days,
                    list(row_ids),
                )
            )
        self.env.invalidate_all()

    def assert_broken(self, row, *words):
        check = self.check()
        self.assertEqual(check.state, "broken")
        self.assertEqual(check.row_id, row.id if row else 0)
        for word in words:
            self.assertIn(word, check.finding)
        return check
