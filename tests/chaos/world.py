"""Changes on both sides, and what must be there in the end."""

import dataclasses
import random
import threading

from scenarios.own_database import committed, transact

KEY = "chaos-"
OPERATIONS = {
    "create_there": 10,
    "change_there": 30,
    "move_there": 3,
    "archive_there": 2,
    "create_here": 8,
    "change_here": 25,
    "change_here_at_once": 6,
    "read_some": 25,
    "poll": 5,
}


@dataclasses.dataclass(eq=False)
class Item:
    """A company or contact as both sides must have it.

    ``values``: ``{name of the entity field: text}``; ``company``: an :class:`Item`.
    """

    stream: str
    key: str
    values: dict
    company: object = None
    remote_id: str | None = None
    res_id: int | None = None
    archived: bool = False


class World:
    """Makes seeded changes; ``items`` says what came of them."""

    def __init__(self, database, connection_id, store, seed):
        self.database = database
        self.connection_id = connection_id
        self.store = store
        self.luck = random.Random(seed)
        self.items = []
        self.number = 0
        self.done = dict.fromkeys(OPERATIONS, 0)

    def step(self):
        """Make one change, of any kind that is possible."""
        [name] = self.luck.choices(list(OPERATIONS), OPERATIONS.values())
        if getattr(self, name)():
            self.done[name] += 1

    # -- at the vendor --------------------------------------------------------

    def create_there(self):
        item = self._new_item()
        if item.stream == "companies":
            values = item.values
            properties = {
                "name": values["name"],
                "address": values["street"],
                "address2": item.key,
            }
            item.values["city"] = item.values["zip"] = None
        else:
            values = item.values
            properties = {
                "firstname": values["first_name"],
                "lastname": values["last_name"],
                "jobtitle": item.key,
            }
            item.values["email"] = None
            item.company = self._any("companies", "remote_id")
        item.remote_id = self.store.create(item.stream, properties)
        if item.company:
            company_id = item.company.remote_id
            self.store.associate("contacts", item.remote_id, "companies", company_id)
        self.items.append(item)
        return True

    def change_there(self):
        item = self._any(None, "remote_id")
        if not item:
            return False
        text = self._text()
        if item.stream == "companies":
            name, prop = self.luck.choice((("name", "name"), ("street", "address")))
        else:
            name, prop = "last_name", "lastname"
        self.store.update(item.stream, item.remote_id, {prop: text})
        item.values[name] = text
        return True

    def move_there(self):
        """A contact goes to another company, in two steps as people do it."""
        item = self._any("contacts", "remote_id")
        company = self._any("companies", "remote_id")
        if not item or not company or item.company is company:
            return False
        there = ("contacts", item.remote_id, "companies")
        for company_id in self.store.associated(*there):
            self.store.dissociate(*there, company_id)
        self.store.associate(*there, company.remote_id)
        item.company = company
        return True

    def archive_there(self):
        item = self._any("companies", "remote_id")
        if not item or any(other.company is item for other in self.items):
            return False
        self.store.archive("companies", item.remote_id)
        item.archived = True
        return True

    # -- in Odoo --------------------------------------------------------------

    def create_here(self):
        items = [self._new_item() for _each in range(self.luck.randint(1, 3))]
        for item in items:
            if item.stream == "contacts":
                item.company = self._any("companies", "res_id")

        def create(env):
            partners = env["res.partner"].create([self._partner(i) for i in items])
            return partners.ids

        for item, res_id in zip(items, self._transact(create), strict=True):
            item.res_id = res_id
        self.items += items
        return True

    def change_here(self):
        items = {self._any(None, "res_id") for _each in range(self.luck.randint(1, 3))}
        items.discard(None)
        changes = [(item, *self._own_change(item)) for item in items]
        changes.sort(key=lambda change: change[0].res_id)

        def write(env):
            for item, name, value in changes:
                env["res.partner"].browse(item.res_id).write({name: value})

        self._transact(write)
        for item, name, value in changes:
            item.values[name] = value
        return bool(changes)

    def change_here_at_once(self):
        """Two people change one record in the same moment, each another field."""
        item = self._any("companies", "res_id")
        if not item:
            return False
        changes = {"city": self._text(), "zip": self._text()}
        together = threading.Barrier(len(changes))
        failed = []

        def change(name, value):
            def write(env):
                env["res.partner"].browse(item.res_id).write({name: value})

            together.wait(10)
            try:
                self._transact(write)
            except Exception as error:
                failed.append(error)

        threads = [
            threading.Thread(target=change, args=change_) for change_ in changes.items()
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failed:
            raise failed[0]
        item.values.update(changes)
        return True

    # -- jobs -----------------------------------------------------------------

    def read_some(self):
        """Jobs of single records beside all else."""
        item = self._any(None, "remote_id")
        if not item:
            return False
        ids = {item.remote_id}
        for _more in range(self.luck.choice((0, 0, 2))):
            ids.add(self._any(item.stream, "remote_id").remote_id)
        self._transact(
            lambda env: env["connector.pull"]._enqueue_ids(
                self._flow(env, item.stream), list(ids)
            )
        )
        return True

    def poll(self):
        stream = self.luck.choice(("companies", "contacts"))
        self._transact(lambda env: self._flow(env, stream)._enqueue_pull())
        return True

    def schedule(self):
        """What Odoo's cron does each minute."""
        self._transact(lambda env: env["connector.connection"]._cron_schedule())

    def learn_ids(self):
        """Ask the bindings which records belong together by now."""
        with committed(self.database) as env:
            env.cr.execute(
                "SELECT entity, remote_id, res_id FROM connector_binding"
                " WHERE connection_id = %s AND remote_id IS NOT NULL"
                " AND res_id IS NOT NULL",
                (self.connection_id,),
            )
            rows = env.cr.fetchall()
        streams = {"customer.company": "companies", "customer.contact": "contacts"}
        by_remote = {(i.stream, i.remote_id): i for i in self.items if i.remote_id}
        by_record = {i.res_id: i for i in self.items if i.res_id}
        for entity, remote_id, res_id in rows:
            item = by_remote.get((streams[entity], remote_id))
            if item and not item.res_id:
                item.res_id = res_id
            item = by_record.get(res_id)
            if item and not item.remote_id:
                item.remote_id = remote_id

    # -- inner workings -------------------------------------------------------

    def _transact(self, function):
        return transact(self.database, function)

    def _flow(self, env, stream):
        connection = env["connector.connection"].browse(self.connection_id)
        return connection.flow_ids.filtered(lambda flow: flow.stream == stream)

    def _any(self, stream, known):
        """A live item that one side knows by now, or ``None``."""
        found = [
            item
            for item in self.items
            if stream in (None, item.stream)
            and getattr(item, known)
            and not item.archived
        ]
        return self.luck.choice(found) if found else None

    def _text(self):
        self.number += 1
        return f"T{self.number}"

    def _new_item(self):
        self.number += 1
        key = f"{KEY}{self.number}"
        if self.luck.random() < 0.6:
            names = ("name", "street", "city", "zip")
            return Item("companies", key, {name: self._text() for name in names})
        values = {
            "first_name": "Ada",
            "last_name": self._text(),
            "email": f"{self._text().lower()}@example.com",
        }
        return Item("contacts", key, values)

    def _own_change(self, item):
        """A field that Odoo owns, and a new value."""
        if item.stream == "companies":
            return self.luck.choice(("city", "zip")), self._text()
        return "email", f"{self._text().lower()}@example.com"

    def _partner(self, item):
        values = item.values
        if item.stream == "companies":
            return {**values, "street2": item.key, "is_company": True}
        return {
            "name": f"{values['first_name']} {values['last_name']}",
            "email": values["email"],
            "function": item.key,
            "parent_id": item.company.res_id if item.company else False,
        }
