import pytest

from odoo.addons.connector_hubspot.hubspot import references
from odoo.addons.connector_hubspot.hubspot.endpoints import OWNERS_LIMIT, VERSIONS


@pytest.mark.parametrize("version", VERSIONS)
def test_owners_are_known_by_name_and_address_also_those_who_left(
    hubspot, hubspot_client, version
):
    hubspot.store.add_owner(1, "jane@example.com", "Jane", "Doe")
    hubspot.store.add_owner(2, "left@example.com", "Left", archived=True)
    hubspot.store.add_owner(3, "nameless@example.com")

    found = {each.value: each for each in references.owners(hubspot_client(version))}

    assert {value: each.label for value, each in found.items()} == {
        "1": "Jane Doe",
        "2": "Left",
        "3": "nameless@example.com",
    }
    assert found["1"].kind == "owner"
    assert found["1"].hints == {"email": "jane@example.com"}


def test_owners_of_all_pages_are_read(hubspot, hubspot_client):
    for number in range(1, OWNERS_LIMIT + 3):
        hubspot.store.add_owner(number, f"owner{number}@example.com")

    found = [each.value for each in references.owners(hubspot_client())]

    assert len(found) == len(set(found)) == OWNERS_LIMIT + 2


@pytest.mark.parametrize("version", VERSIONS)
def test_stages_know_whether_they_are_won_or_lost(hubspot_client, version):
    found = list(references.pipelines(hubspot_client(version)))

    pipelines = [each for each in found if each.kind == "pipeline"]
    stages = {each.value: each for each in found if each.kind == "deal_stage"}
    assert [(each.value, each.label) for each in pipelines] == [
        ("default", "Sales Pipeline")
    ]
    assert stages["closedwon"].hints == {
        "pipeline": "Sales Pipeline",
        "probability": 1.0,
        "is_won": True,
        "is_lost": False,
    }
    assert stages["closedlost"].hints["is_lost"] is True
    assert stages["qualifiedtobuy"].hints["probability"] == 0.4
    open_stages = set(stages) - {"closedwon", "closedlost"}
    assert not any(
        stages[value].hints["is_won"] or stages[value].hints["is_lost"]
        for value in open_stages
    )


def test_a_stage_without_a_probability_is_neither_won_nor_lost():
    stage = references._stage({"id": 7, "metadata": {"isClosed": "true"}}, "Sales")

    assert stage.value == stage.label == "7"
    assert stage.hints["is_won"] is stage.hints["is_lost"] is False
