"""Fixtures of the simulators' own tests: plain HTTP, no Odoo."""

import sys
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from simulator_clients import (
    Client,
    DeskClient,
    FreshdeskClient,
    declined,
    problems,
)

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from simulators import (  # noqa: E402
    ChargebeeSimulator,
    Clock,
    FreshdeskSimulator,
    HubSpotSimulator,
    SalesforceSimulator,
    StripeSimulator,
    ZendeskSimulator,
)
from simulators.billing.model import (  # noqa: E402
    Coupon,
    Customer,
    Price,
    Product,
    TaxRate,
)

START = "2026-11-02T09:00:00Z"


class PortalClient(Client):
    """A client of a HubSpot account, which searches."""

    def search(self, object_type, *filters, **body):
        """A search with one group of (property, operator, value) filters."""
        listed = [
            {"propertyName": name, "operator": operator, **_operand(value)}
            for name, operator, *value in filters
        ]
        if listed:
            body["filterGroups"] = [{"filters": listed}]
        return self.post(f"/crm/objects/2026-09/{object_type}/search", body)

    def found(self, object_type, *filters, **body):
        """The ids a search gives."""
        answer = self.search(object_type, *filters, **body)
        assert answer.status_code == 200, answer.text
        return [each["id"] for each in answer.json()["results"]]


class OrgClient(Client):
    """A client of a Salesforce org; paths are below a version."""

    base = "/services/data/v66.0"

    def request(self, method, path, **more):
        if not path.startswith("/services/"):
            path = self.base + path
        return super().request(method, path, **more)

    def patch(self, path, body, **more):
        return self.request("PATCH", path, json=body, **more)

    def delete(self, path, **query):
        return self.request("DELETE", path, params=query)

    def query(self, soql, path="/query"):
        """The answer of a query."""
        return self.get(path, q=soql)

    def rows(self, soql, path="/query"):
        """Its records, without their attributes."""
        answer = self.query(soql, path)
        assert answer.status_code == 200, answer.text
        return [
            {name: value for name, value in row.items() if name != "attributes"}
            for row in answer.json()["records"]
        ]

    def names(self, soql, path="/query"):
        """The Name of each record."""
        return [row["Name"] for row in self.rows(soql, path)]


class SiteClient(Client):
    """A client of a Chargebee site; paths are below the version, bodies forms."""

    def __init__(self, simulator, token=None):
        super().__init__(simulator, "")
        self.session.auth = (token or simulator.token, "")

    def request(self, method, path, **more):
        return super().request(method, f"/api/v2{path}", **more)

    def post(self, path, key=None, **form):
        headers = {"chargebee-idempotency-key": key} if key else {}
        return self.request("POST", path, data=form, headers=headers)

    def listed(self, name, **query):
        """All records of a list, page by page; ``name`` as in ``credit_notes``."""
        found = []
        while True:
            answer = self.get(f"/{name}", **query)
            assert answer.status_code == 200, answer.text
            page = answer.json()
            found += [next(iter(entry.values())) for entry in page["list"]]
            if "next_offset" not in page:
                return found
            query["offset"] = page["next_offset"]


def refused(answer, status, code, *fields):
    """Assert that an answer is a refusal; returns its message."""
    assert answer.status_code == status, answer.text
    [error] = answer.json()
    assert error["errorCode"] == code
    assert error.get("fields", []) == list(fields)
    return error["message"]


def _operand(value):
    if not value:
        return {}
    if len(value) == 2:
        return {"value": value[0], "highValue": value[1]}
    if isinstance(value[0], list):
        return {"values": value[0]}
    return {"value": value[0]}


@pytest.fixture
def clock():
    """A clock that stands still until a test moves it."""
    return Clock(START)


def starting(simulator, clock):
    """Yields what starts simulators of a kind, all of which stop with the test."""
    running = []

    def run(*args, **settings):
        settings.setdefault("clock", clock)
        running.append(simulator(*args, **settings).start())
        return running[-1]

    yield run
    for each in running:
        each.stop()
        assert each.crashes == []


@pytest.fixture
def start(clock):
    """Start a HubSpot simulator with the settings given."""
    yield from starting(HubSpotSimulator, clock)


@pytest.fixture
def start_org(clock):
    """Start a Salesforce simulator with the settings given."""
    yield from starting(SalesforceSimulator, clock)


@pytest.fixture
def salesforce(start_org):
    """An org without accounts."""
    return start_org()


@pytest.fixture
def org(salesforce):
    """A client of it."""
    return OrgClient(salesforce)


@pytest.fixture(scope="session")
def org_client_of():
    """A client of any org, with any token."""
    return OrgClient


@pytest.fixture(scope="session")
def is_refused():
    """Asserts that an answer is a refusal."""
    return refused


@pytest.fixture
def hubspot(start):
    """An empty account."""
    return start()


@pytest.fixture
def client(hubspot):
    """A client with every scope."""
    return PortalClient(hubspot)


