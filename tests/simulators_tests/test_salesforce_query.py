"""Salesforce: SOQL, pages of queries, describes."""

from functools import cache

import pytest
from hypothesis import given, settings, strategies
from simulators import Clock
from simulators.salesforce.errors import SalesforceError
from simulators.salesforce.finder import Finder
from simulators.salesforce.soql import parse
from simulators.salesforce.store import Store


@pytest.fixture
def store(salesforce):
    store = salesforce.store
    ann = store.create(
        "User", {"Username": "ann@x", "LastName": "Ann", "Email": "a@x.y"}
    )
    acme = store.create(
        "Account",
        {
            "Name": "Acme",
            "NumberOfEmployees": 10,
            "Industry": "Energy",
            "Website": "https://50%_off.example",
            "OwnerId": ann,
        },
        modified="2026-10-01T10:00:00Z",
    )
    store.create(
        "Account",
        {"Name": "Bolt's", "NumberOfEmployees": 30, "ParentId": acme},
        modified="2026-10-02T10:00:00Z",
    )
    store.create("Account", {"Name": "core"}, modified="2026-11-01T10:00:00Z")
    store.create("Contact", {"LastName": "Ada", "AccountId": acme})
    store.create("Contact", {"LastName": "Bob"})
    return store


@pytest.mark.parametrize(
    ("where", "names"),
    [
        ("Name = 'ACME'", ["Acme"]),
        (r"Name = 'Bolt\'s'", ["Bolt's"]),
        ("Name != 'acme'", ["Bolt's", "core"]),
        ("Name IN ('acme', 'CORE')", ["Acme", "core"]),
        ("Name NOT IN ('acme', 'core')", ["Bolt's"]),
        ("Name LIKE 'b%' OR Name LIKE '_ore'", ["Bolt's", "core"]),
        (r"Website LIKE '%50\%\_off%'", ["Acme"]),
        (r"Website LIKE '%50\_%'", []),
        ("NumberOfEmployees >= 10 AND NumberOfEmployees < 30", ["Acme"]),
        ("NumberOfEmployees = null", ["core"]),
        ("NumberOfEmployees != null", ["Acme", "Bolt's"]),
        ("NumberOfEmployees < 100", ["Acme", "Bolt's"]),
        ("NOT Industry = 'Energy'", ["Bolt's", "core"]),
        ("(NOT Industry = 'Energy') AND Name != 'core'", ["Bolt's"]),
        ("Industry = 'Energy' OR (Name = 'core' AND IsDeleted = false)", "Acme core"),
        ("Parent.Name = 'Acme'", ["Bolt's"]),
        ("Owner.LastName = 'Ann'", ["Acme"]),
        ("Id IN (SELECT AccountId FROM Contact)", ["Acme"]),
        ("Id NOT IN (SELECT AccountId FROM Contact)", ["Bolt's", "core"]),
        ("SystemModstamp > 2026-10-01T10:00:00Z", ["Bolt's", "core"]),
        ("SystemModstamp >= 2026-10-02T12:00:00%2B02:00", ["Bolt's", "core"]),
        ("SystemModstamp <= 2026-10-01T10:00:00.000Z", ["Acme"]),
        ("SystemModstamp = LAST_MONTH", ["Acme", "Bolt's"]),
        ("SystemModstamp = YESTERDAY", ["core"]),
        ("SystemModstamp < LAST_N_DAYS:3", ["Acme", "Bolt's"]),
    ],
)
def test_conditions(store, org, where, names):
    where = where.replace("%2B", "+")
    found = org.names(f"SELECT Name FROM Account WHERE {where} ORDER BY Name")
    assert found == (names.split() if isinstance(names, str) else names)


def test_ids_are_known_in_both_lengths(store, org):
    [acme] = store.find("Account", Name="Acme")
    for record_id in (acme["Id"], acme["Id"][:15]):
        soql = f"SELECT Name FROM Account WHERE Id = '{record_id}'"
        assert org.names(soql) == ["Acme"]
        soql = f"SELECT Name FROM Contact WHERE AccountId = '{record_id}'"
        assert org.names(soql) == ["Ada"]


