"""``python -m simulators VENDOR``: run one until it is told to stop.

It ends on SIGTERM and SIGINT, after ``--max-seconds`` (a day), and when the process
given with ``--with-parent`` is gone. Its first line of output is JSON: url and token.
"""

import argparse
import json
import os
import signal
import threading
import time
from pathlib import Path

from . import chargebee, freshdesk, hubspot, salesforce, stripe, zendesk
from .billing.drip import Drip as BillingDrip
from .chargebee.facts import PLANS
from .freshdesk.drip import Drip as FreshdeskDrip
from .freshdesk.facts import PLANS as FRESHDESK_PLANS
from .hubspot.drip import Drip as HubSpotDrip
from .salesforce.drip import Drip as SalesforceDrip
from .zendesk.drip import Drip as ZendeskDrip
from .zendesk.facts import PLANS as ZENDESK_PLANS

DAY = 86_400


def arguments(given=None):
    """The command line."""
    parser = argparse.ArgumentParser(prog="simulators", description=__doc__)
    vendors = parser.add_subparsers(dest="vendor", required=True)
    for vendor, text, token, samples in (
        ("hubspot", "the HubSpot CRM API", hubspot.TOKEN, "hubspot/fivetran_seeds"),
        (
            "salesforce",
            "the Salesforce REST and Bulk APIs",
            salesforce.TOKEN,
            "salesforce/ebikes-lwc",
        ),
        ("stripe", "the Stripe API", stripe.TOKEN, "nothing for it"),
        ("chargebee", "the Chargebee API v2", chargebee.KEY, "nothing for it"),
        ("zendesk", "the Zendesk Support API", zendesk.TOKEN, "nothing for it"),
        ("freshdesk", "the Freshdesk API v2", freshdesk.KEY, "nothing for it"),
    ):
        add = vendors.add_parser(vendor, help=text).add_argument
        add("--port", type=int, default=0, help="0: any free port")
        add("--port-file", type=Path, help="the port is written there once it listens")
        add("--records", type=int, default=200, help="companies; others in proportion")
        add("--seed", type=int, default=7)
        add("--dirt", type=float, default=0.08, help="share of flawed records, 0 to 1")
        add("--samples", type=Path, help=f"folder that holds {samples}")
        add("--drip", type=float, metavar="SECONDS", help="change records that often")
        add("--token", default=token)
        add("--max-seconds", type=float, default=DAY)
        add("--with-parent", type=int, metavar="PID", help="end when it is gone")
        if vendor == "hubspot":
            add("--rate-limit", action="store_true", help="190 in 10 s, search 5/s")
            add("--index-lag", type=float, default=0.0, metavar="SECONDS")
        elif vendor == "stripe":
            add("--api-version", default=stripe.VERSION, help="of the account")
            add("--months", type=int, default=12, help="that its company has lived")
        elif vendor == "chargebee":
            add("--plan", choices=sorted(PLANS), help="whose requests a minute hold")
        elif vendor == "zendesk":
            plans = sorted(ZENDESK_PLANS)
            add("--plan", choices=plans, help="whose requests a minute hold")
            add("--client-id", default=zendesk.CLIENT_ID)
            add("--client-secret", default=zendesk.SECRET)
        elif vendor == "freshdesk":
            plans = sorted(FRESHDESK_PLANS)
            add("--plan", choices=plans, help="whose requests a minute hold")
        else:
            add("--single-currency", action="store_true", help="no CurrencyIsoCode")
            add("--external-id", default="Odoo_Id__c", help="a field of most objects")
            add("--consumer-key", default=salesforce.KEY)
            add("--consumer-secret", default=salesforce.SECRET)
            add(
                "--certificate", type=Path, help="PEM that JWT assertions are signed by"
            )
    return parser.parse_args(given)


