"""Webhooks as the vendor sends them, by several senders at once, in any order."""

import random
import time
from concurrent.futures import ThreadPoolExecutor

import requests

SENDERS = 6
#: Tries of a delivery that wasn't taken, and seconds between them.
TRIES, PAUSE = 8, 1.0
PATIENCE = 60


def tell(vendor, url, *, seed, duplicates):
    """Tell ``url`` of all events so far, shuffled; each is what was at its time.

    :param duplicates: share of the events that come twice
    :return: number of deliveries
    :raises RuntimeError: where one is never taken
    """
    luck = random.Random(seed)
    events = vendor.events()
    events += [event for event in events if luck.random() < duplicates]
    luck.shuffle(events)
    session = requests.Session()
    session.trust_env = False
    session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=SENDERS))

    def send(event):
        with vendor.engine.store.lock:
            body = vendor.body(event)
        for attempt in range(TRIES):
            answer = session.post(
                url, data=body, headers=vendor.headers(body), timeout=PATIENCE
            )
            if answer.ok:
                return
            time.sleep(PAUSE * (attempt + 1))
        raise RuntimeError(f"{event.id} was answered with {answer.status_code}")

    with ThreadPoolExecutor(SENDERS) as pool:
        return len(list(pool.map(send, events)))