def test_what_is_listed_twice_is_found_once(store, org):
    store.define_field("Account", "Code__c", external_id=True)
    [acme] = store.find("Account", Name="Acme")
    store.update("Account", acme["Id"], {"Code__c": "a1"})
    for where in (
        f"Id IN ('{acme['Id']}', '{acme['Id'][:15]}')",
        "Code__c IN ('a1', 'A1')",
        "Code__c = 'A1' AND Name = 'acme'",
        f"ParentId = null AND Id = '{acme['Id']}'",
    ):
        assert org.names(f"SELECT Name FROM Account WHERE {where}") == ["Acme"], where


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("Name DESC", ["core", "Bolt's", "Acme"]),
        ("NumberOfEmployees, Name", ["core", "Acme", "Bolt's"]),
        ("NumberOfEmployees NULLS LAST", ["Acme", "Bolt's", "core"]),
        ("NumberOfEmployees DESC NULLS LAST", ["Bolt's", "Acme", "core"]),
        ("IsDeleted, SystemModstamp DESC, Id", ["core", "Bolt's", "Acme"]),
        ("Name LIMIT 1 OFFSET 1", ["Bolt's"]),
        ("Parent.Name, Name", ["Acme", "core", "Bolt's"]),
    ],
)
def test_orders(store, org, order, names):
    assert org.names(f"SELECT Name FROM Account ORDER BY {order}") == names


def test_parents_are_nested_and_null_when_there_is_none(store, org):
    ada, bob = org.rows(
        "SELECT Name, Account.Name, Account.Owner.Name, Account.BillingAddress "
        "FROM Contact ORDER BY Name"
    )
    assert ada["Account"]["Name"] == "Acme"
    assert ada["Account"]["attributes"]["type"] == "Account"
    assert ada["Account"]["Owner"]["Name"] == "Ann"
    assert ada["Account"]["BillingAddress"] is None
    assert bob["Account"] is None


def test_a_count_has_no_records(store, org):
    body = org.query("SELECT COUNT() FROM Account WHERE Name LIKE '%c%'").json()
    assert body == {"totalSize": 2, "done": True, "records": []}


def test_fields_can_be_asked_for_at_once(store, org, is_refused):
    [row] = org.rows("SELECT FIELDS(ALL) FROM Contact LIMIT 1")
    assert {"Id", "LastName", "MailingAddress", "SystemModstamp"} <= set(row)
    answer = org.query("SELECT FIELDS(ALL) FROM Contact")
    is_refused(answer, 400, "MALFORMED_QUERY")


