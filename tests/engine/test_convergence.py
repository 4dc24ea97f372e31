"""Two systems and Odoo, one field of one record, edits everywhere: all comes to rest.

A small model of both directions around the engine's own decisions: what a pull takes,
what a push sends, what is asked. The whole engine is tried in the same way by
``addons/connector_base/tests/test_convergence.py``.
"""

import dataclasses
import itertools

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from odoo.addons.connector_base.engine.merge import OWNERS, Outcome, later, merge
from odoo.addons.connector_base.engine.paths import MISSING
from odoo.addons.connector_base.engine.spelling import comes_back, is_spelling

#: Rounds in which everything is settled once nobody edits any more. In each the systems
#: are read and written one after the other.
ROUNDS = 4

#: What systems make of a value that they store.
FORMS = {
    "as it is": lambda value: value,
    "upper case": lambda value: value.upper(),
    "lower case": lambda value: value.lower(),
    "without blanks": lambda value: value.strip(),
    "titles": lambda value: value.title(),
    "two letters": lambda value: value[:2],
}


@dataclasses.dataclass
class Link:
    """A connection: what its vendor holds, and what is known about it."""

    owner: str
    form: object
    tells_times: bool
    value: str = "a"
    at: int = 0
    base: object = "a"
    known: object = MISSING
    sent: object = MISSING
    sent_at: int | None = None
    seen: object = "a"
    waits: bool = False
    edited_at: int | None = None
    conflict: tuple | None = None
    choice: str | None = None

    @property
    def version(self):
        return self.at if self.tells_times else None


class World:
    def __init__(self, links):
        self.links = links
        self.odoo = "a"
        self.clock = itertools.count(1)
        self.writes = 0
        #: Values that were overwritten by the engine, as its log names them.
        self.log = []
        #: ``(owner of the field there or None for Odoo, value)`` of all edits
        self.edits = []

    # -- people ---------------------------------------------------------------

    def edit_odoo(self, value):
        self.edits.append((None, value))
        self.overwritten_by_people(self.odoo)
        self.odoo = value
        self.announce()

    def edit_remote(self, link, value):
        self.edits.append((link, value))
        self.overwritten_by_people(link.value)
        link.value, link.at = value, next(self.clock)

    def overwritten_by_people(self, value):
        self.log.append(value)

    def announce(self, origin=None):
        """The outbox: all connections but the one that wrote it hear of a change."""
        now = next(self.clock)
        for link in self.links:
            if link is not origin:
                link.waits, link.edited_at = True, now

    # -- the engine -----------------------------------------------------------

    def pull(self, link, force=False):
        if not force and link.value == link.seen and link.sent is MISSING:
            return
        link.seen = theirs = link.value
        own_version = (
            link.version == link.sent_at if link.version else link.owner == "odoo"
        )
        sent, link.sent = link.sent, MISSING
        if link.owner != "remote":
            if theirs == link.known:
                return
            if comes_back(link.base, sent, theirs, own_version):
                self.log.append(theirs)
                link.known = theirs
                return
        link.known = MISSING
        outcome = merge(link.base, self.odoo, theirs, link.owner)
        if outcome is Outcome.COMPARE:
            newer = later(link.edited_at if link.waits else None, link.version)
            outcome = merge(link.base, self.odoo, theirs, link.owner, newer)
        if outcome is Outcome.CONFLICT:
            outcome = self.ask(link, theirs)
        else:
            link.conflict = None
        if outcome is Outcome.TAKE:
            self.take(link, theirs)
        elif outcome is Outcome.KEEP:
            corrected = theirs not in (self.odoo, link.base)
            link.base = theirs
            if corrected and not is_spelling(self.odoo, theirs):
                link.waits = True

    def take(self, link, theirs):
        self.log.append(self.odoo)
        self.odoo = link.base = theirs
        self.writes += 1
        self.announce(link)

    def ask(self, link, theirs):
        if link.choice and link.conflict == (self.odoo, theirs):
            choice, link.choice, link.conflict = link.choice, None, None
            link.waits = True
            return Outcome.TAKE if choice == "theirs" else Outcome.KEEP
        link.conflict, link.choice = (self.odoo, theirs), None
        return Outcome.CONFLICT

    def push(self, link):
        if not link.waits:
            return
        if link.owner in ("newest", "ask"):
            self.pull(link)
        link.waits = False
        if link.owner == "remote" or link.conflict or self.odoo == link.base:
            return
        self.log.append(link.value)
        link.base = link.sent = self.odoo
        link.known = MISSING
        link.value, link.at = link.form(self.odoo), next(self.clock)
        link.sent_at = link.version
        self.writes += 1

    def round(self):
        """:return: how many values were written anywhere"""
        before = self.writes
        for link in self.links:
            self.pull(link)
            self.push(link)
        return self.writes - before

    def come_to_rest(self):
        """Let rounds pass; :return: how many wrote something, until none did."""
        for number in range(ROUNDS + 1):  # noqa: B007
            if not self.round():
                break
        else:
            raise AssertionError(f"still writing after {ROUNDS} rounds: {self.links}")
        for _later_round in range(3):
            assert not self.round(), "it began again"
            for link in self.links:
                # A person's retry reads the record whatever is known about it.
                if link.owner != "remote":
                    before = self.writes
                    self.pull(link, force=True)
                    assert self.writes == before, "a retry moved it"
        return number


