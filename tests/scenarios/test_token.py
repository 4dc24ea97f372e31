"""A short-lived token is got once, and shared by all workers of a database."""

import datetime
import threading
import time

import pytest

from odoo.modules.neutralize import get_neutralization_queries
from odoo.sql_db import db_connect

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.tokens import Token
from odoo.addons.connector_base.models import connector_token

from .own_database import committed, own_database

SECRET = "client-secret-of-the-account"


@pytest.fixture(scope="module")
def database():
    with own_database() as name:
        yield name


class Vendor:
    """Gives tokens: ``t1``, ``t2``, …; each replaces those before it."""

    def __init__(self, **options):
        self.options = options
        self.asked = []
        self.pause = threading.Event()
        self.pause.set()
        self.error = None

    def ask(self, secrets):
        self.asked.append(dict(secrets))
        number = len(self.asked)
        self.pause.wait(10)
        if self.error:
            raise self.error
        return Token(f"t{number}", **self.options)


@pytest.fixture
def connection_id(database):
    with committed(database) as env:
        connection = env["connector.connection"].create(
            {"name": "Shared", "provider": "hubspot"}
        )
        for credential in connection.credential_ids:
            credential.secret = SECRET
        return connection.id


@pytest.fixture
def worker(database, connection_id):
    """Make the tokens of a client, as each worker makes its own."""

    def make(vendor, connection_id=connection_id, **options):
        options.setdefault("needs", ("access_token",))
        with committed(database) as env:
            connection = env["connector.connection"].browse(connection_id)
            return connection._tokens("access", vendor.ask, **options)

    return make


def stored(database, connection_id):
    with committed(database) as env:
        env.cr.execute(
            "SELECT * FROM connector_token WHERE connection_id = %s", (connection_id,)
        )
        return env.cr.dictfetchall()


def in_hours(hours):
    return datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=hours)


def test_what_one_worker_got_the_next_one_uses(worker):
    vendor = Vendor()
    assert worker(vendor).current() == "t1"
    assert worker(vendor).current() == "t1"
    assert vendor.asked == [{"access_token": SECRET}]


def test_it_lies_encrypted_and_names_nobody(worker, database, connection_id):
    vendor = Vendor(expires_at=in_hours(1))
    worker(vendor).current()
    [row] = stored(database, connection_id)
    assert "t1" not in row["token"]
    assert SECRET not in str(row)
    assert row["expires_at"] > datetime.datetime.now()


def test_one_that_is_over_is_renewed_before_it_is_used(worker):
    vendor = Vendor(expires_at=in_hours(0))
    assert worker(vendor).current() == "t1"
    assert worker(vendor).current() == "t2"


def test_workers_that_are_refused_at_once_renew_once(worker, database, connection_id):
    vendor = Vendor()
    workers = [worker(vendor) for _each in range(4)]
    assert {each.current() for each in workers} == {"t1"}
    vendor.pause.clear()
    found = []
    threads = [
        threading.Thread(target=lambda each=each: found.append(each.renew("t1")))
        for each in workers
    ]
    for thread in threads:
        thread.start()
    vendor.pause.set()
    for thread in threads:
        thread.join(10)
    assert found == ["t2"] * 4
    assert len(vendor.asked) == 2
    assert stored(database, connection_id)[0]["renewals"] == 2


def test_no_transaction_is_open_while_the_vendor_is_asked(worker, database):
    vendor = Vendor()
    tokens = worker(vendor)
    states = []

    def ask(secrets):
        with db_connect(database).cursor() as cr:
            cr.execute(
                "SELECT state FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid IN (SELECT pid FROM pg_locks WHERE classid = %s)",
                (connector_token.LOCK_CLASS,),
            )
            states.extend(state for (state,) in cr.fetchall())
        return Token("t9")

    vendor.ask, tokens._fetch = None, _with(tokens._fetch, ask)
    assert tokens.current() == "t9"
    assert states == ["idle"]


def _with(fetch, ask):
    place, _ask, secrets, rotating = fetch.args
    return lambda refused: connector_token._fetch(
        place, ask, secrets, rotating, refused
    )


def test_who_fails_to_renew_leaves_the_turn_to_others(worker):
    vendor = Vendor()
    vendor.error = errors.RemoteDown("Away.")
    with pytest.raises(errors.RemoteDown):
        worker(vendor).current()
    vendor.error = None
    assert worker(vendor).current() == "t2"


def test_who_waits_too_long_comes_again(worker, database, connection_id, monkeypatch):
    monkeypatch.setattr(connector_token, "LOCK_TIMEOUT", "50ms")
    with db_connect(database).cursor() as cr:
        cr.execute(
            "SELECT pg_advisory_xact_lock(%s, %s)",
            (connector_token.LOCK_CLASS, connection_id),
        )
        with pytest.raises(errors.TransientError) as caught:
            worker(Vendor()).current()
    assert caught.value.code == "token_busy"


