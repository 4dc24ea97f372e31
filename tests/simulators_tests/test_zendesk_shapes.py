"""What records look like, held against samples of accounts that somebody published.

The samples are rows of a warehouse, so that only their names of fields are compared.
"""

import csv
from pathlib import Path

import pytest

SAMPLES = Path(__file__).resolve().parents[3] / "shared/samples/zendesk/fivetran_seeds"
#: What the loader of the warehouse adds, and what the API no longer has.
NOT_OURS = {
    "_fivetran_synced",
    "authenticity_token",
    "remote_photo_url",
    "system_client",
    "merged_ticket_ids",
}


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not there")
@pytest.mark.parametrize("kind", ["organization", "user", "ticket"])
def test_a_record_has_the_fields_that_samples_have(start_desk, kind):
    zendesk = start_desk(4, seed=1)
    shown = zendesk.shape(kind, zendesk.store.table(kind).ids[-1])
    with (SAMPLES / f"{kind}_data.csv").open(encoding="utf-8") as lines:
        names = set(next(csv.reader(lines))) - NOT_OURS
    assert {each for each in names if not each.startswith("via_")} <= set(shown)


@pytest.mark.parametrize("path", ["organizations", "users", "tickets"])
def test_lists_show_what_the_record_itself_shows(start_desk, desk_client_of, path):
    desk = desk_client_of(start_desk(4, seed=1))
    for each in desk.get(f"/{path}", per_page=5).json()[path]:
        [alone] = desk.get(f"/{path}/{each['id']}").json().values()
        assert alone == each


def test_stamps_are_whole_seconds_and_aware(start_desk):
    zendesk = start_desk(4, seed=1)
    ticket = zendesk.shape("ticket", 1)
    for name in ("created_at", "updated_at"):
        assert len(ticket[name]) == 20 and ticket[name].endswith("Z")
