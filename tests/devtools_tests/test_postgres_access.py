import pytest

from devtools import postgres
from devtools.errors import DevError


@pytest.fixture(autouse=True)
def nothing_given(monkeypatch):
    for name in ("DATABASE_URL", "PGHOST", "PGPORT", "PGUSER", "PGPASSWORD"):
        monkeypatch.delenv(name, raising=False)


def test_without_a_server_named_the_own_one_is_used():
    assert postgres.given() is None


def test_an_address_is_taken_apart(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:p%40ss@db.example:5433/")

    access = postgres.given()

    assert (access.host, access.port) == ("db.example", "5433")
    assert (access.user, access.password) == ("me", "p@ss")
    assert not access.own


def test_an_address_of_something_else_is_refused(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "mysql://me@db/")

    with pytest.raises(DevError, match="not a PostgreSQL address"):
        postgres.given()


def test_libpqs_own_variables_are_taken(monkeypatch):
    monkeypatch.setenv("PGHOST", "/var/run/postgresql")
    monkeypatch.setenv("PGUSER", "me")

    access = postgres.given()

    assert (access.host, access.port, access.user) == ("/var/run/postgresql", "", "me")


def test_the_own_server_is_not_confused_by_the_callers_variables(monkeypatch):
    monkeypatch.setenv("PGSERVICE", "elsewhere")
    access = postgres.Access("127.0.0.1", "5433", "odoo", "secret", own=True)

    environment = access.for_libpq("demo")

    assert "PGSERVICE" not in environment
    assert environment["PGDATABASE"] == "demo"
    assert environment["PGPASSWORD"] == "secret"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("postgres|t|17.2", "refuses to work as the PostgreSQL role"),
        ("me|f|17.2", "may not create databases"),
    ],
)
def test_a_role_that_odoo_can_not_use_is_refused(monkeypatch, answer, message):
    monkeypatch.setattr(postgres, "psql", lambda *_args, **_options: answer)

    with pytest.raises(DevError, match=message):
        postgres._check(postgres.Access("db"))


def test_checkouts_on_a_given_server_have_databases_of_their_own(monkeypatch):
    own, shared = postgres.Access(own=True), postgres.Access()
    here = shared.database("demo")
    monkeypatch.setattr(postgres.paths, "ROOT", postgres.paths.ROOT / "other")

    assert own.database("demo") == "connectors_demo"
    assert here.startswith("connectors_") and here.endswith("_demo")
    assert shared.database("demo") != here
