"""Lists and descriptions of an org, as value maps and field maps need them."""

import pytest

from odoo.addons.connector_base.engine.compat import REMOTE_KINDS, locate
from odoo.addons.connector_salesforce.salesforce import references
from odoo.addons.connector_salesforce.salesforce.describe import (
    TYPES,
    objects,
    remote_fields,
)
from odoo.addons.connector_salesforce.salesforce.streams import STREAMS


def found(client, kind):
    return {
        value.value: value for value in references.values(client) if value.kind == kind
    }


def test_users_are_owners_by_their_address(salesforce, salesforce_client):
    user = {"LastName": "Ada", "Email": "ada@x.example", "Username": "ada@x.example"}
    ada = salesforce.store.create("User", user)
    gone = salesforce.store.create(
        "User", {**user, "Username": "b@x.example", "IsActive": False}
    )
    owners = found(salesforce_client(), "owner")
    assert owners[ada].hints == {"email": "ada@x.example"}
    assert owners[gone].hints["archived"]


def test_stages_say_whether_they_are_won_or_lost(salesforce_client):
    stages = found(salesforce_client(), "deal_stage")
    assert stages["Closed Won"].hints["is_won"]
    assert stages["Closed Lost"].hints["is_lost"]
    assert stages["Prospecting"].hints["probability"] == 0.1


def test_record_types_are_pipelines(salesforce, salesforce_client):
    made = salesforce.store.create(
        "RecordType",
        {
            "Name": "Renewals",
            "DeveloperName": "Renewals",
            "SobjectType": "Opportunity",
            "IsActive": True,
        },
    )
    assert found(salesforce_client(), "pipeline")[made].label == "Renewals"


def test_picklists_are_lists_of_values(salesforce, salesforce_client):
    client = salesforce_client()
    assert "Web" in found(client, "lead_source")
    assert "Open - Not Contacted" in found(client, "lead_status")
    assert found(client, "payment_term") == {}
    salesforce.store.define_field(
        "Quote", "Payment_Terms__c", "picklist", values=("30 Days", "60 Days")
    )
    assert set(found(client, "payment_term")) == {"30 Days", "60 Days"}


def test_what_every_org_begins_with_is_known(salesforce_client):
    for kind, options in references.OPTIONS.items():
        listed = found(salesforce_client(), kind)
        meant = {value: one.hints.get("option") for value, one in listed.items()}
        assert meant == {value: options.get(value) for value in listed}
        assert any(meant.values())


def test_the_corporate_currency(salesforce_client, salesforce):
    assert references.corporate_currency(salesforce_client()) == "EUR"


def test_each_type_is_of_a_kind_of_ours():
    assert set(TYPES.values()) <= set(REMOTE_KINDS)


@pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream.name)
def test_shipped_maps_name_fields_that_an_org_has(salesforce_client, stream):
    known = {field.path for field in remote_fields(salesforce_client(), stream.name)}
    missing = {
        line.remote_path
        for line in stream.default_map
        if locate(line.remote_path, known)[0] is None and not line.optional
    }
    assert not missing


def test_a_description_says_what_can_be_written(salesforce, salesforce_client):
    salesforce.store.define_field("Account", "Tier__c", label="Tier")
    fields = {f.path: f for f in remote_fields(salesforce_client(), "Account")}
    assert fields["Tier__c"].custom and fields["Tier__c"].writable
    assert fields["Name"].required
    assert not fields["SystemModstamp"].writable
    assert fields["ParentId"].references == "Account"
    assert fields["Owner"].kind == "object"
    assert fields["Industry"].options
    assert "Odoo_Id__c" not in fields


def test_objects_that_a_flow_can_follow_are_told(salesforce, salesforce_client):
    salesforce.store.define_object("Badge__c", "Badge")
    known = {one.name: one for one in objects(salesforce_client())}
    assert known["Badge__c"].custom
    assert known["Badge__c"].label == "Badges"
    assert not known["Account"].custom
    # Nothing tells what was deleted of these.
    assert not known.keys() & {"User", "RecordType", "Organization"}