def test_another_secret_or_address_takes_another_token(worker, database, connection_id):
    vendor = Vendor()
    assert worker(vendor).current() == "t1"
    with committed(database) as env:
        connection = env["connector.connection"].browse(connection_id)
        connection.base_url = "https://api.elsewhere.example"
    assert worker(vendor).current() == "t2"
    with committed(database) as env:
        connection = env["connector.connection"].browse(connection_id)
        connection.credential_ids[0].secret = "another-secret-of-the-account"
    assert worker(vendor).current() == "t3"
    assert vendor.asked[-1] == {"access_token": "another-secret-of-the-account"}


def test_a_secret_that_rotates_is_kept_with_its_token(worker):
    vendor = Vendor(secrets={"access_token": "second-refresh-token"})
    options = {"rotating": ("access_token",)}
    one, two = (worker(vendor, **options) for _each in range(2))
    assert one.current() == "t1"
    # The other worker read the first secret before it was replaced.
    assert two.renew("t1") == "t2"
    assert vendor.asked[1] == {"access_token": "second-refresh-token"}
    # The token isn't taken for one of other credentials because of it.
    assert worker(vendor, **options).current() == "t2"


def test_who_writes_the_same_rows_does_not_make_us_lose_what_is_given_once(
    worker, database, connection_id
):
    """As a rotation of the keys does, and who enters another secret."""
    vendor = Vendor(secrets={"access_token": "second-refresh-token"})
    tokens = worker(vendor, rotating=("access_token",))
    found = []
    with db_connect(database).cursor() as cr:
        cr.execute(
            "UPDATE connector_credential SET token = token WHERE connection_id = %s",
            (connection_id,),
        )
        thread = threading.Thread(target=lambda: found.append(tokens.current()))
        thread.start()
        wait_for_somebody_who_waits_for(cr)
        cr.commit()
    thread.join(10)
    assert found == ["t1"]
    assert len(vendor.asked) == 1
    with committed(database) as env:
        connection = env["connector.connection"].browse(connection_id)
        assert connection._secret("access_token") == "second-refresh-token"


def wait_for_somebody_who_waits_for(cr):
    """Until another session waits for a lock that this transaction holds."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        cr.execute(
            "SELECT 1 FROM pg_stat_activity WHERE pg_backend_pid()"
            " = ANY(pg_blocking_pids(pid))"
        )
        if cr.fetchone():
            return
        time.sleep(0.02)
    raise AssertionError("nobody came")


def test_who_dies_with_the_only_good_refresh_token_leaves_a_clear_state(
    worker, database, connection_id, monkeypatch
):
    """The vendor has replaced it, and nobody has stored the new one."""

    class Strict(Vendor):
        good = SECRET

        def ask(self, secrets):
            if secrets["access_token"] != self.good:
                raise errors.AuthenticationError("Used up.", code="grant_refused")
            token = super().ask(secrets)
            self.good = token.secrets["access_token"]
            return token

    vendor = Strict(secrets={"access_token": "the-next-refresh-token"})

    def die(place, cr, token):
        raise MemoryError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(connector_token._Place, "_keep", die)
        with pytest.raises(MemoryError):
            worker(vendor, rotating=("access_token",)).current()
    with pytest.raises(errors.AuthenticationError) as caught:
        worker(vendor, rotating=("access_token",)).current()
    assert caught.value.code == "grant_refused", "the connection stops, and says so"
    # Whoever signs in again goes on.
    vendor.good = "entered-after-signing-in-again"
    with committed(database) as env:
        connection = env["connector.connection"].browse(connection_id)
        connection.credential_ids.filtered(
            lambda credential: credential.key == "access_token"
        ).secret = vendor.good
    assert worker(vendor, rotating=("access_token",)).current() == "t2"


def test_a_connection_that_nobody_else_sees_yet_has_its_token_in_hand(database):
    vendor = Vendor()
    with committed(database) as env:
        connection = env["connector.connection"].create(
            {"name": "New", "provider": "hubspot"}
        )
        connection.credential_ids[0].secret = SECRET
        tokens = connection._tokens("access", vendor.ask, needs=("access_token",))
        assert tokens.current() == tokens.current() == "t1"
    assert not stored(database, connection.id)


def test_without_its_credentials_there_is_none(database):
    with committed(database) as env:
        connection = env["connector.connection"].create(
            {"name": "Empty", "provider": "hubspot"}
        )
        with pytest.raises(errors.AuthenticationError):
            connection._tokens("access", Vendor().ask, needs=("access_token",))


def test_a_copy_of_the_database_has_no_token(worker, database, connection_id):
    worker(Vendor()).current()
    with committed(database) as env:
        for query in get_neutralization_queries(["connector_base"]):
            env.cr.execute(query)
    assert not stored(database, connection_id)
