"""Two systems and Odoo through the whole engine; the algebra of it is tried by
``tests/engine/test_convergence.py``."""

import datetime
import random

from odoo.tests import tagged

from ..engine.merge import OWNERS
from .common_push import PushCase
from .common_vendor import inbound, remote
from .common_writer import FakeWriter

UTC = datetime.UTC
#: Rounds in which everything is settled once nobody edits any more.
ROUNDS = 4
#: What each system makes of a text that it stores.
FORMS = {
    "first": lambda value: value.upper() if isinstance(value, str) else value,
    "second": lambda value: value.strip().title() if isinstance(value, str) else value,
}
FIELDS = ("city", "zip", "street")
CITIES = ("Lyon", "lyon", " Nice", "ROME", "Köln am Rhein")


@tagged("post_install", "-at_install")
class TestConvergence(PushCase):
    """One customer in two systems that spell in their own way, edited everywhere."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.connect(name="Other CRM")
        cls.send(cls.other, "companies")

    def setUp(self):
        super().setUp()
        self.moment = datetime.datetime(2026, 1, 1, 9, tzinfo=UTC)
        self.edits = []
        self.told = 0
        answer = FakeWriter._answer

        def spelling(writer, row, record):
            self.tick()
            form = FORMS["first" if record.remote_id == "1" else "second"]
            row.values = {name: form(value) for name, value in row.values.items()}
            return answer(writer, row, record)

        self.patch(FakeWriter, "_answer", spelling)

    def tick(self):
        self.moment += datetime.timedelta(minutes=1)
        self.vendor.now = self.moment
        return self.moment

    def own(self, connection, owner):
        flow = self.flow("companies", connection)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE connector_field_map_line SET owner = %s WHERE map_id = %s",
            (owner, flow.active_map_id.id),
        )
        self.env.invalidate_all()

    def both(self):
        return (("1", self.connection), (self.second, self.other))

    # -- what happens ---------------------------------------------------------

    def start(self, first_owner, second_owner):
        """A company of the first system that Odoo has made in the second one."""
        self.vendor.reset()
        self.own(self.connection, first_owner)
        self.own(self.other, second_owner)
        self.vendor.add("companies", remote("1", name="Acme", city="Berlin"))
        self.vendor.records["companies"]["1"].updated_at = self.tick()
        self.says("1", self.connection)
        self.run_jobs()
        self.acme = self.taken("companies", 1)
        made = self.binding_of(self.acme, self.flow("companies", self.other))
        self.second = made.remote_id
        self.come_to_rest()

    def says(self, remote_id, connection):
        """The system says that the record changed."""
        self.told += 1
        event = inbound(f"e{self.told}", "companies", remote_id)
        self.receive(event, connection=connection)

    def edit_there(self, remote_id, name, value):
        record = self.vendor.records["companies"][remote_id]
        self.overwrites(record.values.get(name))
        record.values = {**record.values, name: value}
        record.updated_at = self.tick()
        self.edits.append(value)

    def edit_here(self, name, value):
        self.overwrites(self.acme[name])
        self.acme[name] = value
        self.commit()
        self.edits.append(value)

    def overwrites(self, value):
        """A person does, which is no loss."""
        self.edits = [edit for edit in self.edits if edit != value]

    def round(self):
        """Each system is read and written; :return: number of values written"""
        self.vendor.sent.clear()
        last = self.env["connector.log"].search([], limit=1).id
        for remote_id, connection in self.both():
            self.says(remote_id, connection)
        self.commit()
        # What waits to go out goes with them.
        self.run_jobs()
        updates = self.env["connector.log"].search_count(
            [("id", ">", last), ("direction", "=", "pull"), ("action", "=", "update")]
        )
        return updates + len(self.sent())

    def come_to_rest(self):
        for _number in range(ROUNDS):
            if not self.round():
                break
        self.assertEqual(self.round(), 0, "it doesn't come to rest")
        self.assertEqual(self.waiting(), [])

    # -- what came of it ------------------------------------------------------

    def held(self):
        """All values that are anywhere, as texts."""
        records = self.vendor.records["companies"]
        places = [self.acme.read(FIELDS)[0], *(r.values for r in records.values())]
        return {place.get(name) for place in places for name in FIELDS}

    def said(self):
        """All values that the log or a conflict names."""
        logs = self.env["connector.log"].search([("res_id", "=", self.acme.id)])
        found = {
            value
            for log in logs
            for pair in (log.changes or {}).values()
            for value in pair
        }
        conflicts = self.env["connector.conflict"].search([])
        return found | {c[side][0] for c in conflicts for side in ("ours", "theirs")}

    # -- rules ----------------------------------------------------------------

    def test_random_edits_come_to_rest_and_none_is_lost_unsaid(self):
        # Streets are personal: the log masks them, so cities stand for all texts.
        choose = random.Random(4)  # noqa: S311
        for number in range(6):
            owners = choose.choices(OWNERS, k=2)
            with self.subTest(number=number, owners=owners), self.env.cr.savepoint():
                self.edits = []
                self.start(*owners)
                for step in range(6):
                    value = f"{choose.choice(CITIES)} {number}{step}"
                    side = choose.choice(("here", "1", self.second, "read", "push"))
                    if side == "here":
                        self.edit_here("city", value)
                    elif side in ("1", self.second):
                        self.edit_there(side, "city", value)
                    else:
                        if side == "read":
                            self.says(*choose.choice(self.both()))
                        self.commit()
                        self.run_jobs()
                self.come_to_rest()
                known = {str(v).strip() for v in self.held() | self.said()}
                if "odoo" not in owners:
                    self.assertLessEqual({e.strip() for e in self.edits}, known)
                self.undo()

    def undo(self):
        """The next one begins with nothing."""
        self.env["connector.binding"].search([("res_id", "=", self.acme.id)]).unlink()
        self.acme.unlink()
        self.env["connector.exception"].search([]).unlink()
        self.forget()

    def test_an_edit_in_odoo_stays_as_it_was_written(self):
        for owner in ("newest", "ask", "odoo"):
            with self.subTest(owner=owner):
                self.start(owner, owner)
                self.edit_here("city", "Lyon la Belle")
                self.come_to_rest()
                self.assertEqual(self.acme.city, "Lyon la Belle")
                records = self.vendor.records["companies"]
                self.assertEqual(records["1"].values["city"], "LYON LA BELLE")
                self.assertEqual(records[self.second].values["city"], "Lyon La Belle")
                self.undo()

    def test_what_a_system_rounds_is_not_taken_back_rounded(self):
        stored = {"price": 12.35, "name": "Bolt"}
        self.send(self.connection, "products")
        self.own_products("newest")
        self.pull("products", remote(7, name="Bolt", price=1))
        product = self.taken("products", 7)
        product.list_price = 12.345
        self.push("products")
        self.vendor.add("products", remote(7, **stored))
        self.pull_again("products", remote(7, **stored))
        self.assertEqual(product.list_price, 12.345)
        self.vendor.sent.clear()
        self.push("products")
        self.assertEqual(self.sent(), [])
        # What somebody changes there is taken all the same.
        self.pull_again("products", remote(7, name="Bolt", price=13))
        self.assertEqual(product.list_price, 13)

    def own_products(self, owner):
        self.change_map("products", {"price": {"owner": owner}})

    def test_a_spelling_is_said_in_the_log_once(self):
        self.start("newest", "newest")
        self.edit_here("city", "Lyon")
        self.come_to_rest()
        kept = self.logs("companies", 1).filtered(lambda log: log.action == "keep")
        self.assertEqual([log.changes for log in kept], [{"city": ["Lyon", "LYON"]}])

    def test_a_correction_of_the_spelling_there_is_taken_later(self):
        self.start("newest", "newest")
        self.edit_here("city", "lyon")
        self.come_to_rest()
        self.edit_there("1", "city", "Lyon")
        self.come_to_rest()
        self.assertEqual(self.acme.city, "Lyon")
