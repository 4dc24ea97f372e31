"""Webhooks as Stripe sends them, by several senders at once, in any order."""

import json
import random
import time
from concurrent.futures import ThreadPoolExecutor

import requests
from simulators.stripe.webhooks import sign

SENDERS = 6
#: Tries of a delivery that wasn't taken, and seconds between them.
TRIES, PAUSE = 8, 1.0
PATIENCE = 60


def tell(stripe, url, secret, *, seed, duplicates):
    """Tell ``url`` of all events so far, shuffled; each is what was at its time.

    :param duplicates: share of the events that come twice
    :return: number of deliveries
    :raises RuntimeError: where one is never taken
    """
    luck = random.Random(seed)
    events = list(stripe.events.all)
    events += [event for event in events if luck.random() < duplicates]
    luck.shuffle(events)
    session = requests.Session()
    session.trust_env = False
    session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=SENDERS))

    def send(event):
        with stripe.store.lock:
            body = json.dumps(stripe.events.body(event)).encode()
        for attempt in range(TRIES):
            headers = {
                "Content-Type": "application/json; charset=utf-8",
                "Stripe-Signature": sign(secret, int(time.time()), body),
            }
            answer = session.post(url, data=body, headers=headers, timeout=PATIENCE)
            if answer.ok:
                return
            time.sleep(PAUSE * (attempt + 1))
        raise RuntimeError(f"{event.type} was answered with {answer.status_code}")

    with ThreadPoolExecutor(SENDERS) as pool:
        return len(list(pool.map(send, events)))
