"""The command line: ports, signals, and ends of its own accord."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

TESTS = Path(__file__).resolve().parent.parent


@pytest.fixture
def run(tmp_path):
    """Start the command; whatever runs at the end of the test is ended by its id."""
    started = []

    def start(*options, vendor="hubspot"):
        port_file = tmp_path / "port"
        process = subprocess.Popen(
            [sys.executable, "-m", "simulators", vendor, "--records", "3"]
            + ["--port-file", str(port_file), *options],
            env={**os.environ, "PYTHONPATH": str(TESTS)},
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        first = json.loads(process.stdout.readline())
        assert first["url"].endswith(f":{port_file.read_text().strip()}")
        return process, first

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stdout.close()


def test_it_serves_until_a_signal_and_ends_cleanly(run):
    process, first = run()
    answer = requests.get(
        f"{first['url']}/crm/objects/2026-09/companies",
        headers={"Authorization": f"Bearer {first['token']}"},
        timeout=5,
    )
    assert len(answer.json()["results"]) == 3
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=5) == 0


def test_it_ends_when_its_time_is_up(run):
    process, _first = run("--max-seconds", "0.2")
    assert process.wait(timeout=5) == 0


def test_it_ends_with_its_parent(run):
    parent = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    process, _first = run("--with-parent", str(parent.pid))
    assert process.poll() is None
    parent.communicate(b"\n", timeout=5)
    assert process.wait(timeout=5) == 0


def test_a_salesforce_org_is_served_with_its_consumer(run):
    _process, first = run(
        *("--consumer-key", "k", "--consumer-secret", "s"), vendor="salesforce"
    )
    answer = requests.post(
        f"{first['url']}/services/oauth2/token",
        data={"grant_type": "client_credentials"},
        auth=("k", "s"),
        timeout=5,
    )
    answer = requests.get(
        f"{first['url']}/services/data/v66.0/query",
        params={"q": "SELECT COUNT() FROM Account"},
        headers={"Authorization": f"Bearer {answer.json()['access_token']}"},
        timeout=5,
    )
    assert answer.json()["totalSize"] == 3


def test_a_stripe_account_has_lived_up_to_now(run):
    _process, first = run("--api-version", "2024-06-20", vendor="stripe")
    answer = requests.get(
        f"{first['url']}/v1/customers",
        headers={"Authorization": f"Bearer {first['token']}"},
        timeout=5,
    )
    assert answer.headers["Stripe-Version"] == "2024-06-20"
    assert len(answer.json()["data"]) == 3
    clock = requests.get(f"{first['url']}/_control/clock", timeout=5).json()
    assert abs(clock["now_ms"] / 1000 - time.time()) < 60


def test_a_zendesk_account_is_served_with_its_client(run):
    _process, first = run(
        *("--client-id", "k", "--client-secret", "s"), vendor="zendesk"
    )
    answer = requests.post(
        f"{first['url']}/oauth/tokens",
        json={
            "grant_type": "client_credentials",
            "client_id": "k",
            "client_secret": "s",
        },
        timeout=5,
    )
    answer = requests.get(
        f"{first['url']}/api/v2/organizations",
        headers={"Authorization": f"Bearer {answer.json()['access_token']}"},
        timeout=5,
    )
    assert answer.json()["count"] == 3


VENDORS = ["hubspot", "salesforce", "stripe", "chargebee", "zendesk", "freshdesk"]


@pytest.mark.parametrize("vendor", VENDORS)
def test_changes_drip_while_it_runs(run, vendor):
    process, first = run("--drip", "0.1", vendor=vendor)
    state = f"{first['url']}/_control/state"
    before = requests.get(state, timeout=5).json()["version"]
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        if requests.get(state, timeout=5).json()["version"] > before:
            return
        time.sleep(0.05)
    raise AssertionError("nothing changed")
