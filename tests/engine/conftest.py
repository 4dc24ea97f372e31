"""Fixtures: simulated vendors on this machine, and clients that never really sleep."""

import importlib.util
import os
from pathlib import Path

import hypothesis
import pytest
from hypothesis.configuration import set_hypothesis_home_dir
from simulators import Clock, HubSpotSimulator, SalesforceSimulator
from simulators.billing import model as billing
from simulators.chargebee import ChargebeeSimulator
from simulators.freshdesk import FreshdeskSimulator
from simulators.stripe.simulator import StripeSimulator
from simulators.zendesk import ZendeskSimulator

import odoo.addons

ROOT = Path(__file__).resolve().parents[2]
if importlib.util.find_spec("odoo.addons.connector_base") is None:
    # Run without Odoo's configuration, which names the folder otherwise.
    odoo.addons.__path__.append(str(ROOT / "addons"))
    os.environ.setdefault("ODOO_CONNECTOR_PRIVATE_NETWORKS", "127.0.0.0/8, ::1")

from odoo.addons.connector_base.providers.http_client import (  # noqa: E402
    LONGEST_PAUSE,
    HttpClient,
)
from odoo.addons.connector_billing.providers.chargebee import (  # noqa: E402
    errors as chargebee_errors,
)
from odoo.addons.connector_billing.providers.chargebee import (  # noqa: E402
    signing as chargebee_signing,
)
from odoo.addons.connector_billing.providers.stripe import (  # noqa: E402
    endpoints as stripe_endpoints,
)
from odoo.addons.connector_billing.providers.stripe import (  # noqa: E402
    errors as stripe_errors,
)
from odoo.addons.connector_hubspot.hubspot import errors as hubspot_errors  # noqa: E402
from odoo.addons.connector_hubspot.hubspot.endpoints import VERSIONS  # noqa: E402
from odoo.addons.connector_salesforce.salesforce import (  # noqa: E402
    errors as salesforce_errors,
)
from odoo.addons.connector_salesforce.salesforce import (  # noqa: E402
    limits as salesforce_limits,
)
from odoo.addons.connector_salesforce.salesforce.values import (  # noqa: E402
    number_text,
)
from odoo.addons.connector_support.providers.freshdesk import (  # noqa: E402
    errors as freshdesk_errors,
)
from odoo.addons.connector_support.providers.freshdesk import (  # noqa: E402
    limits as freshdesk_limits,
)
from odoo.addons.connector_support.providers.freshdesk import (  # noqa: E402
    signing as freshdesk_signing,
)
from odoo.addons.connector_support.providers.zendesk import (  # noqa: E402
    errors as zendesk_errors,
)
from odoo.addons.connector_support.providers.zendesk import (  # noqa: E402
    limits as zendesk_limits,
)

from .hubspot_account import Account  # noqa: E402
from .stripe_account import Account as StripeAccount  # noqa: E402
from .vendor import Vendor  # noqa: E402
from .zendesk_desk import Desk  # noqa: E402

START = "2026-11-02T09:00:00Z"

set_hypothesis_home_dir(ROOT / ".dev" / "hypothesis")
# The same examples in every run: a build that fails fails again.
hypothesis.settings.register_profile(
    "engine",
    database=None,
    deadline=None,
    derandomize=True,
    max_examples=80,
    # The simulators stand still between the examples of one test.
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture],
)
hypothesis.settings.load_profile("engine")


@pytest.fixture
def naps():
    """Seconds that clients wanted to sleep, in their order."""
    taken = []
    yield taken
    assert all(seconds <= LONGEST_PAUSE for seconds in taken)


@pytest.fixture
def client_of(naps):
    """Make an ``HttpClient`` of a simulator or an address; it notes its naps."""

    def make(vendor, **options):
        options.setdefault("timeout", 5)
        address = vendor if isinstance(vendor, str) else vendor.url
        return HttpClient(address, vendor="Vendor", sleep=naps.append, **options)

    return make


@pytest.fixture
def vendor():
    """A vendor of no special kind, see :class:`Vendor`."""
    with Vendor() as running:
        yield running
    assert running.crashes == []


@pytest.fixture
def clock():
    """A clock that stands still until a test moves it."""
    return Clock(START)


@pytest.fixture
def hubspot(clock):
    """An empty HubSpot account."""
    with HubSpotSimulator(clock=clock) as running:
        yield running
    assert running.crashes == []


@pytest.fixture
def hubspot_client(hubspot, naps):
    """Make a client of the account, as the provider makes it."""

    def make(version=VERSIONS[0], token=None, **options):
        if "tokens" not in options:
            token = token or hubspot.token
            options["headers"] = {"Authorization": f"Bearer {token}"}
        return HttpClient(
            hubspot.url,
            vendor=hubspot_errors.VENDOR,
            classify=hubspot_errors.classify,
            request_id_header="x-hubspot-correlation-id",
            api_version=version,
            timeout=5,
            sleep=naps.append,
            **options,
        )

    return make


@pytest.fixture
def account_of(hubspot_client):
    """Make an :class:`Account` of a stream."""
    return lambda *args, **options: Account(hubspot_client, *args, **options)


@pytest.fixture
def create(hubspot):
    """Create companies straight in the account; their ids."""

    def make(number=1, object_type="companies", **values):
        return [hubspot.store.create(object_type, values) for _number in range(number)]

    return make


