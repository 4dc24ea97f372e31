"""What records of Chargebee only name by id: item prices, items and coupons.

A page is looked through first, and what it names is asked for together.
"""

from . import ask
from .endpoints import LISTINGS


class ReferenceData:
    """Keeps what was asked for as long as its reader lives.

    :param client: ``HttpClient``
    """

    def __init__(self, client):
        self.client = client
        self._known = {"item_prices": {}, "items": {}, "coupons": {}}

    def fetch(self, stream, ids):
        """Ask for those of some records that aren't known yet.

        :param stream: ``item_prices``, ``items`` or ``coupons``
        """
        known = self._known[stream]
        wanted = {each for each in ids if each} - known.keys()
        if not wanted:
            return
        known.update(dict.fromkeys(wanted, {}))
        for record in ask.named(self.client, LISTINGS[stream], sorted(wanted)):
            known[record["id"]] = record

    def item_price(self, price_id):
        """An item price; empty where Chargebee has none of that id."""
        return self._get("item_prices", price_id)

    def item(self, item_id):
        """An item; empty where there is none."""
        return self._get("items", item_id)

    def coupon(self, coupon_id):
        """A coupon; empty where there is none."""
        return self._get("coupons", coupon_id)

    def _get(self, stream, record_id):
        if not record_id:
            return {}
        self.fetch(stream, [record_id])
        return self._known[stream][record_id]