@pytest.fixture(scope="session")
def client_of():
    """A client of any HubSpot account, with any token."""
    return PortalClient


class StripeClient(Client):
    """A client of a Stripe account; writes are form-encoded."""

    def __init__(self, simulator, token=None, version=None):
        super().__init__(simulator, token)
        if version:
            self.session.headers["Stripe-Version"] = version

    def post(self, path, body=None, key=None, **more):
        headers = {"Idempotency-Key": key} if key else {}
        return self.request("POST", path, data=encoded(body or {}), headers=headers)

    def delete(self, path, **query):
        return self.request("DELETE", path, params=query)

    def all(self, path, **query):
        """All pages of a list."""
        rows = []
        while True:
            answer = self.get(path, limit=100, **query)
            assert answer.status_code == 200, answer.text
            body = answer.json()
            rows += body["data"]
            if not body["has_more"]:
                return rows
            query["starting_after"] = rows[-1]["id"]

    def made(self, path, body=None, **more):
        """What a write made."""
        answer = self.post(path, body, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()


def encoded(value, name=""):
    """Nested values as Stripe's form: ``items[0][price]``."""
    if isinstance(value, dict):
        pairs = [(f"{name}[{key}]" if name else key, v) for key, v in value.items()]
    elif isinstance(value, list):
        pairs = [(f"{name}[{at}]", each) for at, each in enumerate(value)]
    else:
        text = str(value).lower() if isinstance(value, bool) else value
        return [(name, "" if text is None else text)]
    return [pair for key, each in pairs for pair in encoded(each, key)]


@pytest.fixture
def start_stripe(clock):
    """Start a Stripe simulator with the settings given."""
    yield from starting(StripeSimulator, clock)


@pytest.fixture
def stripe(start_stripe):
    """An empty account."""
    return start_stripe()


@pytest.fixture
def stripe_client(stripe):
    """A client with every permission, in the account's version."""
    return StripeClient(stripe)


@pytest.fixture(scope="session")
def stripe_client_of():
    """A client of any account, with any key and version."""
    return StripeClient


@pytest.fixture
def start_site(clock):
    """Start a Chargebee simulator with the settings given."""
    yield from starting(ChargebeeSimulator, clock)


@pytest.fixture
def chargebee(start_site):
    """A site with nothing in it."""
    return start_site()


@pytest.fixture
def site(chargebee):
    """A client of it."""
    return SiteClient(chargebee)


@pytest.fixture(scope="session")
def site_client_of():
    """A client of any site, with any key."""
    return SiteClient


@pytest.fixture
def shop(chargebee):
    """What the site sells (a plan, an addon and a metered one by the month, a coupon),
    and a customer who pays 20 % VAT."""
    engine = chargebee.engine
    vat = engine.create(
        TaxRate, name="VAT", kind="vat", percent=Decimal("20"), country="GB"
    )
    for name, item in (("team", "plan"), ("storage", "addon"), ("calls", "addon")):
        engine.create(Product, id=name, name=name.title(), item=item, family="apps")
    for name, amount in (("team", 1_000), ("storage", 250), ("calls", 2)):
        engine.create(
            Price,
            id=f"{name}-USD-Monthly",
            product=name,
            currency="USD",
            amount=amount,
            metered=name == "calls",
        )
    coupon = engine.create(Coupon, id="TEN", name="Ten off", percent=Decimal("10"))
    customer = engine.create(
        Customer,
        id="acme",
        name="Acme Ltd",
        email="billing@acme.example",
        currency="USD",
        country="GB",
        city="London",
        street="1 High Street",
        tax_id="GB123456789",
        tax_rates=(vat.id,),
    )
    return SimpleNamespace(vat=vat, coupon=coupon, customer=customer, engine=engine)


@pytest.fixture
def start_freshdesk(clock):
    """Start a Freshdesk simulator with the settings given."""
    yield from starting(FreshdeskSimulator, clock)


@pytest.fixture
def freshdesk(start_freshdesk):
    """An account with agents and nothing else."""
    return start_freshdesk()


@pytest.fixture
def fresh(freshdesk):
    """A client of it."""
    return FreshdeskClient(freshdesk)


@pytest.fixture(scope="session")
def fresh_client_of():
    """A client of any Freshdesk account, with any key."""
    return FreshdeskClient


@pytest.fixture(scope="session")
def problems_of():
    """Gives what a validation error of Freshdesk's says."""
    return problems


@pytest.fixture
def start_desk(clock):
    """Start a Zendesk simulator with the settings given."""
    yield from starting(ZendeskSimulator, clock)


@pytest.fixture
def zendesk(start_desk):
    """An account with nobody but the integration's own user."""
    return start_desk()


@pytest.fixture
def desk(zendesk):
    """A client of it."""
    return DeskClient(zendesk)


@pytest.fixture(scope="session")
def desk_client_of():
    """A client of any account, with any token."""
    return DeskClient


@pytest.fixture(scope="session")
def is_declined():
    """Asserts that an answer is a refusal."""
    return declined
