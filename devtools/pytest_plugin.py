"""What pytest-odoo's runs in this project add.

On a build server (``CI`` is set) a skipped test fails the run: there everything
is at hand, so a skip is a test that nobody sees any more. Skips whose reason
begins with "sample data" are let through; the samples are not part of the project.
"""

import functools
import inspect
import os
from pathlib import Path

import pytest

from . import fingerprint, paths

ALLOWED = "sample data"
# The bundle that every page behind the login loads.
ASSETS = "web.assets_web"
# Services of the browser's maker that tests have no use for; where the network
# is closed each would be refused, many at a time.
BROWSER_FLAGS = (
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-quic",
    "--disable-sync",
    "--no-pings",
)


# Users of tests get no mail that invites them, and nothing is noted of them: that takes
# longer than to make them.
NEW_USER = {
    "no_reset_password": True,
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
}


# Set by pytest-xdist in each of the processes that share the work.
WORKER = "PYTEST_XDIST_WORKER"
# What takes longest comes first: no process is left alone with it at the end.
LONG = "scenarios"


def worker_databases(name, workers):
    """Names of the databases of processes that share the work; none for one alone."""
    return [f"{name}_gw{number}" for number in range(workers) if workers > 1]


@pytest.hookimpl(tryfirst=True, wrapper=True)
def pytest_cmdline_main(config):
    """Let each process that shares the work have the database that was made for it.

    pytest-odoo would make copies by commands that are not everywhere.
    """
    if worker := os.environ.pop(WORKER, None):
        name = f"{config.option.odoo_database}_{worker}"
        config.option.odoo_database = os.environ["CONNECTORS_DB"] = name
    return (yield)


def on_build_server():
    return os.environ.get("CI", "").lower() not in ("", "0", "false", "no")


def pytest_configure(config):
    try:
        from odoo import tests
        from odoo.tests.common import BaseCase, ChromeBrowser
    except ImportError:  # tests that need no Odoo can be run without it
        return
    # Odoo tags tests of addons only; tests/ holds some of its test cases too.
    BaseCase.test_tags = {"standard", "at_install"}
    BaseCase.test_module = "tests"
    spawn = ChromeBrowser._spawn_chrome

    def spawn_quietly(browser, command):
        return spawn(browser, [command[0], *BROWSER_FLAGS, *command[1:]])

    ChromeBrowser._spawn_chrome = spawn_quietly
    # Before any test imports it.
    tests.new_test_user = tests.common.new_test_user = _quickly(
        tests.common.new_test_user
    )


def _quickly(new_test_user):
    @functools.wraps(new_test_user)
    def new(env, login="", groups="base.group_user", context=None, **values):
        context = {**NEW_USER, **(context or {})}
        return new_test_user(env, login, groups, context, **values).with_env(env)

    return new


def pytest_ignore_collect(collection_path):
    """Leave out addons whose tests need a database with more than Odoo's modules."""
    if collection_path.parent == paths.ADDONS:
        return collection_path.name in fingerprint.bridges() or None
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session):
    # What is named is collected, ignored or not.
    for argument in session.config.args:
        path = Path(argument.partition("::")[0]).resolve()
        for name in fingerprint.bridges():
            if (paths.ADDONS / name) in (path, *path.parents):
                raise pytest.UsageError(
                    f"The tests of {name} need a database with OCA's addons. Its"
                    " scenario makes one and runs them: see tests/scenarios."
                )


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: LONG not in item.path.parts)
    for item in items:
        if _uses_browser(getattr(item, "cls", None)):
            item.add_marker(pytest.mark.usefixtures("browser_assets"))


def _uses_browser(test_case):
    if test_case is None or not hasattr(test_case, "browser_js"):
        return False
    source = inspect.getsource(test_case)
    return "browser_js(" in source or "start_tour(" in source


@pytest.fixture(scope="session")
def browser_assets(load_registry):
    """Odoo's style sheets and scripts, built once and not again for each test.

    A test's own writes are rolled back, and what it built with them.
    """
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.tests.common import get_db_name

    with Registry(get_db_name()).cursor() as cr:
        qweb = api.Environment(cr, SUPERUSER_ID, {})["ir.qweb"]
        qweb._get_asset_bundle(ASSETS, css=True, js=False).css()
        qweb._get_asset_bundle(ASSETS, css=False, js=True).js()


def unwanted_skips(reports):
    """The reasons of skipped tests that a build server does not accept."""
    for report in reports:
        reason = report.longrepr
        if isinstance(reason, tuple):
            reason = reason[2]
        text = str(reason).removeprefix("Skipped: ")
        if not text.lower().startswith(ALLOWED):
            yield f"{report.nodeid}: {text}"


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if not (on_build_server() and reporter):
        return
    session.config._unwanted_skips = list(
        unwanted_skips(reporter.stats.get("skipped", []))
    )
    if session.config._unwanted_skips and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter):
    skips = getattr(terminalreporter.config, "_unwanted_skips", [])
    if skips:
        terminalreporter.section("skipped tests, which fail on a build server")
        for line in skips:
            terminalreporter.write_line(line)
