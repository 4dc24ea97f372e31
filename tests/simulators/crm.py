"""The half of a CRM's simulator that no vendor has for itself alone.

A store of records that is seeded at first, tells of what changes from then on, and is
changed through ``/_control/`` as well.
"""

from . import control
from .routing import Route
from .server import Simulator


class CrmSimulator(Simulator):
    """Base of the simulators of CRMs.

    Attributes besides those of :class:`Simulator`: ``store``, and ``delivery`` (a
    :class:`~.delivery.Delivery`), which starts and stops with the simulator.
    """

    #: The vendor's :class:`~.seeding.Seeder`.
    seeder = None
    #: What the vendor calls the fields of a record, in bodies of the control endpoint.
    fields = "values"
    #: What the vendor calls its delivery, there as well.
    told_by = "delivery"

    def populate(self, store, delivery, records, counts, dirt, samples):
        """Seed a store, of which nobody is told, and tell of what changes later."""
        self.store = store
        self.delivery = delivery
        if records or counts or samples:
            self.seed_records(records, counts=counts, dirt=dirt, samples=samples)
        store.listener = delivery.notice

    def start(self):
        super().start()
        self.delivery.start()
        return self

    def stop(self):
        self.delivery.stop()
        super().stop()

    def seed_records(self, records=0, *, counts=None, dirt=0.08, samples=None):
        """Load samples and generated records on top of what there is.

        Returns ``{neutral key: id}`` of the generated ones.
        """
        if samples is not None:
            records = self.load_samples(samples, records)
        return self.seeder(self.store, self.seed, dirt).generate(records, counts or {})

    def load_samples(self, folder, records):
        """Load a folder of samples; returns how many companies are then to be made.

        Raises ValueError when it holds none of this vendor.
        """
        raise NotImplementedError

    def control_routes(self):
        """The common ones and, bodies in brackets, fields as the vendor calls them:

        ``seed`` {records, counts, dirt, samples}; ``create`` {object, fields, id?,
        created?, modified?, ...}; ``delete`` {object, id}; the name of the delivery
        {its settings}, shown by a GET; and ``GET record`` with ?object=&id=.
        """
        handlers = {
            "seed": self._control_seed,
            "create": self._control_create,
            "delete": lambda body: self.store.delete(body["object"], body["id"]),
            self.told_by: self._control_delivery,
        }
        return [
            *super().control_routes(),
            *control.posts(handlers),
            Route("GET", "/_control/record", self._control_record),
            Route(
                "GET", f"/_control/{self.told_by}", lambda _r: self.delivery.describe()
            ),
        ]

    def _control_seed(self, body):
        return {"loaded": len(self.seed_records(**body))}

    def _control_create(self, body):
        body = dict(body)
        object_type, values = body.pop("object"), body.pop(self.fields, {})
        return {"id": self.store.create(object_type, values, **body)}

    def _control_delivery(self, body):
        self.delivery.configure(**body)
        return self.delivery.describe()

    def _control_record(self, request):
        object_type, record_id = request.first("object"), request.first("id")
        values = self.store.get(object_type, record_id)
        if values is None:
            raise KeyError(f"{object_type} {record_id}")
        return {"id": record_id, self.fields: values}