@pytest.mark.parametrize(
    ("soql", "code"),
    [
        ("", "MALFORMED_QUERY"),
        ("SELECT FROM Account", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE Name = 'x", "MALFORMED_QUERY"),
        (r"SELECT Id FROM Account WHERE Name = '\q'", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE Name ~ 'x'", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account GROUP BY Name", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account LIMIT x", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account;", "MALFORMED_QUERY"),
        (
            "SELECT Id FROM Account WHERE Name='a' AND Phone='b' OR Fax='c'",
            "MALFORMED_QUERY",
        ),
        ("SELECT Id FROM Account WHERE Name='a' AND NOT Fax='c'", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE NOT Name='a' AND Fax='c'", "MALFORMED_QUERY"),
        (f"SELECT Id FROM Account WHERE Name = '{'x' * 4_000}'", "MALFORMED_QUERY"),
        ("SELECT Nope FROM Account", "INVALID_FIELD"),
        ("SELECT Nope.Name FROM Account", "INVALID_FIELD"),
        ("SELECT Id, Id FROM Account", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE Name = 1", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE IsDeleted = 'false'", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE CreatedDate > '2026-01-01'", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE CreatedDate > 2026-01-01", "INVALID_FIELD"),
        (
            "SELECT Id FROM Opportunity WHERE CloseDate > 2026-01-01T00:00:00Z",
            "INVALID_FIELD",
        ),
        ("SELECT Id FROM Account WHERE Description = 'x'", "INVALID_FIELD"),
        ("SELECT Id FROM Account ORDER BY Description", "INVALID_FIELD"),
        (
            "SELECT Id FROM Account WHERE Id = 'x'",
            "INVALID_QUERY_FILTER_OPERATOR",
        ),
        ("SELECT Id FROM Nothing", "INVALID_TYPE"),
        ("SELECT Id FROM Account LIMIT 1 OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE"),
    ],
)
def test_what_is_wrong_is_refused(org, is_refused, soql, code):
    is_refused(org.query(soql), 400, code)


def test_pages_are_a_snapshot(salesforce, org, is_refused):
    ids = salesforce.fill("Account", 450)
    header = {"Sforce-Query-Options": "batchSize=100"}  # 200 is the least
    query = {"q": "SELECT Id, Name FROM Account ORDER BY Id"}
    body = org.request("GET", "/query", params=query, headers=header).json()
    assert (body["totalSize"], body["done"], len(body["records"])) == (450, False, 200)
    salesforce.store.delete("Account", ids[-1])
    salesforce.store.update("Account", ids[-2], {"Name": "other"})
    found = body["records"]
    while not body["done"]:
        body = org.get(body["nextRecordsUrl"]).json()
        found += body["records"]
    assert [row["Id"] for row in found] == ids
    assert found[-2]["Name"] != "other"
    is_refused(org.get("/query/01g000000000001AAA-200"), 400, "INVALID_QUERY_LOCATOR")


def test_a_page_has_2000_rows_when_nobody_says_otherwise(salesforce, org):
    salesforce.fill("Account", 2001)
    body = org.query("SELECT Id FROM Account").json()
    assert len(body["records"]) == 2000
    assert body["nextRecordsUrl"].endswith("-2000")


def test_two_long_texts_make_pages_of_200(salesforce, org):
    for name in ("One__c", "Two__c"):
        salesforce.store.define_field("Account", name, "textarea", length=32_000)
    salesforce.fill("Account", 250)
    assert len(org.rows("SELECT One__c FROM Account")) == 250
    assert len(org.rows("SELECT One__c, Two__c FROM Account")) == 200


def test_deleted_rows_are_seen_by_query_all(store, org):
    [acme] = store.find("Account", Name="Acme")
    store.delete("Account", acme["Id"])
    soql = "SELECT Name FROM Account WHERE IsDeleted = true"
    assert org.names(soql) == []
    assert org.names(soql, "/queryAll") == ["Acme"]
    assert org.names(f"{soql} ALL ROWS") == ["Acme"]


def test_many_are_read_by_their_ids(salesforce, org, is_refused):
    one, two, three = salesforce.fill("Account", 3)
    salesforce.store.delete("Account", two)
    path, listed = "/composite/sobjects/Account", [three, two, "nonsense", one]
    posted = org.post(path, {"ids": listed, "fields": ["Name"]})
    got = org.get(path, ids=",".join(listed), fields="Name")
    assert posted.json() == got.json()
    names = [row and row["Name"] for row in posted.json()]
    assert names == ["Account 3", None, None, "Account 1"]
    is_refused(org.post(path, {"ids": listed}), 400, "MISSING_ARGUMENT")
    answer = org.post(path, {"ids": listed, "fields": ["Nope"]})
    is_refused(answer, 400, "INVALID_FIELD")


# Describes


def test_a_describe_tells_what_may_be_written(salesforce, org):
    body = org.get("/sobjects/Opportunity/describe").json()
    fields = {field["name"]: field for field in body["fields"]}
    assert body["keyPrefix"] == "006"
    assert fields["Name"]["length"] == 120
    assert fields["Name"]["nillable"] is False
    assert fields["IsClosed"]["createable"] is False
    assert fields["AccountId"]["referenceTo"] == ["Account"]
    assert fields["AccountId"]["relationshipName"] == "Account"
    assert fields["Amount"]["type"] == "currency"
    stages = [each["value"] for each in fields["StageName"]["picklistValues"]]
    assert stages == list(salesforce.store.stages)
    account = org.get("/sobjects/Account/describe").json()["fields"]
    [street] = [each for each in account if each["name"] == "BillingStreet"]
    assert street["compoundFieldName"] == "BillingAddress"


def test_all_objects_are_listed(salesforce, org):
    salesforce.store.define_object("Plant__c")
    listed = {each["name"]: each for each in org.get("/sobjects").json()["sobjects"]}
    assert listed["Account"]["mergeable"] is True
    assert listed["Plant__c"]["custom"] is True
    assert org.get("/sobjects/Nothing/describe").status_code == 404


def test_a_field_comes_and_goes(salesforce, org, is_refused):
    store = salesforce.store
    store.define_field(
        "Account", "Tier__c", "picklist", values=["Gold", "Tin"], restricted=True
    )
    acme = store.create("Account", {"Name": "Acme", "Tier__c": "Gold"})
    body = org.get("/sobjects/Account/describe").json()
    [field] = [each for each in body["fields"] if each["name"] == "Tier__c"]
    assert (field["custom"], field["restrictedPicklist"]) == (True, True)
    assert [each["value"] for each in field["picklistValues"]] == ["Gold", "Tin"]
    store.remove_field("Account", "Tier__c")
    is_refused(org.query("SELECT Tier__c FROM Account"), 400, "INVALID_FIELD")
    answer = org.patch(f"/sobjects/Account/{acme}", {"Tier__c": "Tin"})
    is_refused(answer, 400, "INVALID_FIELD")


def test_record_types_are_described(salesforce, org):
    made = salesforce.store.create(
        "RecordType",
        {
            "Name": "Renewal",
            "DeveloperName": "Renewal",
            "SobjectType": "Opportunity",
            "IsActive": True,
        },
    )
    infos = org.get("/sobjects/Opportunity/describe").json()["recordTypeInfos"]
    assert [each["recordTypeId"] for each in infos] == [made, "012000000000000AAA"]


ESCAPED = str.maketrans(
    {"\\": r"\\", "'": r"\'", "\n": r"\n", "\r": r"\r", "\t": r"\t"}
)


@cache
def shared_store():
    return Store(Clock())


@settings(max_examples=150, deadline=None)
@given(text=strategies.text(min_size=1, max_size=12))
def test_any_text_is_found_by_itself(text):
    store = shared_store()
    record_id = store.create("Account", {"Name": f"x{text}"})
    name = store.get("Account", record_id)["Name"]
    quoted = name.translate(ESCAPED)
    wild = quoted.replace("%", r"\%").replace("_", r"\_")
    for where in (f"= '{quoted}'", f"IN ('{quoted}')", f"LIKE '%{wild}'"):
        query = parse(f"SELECT Id FROM Account WHERE Name {where}")
        _kind, rows = Finder(store).run(query)
        assert record_id in [row["Id"] for row in rows], where
        if not where.startswith("LIKE"):
            assert {row["Name"].lower() for row in rows} == {name.lower()}, where


@settings(max_examples=300, deadline=None)
@given(text=strategies.text("SELCTFROMWHNIDdame'\\%=<>!(). ,0123-:TZ\n", max_size=40))
def test_nonsense_is_refused_and_breaks_nothing(text):
    finder = Finder(shared_store())
    try:
        finder.run(parse(f"SELECT Id FROM Account WHERE {text}"))
    except SalesforceError as error:
        assert error.code in ("MALFORMED_QUERY", "INVALID_FIELD", "INVALID_TYPE")
