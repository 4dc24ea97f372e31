"""Workers that die while they write comments: each is there once, in its order."""

import random
import time

import pytest
from simulators import FreshdeskSimulator, ZendeskSimulator
from simulators.zendesk import CLIENT_ID, SECRET

from .own_database import committed, start_worker
from .test_killed_worker import unfinished

TICKETS, COMMENTS_EACH = 12, 3
KILLS = 2
#: Seconds after its first request in which a worker dies at some moment.
SECONDS = 1.5
WORKER_SECONDS = 150
RETRY = """
    UPDATE connector_job SET eta = now() AT TIME ZONE 'UTC', attempt = 0
     WHERE state = 'pending'
"""


class Zendesk:
    provider = "zendesk"
    #: Path of what writes a comment.
    writes = r"/tickets/\d+"

    def __init__(self):
        self.simulator = ZendeskSimulator(
            1, counts={"users": 4, "tickets": 2 * TICKETS}, seed=3
        )
        self.secrets = {"client_id": CLIENT_ID, "client_secret": SECRET}

    def texts(self, ticket_id):
        """Bodies of the comments of a ticket, the oldest first."""
        ticket = self.simulator.store.tickets.get(ticket_id)
        return [each.body for each in ticket.comments or ()]


class Freshdesk:
    provider = "freshdesk"
    writes = r"/tickets/\d+/(notes|reply)"

    def __init__(self):
        self.simulator = FreshdeskSimulator(
            1, contacts=4, tickets=2 * TICKETS, seed=3, dirt=0
        )
        self.secrets = {"api_key": self.simulator.token}

    def texts(self, ticket_id):
        found = self.simulator.store.conversations(int(ticket_id))
        return [each["body"] for each in found]


def connect(database, desk):
    with committed(database) as env:
        connection = env["connector.connection"].create(
            {
                "name": desk.provider,
                "provider": desk.provider,
                "base_url": desk.simulator.url,
            }
        )
        for credential in connection.credential_ids:
            if credential.key in desk.secrets:
                credential.secret = desk.secrets[credential.key]
        # This is not about waiting.
        connection.budget_ids.requests = 100_000
        connection.action_connect()


def say(database):
    """Comments on tickets that take some; as numbers by ticket's id at the desk."""
    with committed(database) as env:
        tickets = env["connector.ticket"].search(
            [("status", "in", ("new", "open", "pending", "on_hold", "solved"))],
            limit=TICKETS,
            order="id",
        )
        env["connector.ticket.comment"].create(
            [
                {
                    "ticket_id": ticket.id,
                    "body": f"Remark {number} of Odoo",
                    "is_internal": True,
                }
                for number in range(COMMENTS_EACH)
                for ticket in tickets
            ]
        )
        return tickets.mapped("number")


def go_on(database):
    """Make sure that a push waits, as the scheduler does, and for nothing else."""
    with committed(database) as env:
        if env["connector.change"].search_count([]):
            flows = env["connector.flow"].search([("entity", "=", "support.comment")])
            flows._enqueue_push()
        env.cr.execute(RETRY)


@pytest.mark.parametrize("make", [Zendesk, Freshdesk])
def test_a_comment_is_written_once_whenever_a_worker_dies(database, make):
    luck = random.Random(5)
    desk = make()
    with desk.simulator as simulator:
        connect(database, desk)
        assert start_worker(database).wait(WORKER_SECONDS) == 0, unfinished(database)
        said = say(database)
        assert said
        simulator.faults.add("latency", ms=60, times=None, path="/tickets/")
        # An answer that gets lost after the comment is written.
        simulator.faults.add(
            "drop", worked=True, times=None, chance=0.1, path=desk.writes
        )
        killed = 0
        for _kill in range(KILLS):
            go_on(database)
            worker = start_worker(database)
            asked, end = simulator.requests.count(), time.monotonic() + 30
            while worker.poll() is None and time.monotonic() < end:
                if simulator.requests.count() > asked:
                    break
                time.sleep(0.02)
            time.sleep(luck.random() * SECONDS)
            if worker.poll() is None:
                worker.kill()
                killed += 1
            worker.wait()
        simulator.faults.clear()
        for _turn in range(2):
            go_on(database)
            worker = start_worker(database)
            assert worker.wait(WORKER_SECONDS) == 0, unfinished(database)
        assert killed, "no worker was caught at work: the test has shown nothing"
        assert_once_and_in_order(desk, said)
    with committed(database) as env:
        assert not env["connector.change"].search_count([])
        comments = env["connector.ticket.comment"].search([])
        assert set(comments.mapped("state")) == {"sent"}
        assert not env["connector.exception"].search_count(
            [("state", "=", "open"), ("blocking", "=", True)]
        )


def assert_once_and_in_order(desk, said):
    wanted = [f"Remark {number} of Odoo" for number in range(COMMENTS_EACH)]
    for ticket_id in said:
        texts = [text for text in desk.texts(ticket_id) if "Remark" in text]
        assert len(texts) == len(wanted), ticket_id
        for text, remark in zip(texts, wanted, strict=True):
            assert remark in text, ticket_id