def main(given=None):
    """Serve; returns the exit status."""
    options = arguments(given)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_signal: stop.set())
    simulator, dripper = VENDORS[options.vendor](options)
    with simulator:
        if options.port_file:
            write_port(options.port_file, simulator.port)
        print(json.dumps({"url": simulator.url, "token": simulator.token}), flush=True)
        drip = None
        if options.drip:
            drip = dripper(simulator.store, options.drip, options.seed)
            drip.start()
        wait(stop, options.max_seconds, options.with_parent)
        if drip:
            drip.stop()
    return 0


def hubspot_simulator(options):
    """The simulator that the options ask for, and what changes its records."""
    simulator = hubspot.HubSpotSimulator(
        options.records,
        seed=options.seed,
        dirt=options.dirt,
        samples=options.samples,
        port=options.port,
        token=options.token,
        rate_limit=options.rate_limit or None,
        index_lag=options.index_lag,
    )
    return simulator, HubSpotDrip


def salesforce_simulator(options):
    """The same for an org."""
    certificate = options.certificate and options.certificate.read_text("ascii")
    simulator = salesforce.SalesforceSimulator(
        options.records,
        seed=options.seed,
        dirt=options.dirt,
        samples=options.samples,
        port=options.port,
        token=options.token,
        multi_currency=not options.single_currency,
        external_id=options.external_id or None,
        auth={
            "key": options.consumer_key,
            "secret": options.consumer_secret,
            "public_key": certificate,
        },
    )
    return simulator, SalesforceDrip


def stripe_simulator(options):
    """The same for an account, whose company has lived for a while."""
    simulator = stripe.StripeSimulator(
        options.records,
        months=options.months,
        seed=options.seed,
        port=options.port,
        token=options.token,
        version=options.api_version,
    )

    def dripper(_store, seconds, seed):
        return BillingDrip(simulator.engine, seconds, seed)

    return simulator, dripper


def chargebee_simulator(options):
    """The same for a site, whose company is a year old."""
    simulator = chargebee.ChargebeeSimulator(
        seed=options.seed, port=options.port, key=options.token, plan=options.plan
    )
    simulator.live(options.records)
    simulator.clock.resume()

    def dripper(_store, seconds, seed):
        return BillingDrip(simulator.engine, seconds, seed)

    return simulator, dripper


def zendesk_simulator(options):
    """The same for a support desk, which has lived for a year."""
    simulator = zendesk.ZendeskSimulator(
        options.records,
        seed=options.seed,
        port=options.port,
        token=options.token,
        plan=options.plan,
        client_id=options.client_id,
        client_secret=options.client_secret,
    )

    def dripper(_store, seconds, seed):
        return ZendeskDrip(simulator, seconds, seed)

    return simulator, dripper


def freshdesk_simulator(options):
    """The same for a desk."""
    simulator = freshdesk.FreshdeskSimulator(
        options.records,
        seed=options.seed,
        dirt=options.dirt,
        port=options.port,
        key=options.token,
        plan=options.plan,
    )

    def dripper(_store, seconds, seed):
        return FreshdeskDrip(simulator, seconds, seed)

    return simulator, dripper


VENDORS = {
    "hubspot": hubspot_simulator,
    "salesforce": salesforce_simulator,
    "stripe": stripe_simulator,
    "chargebee": chargebee_simulator,
    "zendesk": zendesk_simulator,
    "freshdesk": freshdesk_simulator,
}


def write_port(path, port):
    """Write the port so that nobody ever reads half a file."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_text(f"{port}\n", encoding="ascii")
    os.replace(draft, path)


def wait(stop, max_seconds, parent=None):
    """Until told to stop, the time is up, or the parent is gone."""
    end = time.monotonic() + max_seconds
    while not stop.is_set():
        left = end - time.monotonic()
        if left <= 0 or (parent and not is_alive(parent)):
            return
        stop.wait(min(0.5, left))


def is_alive(pid):
    """Whether a process runs; one that only waits to be reaped does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return True
    return status.rpartition(")")[2].split()[0] != "Z"


if __name__ == "__main__":
    raise SystemExit(main())