@pytest.fixture
def salesforce(clock):
    """An empty Salesforce org."""
    with SalesforceSimulator(clock=clock) as running:
        yield running
    assert running.crashes == []


@pytest.fixture
def salesforce_client(salesforce, naps):
    """Make a client of the org, as the provider makes it, with a session of its own."""

    def make(version="67.0", **options):
        options.setdefault("clock", salesforce.clock.now)
        if "tokens" not in options:
            options["headers"] = {"Authorization": f"Bearer {salesforce.token}"}
        return HttpClient(
            salesforce.url,
            vendor=salesforce_errors.VENDOR,
            classify=salesforce_errors.classify,
            quotas=salesforce_limits.quotas,
            parse_float=number_text,
            api_version=version,
            timeout=5,
            sleep=naps.append,
            **options,
        )

    return make


@pytest.fixture
def stripe(clock):
    """An empty Stripe account."""
    with StripeSimulator(clock=clock) as running:
        yield running
    assert running.crashes == []


@pytest.fixture
def stripe_client(stripe, naps):
    """Make a client of an account, as the provider makes it."""

    def make(version=stripe_endpoints.VERSIONS[0], key=None, account=None, **options):
        account = account or stripe
        options.setdefault("clock", account.clock.now)
        return HttpClient(
            account.url,
            headers={
                "Authorization": f"Bearer {key or account.token}",
                "Stripe-Version": version,
            },
            vendor=stripe_errors.VENDOR,
            classify=stripe_errors.classify,
            request_id_header="Request-Id",
            parse_float=str,
            api_version=version,
            timeout=20,
            sleep=naps.append,
            **options,
        )

    return make


@pytest.fixture(scope="session")
def stripe_company():
    """A company after four months, that no test changes."""
    clock = Clock(START)
    with StripeSimulator(records=25, months=4, seed=3, clock=clock) as running:
        yield running
    assert running.crashes == []


@pytest.fixture
def of_stripe_company(stripe_company, stripe_client):
    def make(stream, version=stripe_endpoints.VERSIONS[0], **options):
        return StripeAccount(
            stripe_client, stream, version=version, account=stripe_company, **options
        )

    return make


@pytest.fixture
def stripe_account_of(stripe_client):
    return lambda stream, **options: StripeAccount(stripe_client, stream, **options)


@pytest.fixture
def stripe_customers(stripe):
    """Make customers in the account; their ids, the newest last."""

    def make(number=1, **values):
        values.setdefault("name", "Acme")
        create = stripe.engine.create
        return [create(billing.Customer, **values).id for _number in range(number)]

    return make


@pytest.fixture
def chargebee(clock):
    """An empty Chargebee site."""
    with ChargebeeSimulator(clock=clock) as running:
        yield running
    assert running.crashes == []


@pytest.fixture
def chargebee_client(chargebee, naps):
    """Make a client of a site, as the provider makes it."""

    def make(key=None, site=None, **options):
        site = site or chargebee
        options.setdefault("clock", site.clock.now)
        return HttpClient(
            site.url,
            headers=chargebee_signing.headers(key or site.token),
            vendor=chargebee_errors.VENDOR,
            classify=chargebee_errors.classify,
            parse_float=str,
            api_version="v2",
            timeout=20,
            sleep=naps.append,
            **options,
        )

    return make


@pytest.fixture
def zendesk(clock):
    """An empty Zendesk account."""
    with ZendeskSimulator(clock=clock) as running:
        yield running
    assert running.crashes == []


@pytest.fixture
def zendesk_client(zendesk, naps):
    """Make a client of an account, as the provider makes it."""

    def make(token=None, **options):
        options.setdefault("clock", zendesk.clock.now)
        if "tokens" not in options:
            signed = {"Authorization": f"Bearer {token or zendesk.token}"}
            options["headers"] = signed
        return HttpClient(
            zendesk.url,
            vendor=zendesk_errors.VENDOR,
            classify=zendesk_errors.classify,
            quotas=zendesk_limits.quotas,
            parse_float=str,
            request_id_header="X-Request-Id",
            api_version="v2",
            timeout=20,
            sleep=naps.append,
            **options,
        )

    return make


@pytest.fixture
def zendesk_desk(zendesk, zendesk_client):
    """Make a :class:`Desk` of a stream."""
    return lambda stream, **options: Desk(zendesk, zendesk_client, stream, **options)


@pytest.fixture
def freshdesk(clock):
    """An empty Freshdesk account."""
    with FreshdeskSimulator(clock=clock) as running:
        yield running
    assert running.crashes == []


@pytest.fixture
def freshdesk_client(freshdesk, naps):
    """Make a client of an account, as the provider makes it."""

    def make(key=None, **options):
        options.setdefault("clock", freshdesk.clock.now)
        return HttpClient(
            freshdesk.url,
            headers=freshdesk_signing.headers(key or freshdesk.token),
            vendor=freshdesk_errors.VENDOR,
            classify=freshdesk_errors.classify,
            quotas=freshdesk_limits.quotas,
            parse_float=str,
            request_id_header="X-Request-Id",
            api_version="v2",
            timeout=20,
            sleep=naps.append,
            **options,
        )

    return make