links = st.builds(
    Link,
    owner=st.sampled_from(OWNERS),
    form=st.sampled_from(list(FORMS.values())),
    tells_times=st.booleans(),
)
values = st.sampled_from(["a", "A", " a", "b", "B ", "ab", "abc", "a b", "ABC d"])
steps = st.lists(
    st.tuples(
        st.sampled_from(["odoo", "first", "second", "pull 0", "pull 1", "push 0"])
        | st.just("push 1"),
        values,
    ),
    max_size=12,
)


def played(first, second, moves):
    world = World([first, second])
    for move, value in moves:
        name, _sep, number = move.partition(" ")
        if name == "odoo":
            world.edit_odoo(value)
        elif name in ("pull", "push"):
            getattr(world, name)(world.links[int(number)])
        else:
            world.edit_remote(first if name == "first" else second, value)
    return world


@pytest.mark.parametrize("second_form", FORMS)
@pytest.mark.parametrize("first_form", FORMS)
@pytest.mark.parametrize("tells_times", [True, False])
@pytest.mark.parametrize("owner", ["newest", "ask", "odoo"])
def test_two_systems_with_spellings_of_their_own_do_not_correct_each_other(
    owner, tells_times, first_form, second_form
):
    first = Link(owner, FORMS[first_form], tells_times)
    second = Link(owner, FORMS[second_form], tells_times)
    world = World([first, second])
    world.edit_odoo(" aBc d")
    world.come_to_rest()

    assert first.value == FORMS[first_form](world.odoo)
    assert second.value == FORMS[second_form](world.odoo)


@settings(max_examples=400)
@given(links, links, steps)
def test_edits_on_all_sides_come_to_rest_in_few_rounds(first, second, moves):
    world = played(first, second, moves)

    event(f"rounds: {world.come_to_rest()}")


@given(links, links, steps)
def test_both_sides_hold_the_same_then_or_are_known_to_differ(first, second, moves):
    world = played(first, second, moves)
    world.come_to_rest()

    for link in world.links:
        if link.conflict or link.owner == "remote":
            continue
        known = link.value if link.known is MISSING else link.known
        assert known == link.value
        same = is_spelling(world.odoo, link.value)
        answered = link.known is not MISSING and world.odoo == link.base
        assert same or answered


@given(links, links, steps)
def test_what_the_remote_side_owns_stands_in_odoo(first, second, moves):
    second.owner = "odoo" if second.owner == "remote" else second.owner
    first.owner = "remote"
    world = played(first, second, moves)
    world.edit_remote(first, "zz")
    world.come_to_rest()

    if second.owner == "odoo":
        assert world.odoo == "zz"


@given(links, links, steps)
def test_no_edit_is_lost_but_by_the_word_of_an_owner(first, second, moves):
    world = played(first, second, moves)
    world.come_to_rest()

    held = {world.odoo, *(link.value for link in world.links)}
    for _side, value in world.edits:
        assert value in held or value in world.log


@given(links, links, steps, st.lists(st.sampled_from(["ours", "theirs"]), min_size=2))
def test_what_people_decide_comes_to_rest_as_well(first, second, moves, choices):
    first.owner = "ask"
    world = played(first, second, moves)
    world.come_to_rest()
    for link, choice in zip(world.links, choices, strict=False):
        if link.conflict:
            event("decided")
            theirs = link.conflict[1]
            ours = world.odoo
            link.choice = choice
            world.pull(link, force=True)
            assert not link.conflict or link.conflict != (ours, theirs)
            world.come_to_rest()


@given(links, links, steps)
def test_a_conflict_holds_both_values_until_somebody_decides(first, second, moves):
    first.owner = "ask"
    world = played(first, second, moves)
    world.come_to_rest()

    if first.conflict:
        _ours, theirs = first.conflict
        world.edit_odoo("zz")
        world.round()
        assert first.value == theirs
