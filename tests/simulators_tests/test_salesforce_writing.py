"""Salesforce: what is refused, single records, collections, composites."""

from concurrent.futures import ThreadPoolExecutor

import pytest


@pytest.fixture
def external(salesforce):
    salesforce.store.define_field(
        "Account", "Odoo_Id__c", external_id=True, unique=True
    )
    return "/sobjects/Account/Odoo_Id__c"


def make(org, object_name, **values):
    answer = org.post(f"/sobjects/{object_name}", values)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def test_a_record_is_created_read_changed_and_deleted(salesforce, org, is_refused):
    record_id = make(org, "Account", Name="Acme", BillingCity="Bonn", BillingStreet="")
    assert len(record_id) == 18
    path = f"/sobjects/Account/{record_id}"
    body = org.get(path).json()
    assert body["attributes"]["url"].endswith(path)
    assert body["BillingAddress"]["city"] == "Bonn"
    assert body["BillingStreet"] is None
    assert body["OwnerId"] == salesforce.store.user_id
    assert body["CreatedDate"] == "2026-11-02T09:00:00.000+0000"
    assert org.patch(path, {"Name": " Bolt ", "Phone": None}).status_code == 204
    assert org.get(f"{path[:-3]}?fields=Name").json()["Name"] == "Bolt"
    assert org.delete(path).status_code == 204
    is_refused(org.get(path), 404, "NOT_FOUND")
    is_refused(org.delete(path), 404, "ENTITY_IS_DELETED")
    is_refused(org.patch(path, {}), 404, "ENTITY_IS_DELETED")


@pytest.mark.parametrize(
    ("values", "code", "fields"),
    [
        ({}, "REQUIRED_FIELD_MISSING", ["Name"]),
        ({"Name": ""}, "REQUIRED_FIELD_MISSING", ["Name"]),
        ({"Name": "x", "Nope": 1}, "INVALID_FIELD", []),
        ({"Name": "x", "Id": "1"}, "INVALID_FIELD", []),
        ({"Name": "x" * 256}, "STRING_TOO_LONG", ["Name"]),
        ({"Name": 5}, "JSON_PARSER_ERROR", []),
        ({"Name": "x", "NumberOfEmployees": "many"}, "JSON_PARSER_ERROR", []),
        (
            {"Name": "x", "NumberOfEmployees": 10**9},
            "NUMBER_OUTSIDE_VALID_RANGE",
            ["NumberOfEmployees"],
        ),
        (
            {"Name": "x", "IsDeleted": True},
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            ["IsDeleted"],
        ),
        (
            {"Name": "x", "CurrencyIsoCode": "XXX"},
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            ["CurrencyIsoCode"],
        ),
        ({"Name": "x", "ParentId": "abc"}, "MALFORMED_ID", ["ParentId"]),
        (
            {"Name": "x", "ParentId": "0035g0000000001AAA"},
            "FIELD_INTEGRITY_EXCEPTION",
            ["ParentId"],
        ),
        (
            {"Name": "x", "ParentId": "0015g00000000zzAAA"},
            "INVALID_CROSS_REFERENCE_KEY",
            [],
        ),
    ],
)
def test_bad_values_are_refused(salesforce, org, is_refused, values, code, fields):
    is_refused(org.post("/sobjects/Account", values), 400, code, *fields)
    assert salesforce.store.count("Account") == 0


def test_values_of_other_types_are_refused(org, is_refused):
    contact = {"LastName": "X", "Email": "nobody"}
    answer = org.post("/sobjects/Contact", contact)
    is_refused(answer, 400, "INVALID_EMAIL_ADDRESS", "Email")
    answer = org.post("/sobjects/Contact", {"LastName": "X", "Birthdate": "2026-13-01"})
    is_refused(answer, 400, "JSON_PARSER_ERROR")
    is_refused(org.post("/sobjects/Nothing", {}), 404, "NOT_FOUND")
    answer = org.request("POST", "/sobjects/Account", data="{", headers=JSON)
    is_refused(answer, 400, "JSON_PARSER_ERROR")
    is_refused(org.request("POST", "/sobjects/Account", data="x"), 415, MEDIA)
    is_refused(org.post("/sobjects/Organization", {}), 400, WRITE)


JSON = {"Content-Type": "application/json"}
MEDIA = "UNSUPPORTED_MEDIA_TYPE"
WRITE = "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"


def test_a_deleted_record_cannot_be_referred_to(salesforce, org, is_refused):
    acme = salesforce.store.create("Account", {"Name": "Acme"})
    salesforce.store.delete("Account", acme)
    answer = org.post("/sobjects/Contact", {"LastName": "X", "AccountId": acme})
    is_refused(answer, 400, "ENTITY_IS_DELETED")


def test_an_owner_is_active_and_a_record_type_fits(salesforce, org, is_refused):
    store = salesforce.store
    left = {"Username": "l@x", "LastName": "L", "Email": "l@x.y", "IsActive": False}
    left = store.create("User", left)
    answer = org.post("/sobjects/Account", {"Name": "x", "OwnerId": left})
    is_refused(answer, 400, "INACTIVE_OWNER_OR_USER")
    renewal = {"Name": "R", "DeveloperName": "R", "SobjectType": "Opportunity"}
    renewal = store.create("RecordType", renewal)
    answer = org.post("/sobjects/Account", {"Name": "x", "RecordTypeId": renewal})
    is_refused(answer, 400, "INVALID_CROSS_REFERENCE_KEY", "RecordTypeId")


def test_no_account_is_above_itself(salesforce, org, is_refused):
    top, middle, low = salesforce.fill("Account", 3)
    for child, parent in ((middle, top), (low, middle)):
        answer = org.patch(f"/sobjects/Account/{child}", {"ParentId": parent})
        assert answer.status_code == 204
    for parent in (top, middle, low):
        answer = org.patch(f"/sobjects/Account/{top}", {"ParentId": parent})
        is_refused(answer, 400, "CIRCULAR_DEPENDENCY", "ParentId")


def test_without_currencies_the_field_is_not_there(
    start_org, org_client_of, is_refused
):
    org = org_client_of(start_org(multi_currency=False))
    answer = org.post("/sobjects/Account", {"Name": "x", "CurrencyIsoCode": "EUR"})
    is_refused(answer, 400, "INVALID_FIELD")
    is_refused(org.query("SELECT Id FROM CurrencyType"), 400, "INVALID_TYPE")


def test_an_upsert_creates_and_then_updates(salesforce, org, external, is_refused):
    made = org.patch(f"{external}/a%2F1", {"Name": "Acme"})
    assert (made.status_code, made.json()["created"]) == (201, True)
    again = org.patch(f"{external}/A%2F1", {"Phone": "1"})
    assert (again.status_code, again.json()["created"]) == (200, False)
    assert again.json()["id"] == made.json()["id"]
    only = org.patch(f"{external}/3?updateOnly=true", {"Name": "x"})
    is_refused(only, 404, "NOT_FOUND")
    assert salesforce.store.count("Account") == 1
    old = org.patch(f"/services/data/v45.0{external}/a%2F1", {"Phone": "2"})
    assert (old.status_code, old.content) == (204, b"")
    answer = org.patch(f"{external}/2", {"Name": "x", "Odoo_Id__c": "2"})
    is_refused(answer, 400, "INVALID_FIELD")
    is_refused(org.patch("/sobjects/Account/Name/x", {}), 404, "NOT_FOUND")
    answer = org.post("/sobjects/Account", {"Name": "x", "Odoo_Id__c": "A/1"})
    text = is_refused(answer, 400, "DUPLICATE_VALUE")
    assert made.json()["id"] in text


def test_an_org_can_come_with_external_ids(start_org, org_client_of):
    org = org_client_of(start_org(external_id="Odoo_Id__c"))
    for name in ("Account", "OrderItem", "PricebookEntry"):
        fields = org.get(f"/sobjects/{name}/describe").json()["fields"]
        [field] = [each for each in fields if each["name"] == "Odoo_Id__c"]
        assert (field["externalId"], field["unique"]) == (True, True)


def test_an_external_id_of_several_is_a_300_that_lists_them(salesforce, org):
    store = salesforce.store
    store.define_field("Account", "Code__c", external_id=True)
    both = [
        store.create("Account", {"Name": name, "Code__c": "7"}) for name in ("A", "B")
    ]
    for answer in (
        org.get("/sobjects/Account/Code__c/7"),
        org.patch("/sobjects/Account/Code__c/7", {"Phone": "1"}),
    ):
        assert answer.status_code == 300
        assert [each.rpartition("/")[2] for each in answer.json()] == both


def test_a_reference_can_be_told_by_an_external_id(salesforce, org, external):
    acme = make(org, "Account", Name="Acme", Odoo_Id__c="1")
    ada = make(org, "Contact", LastName="A", Account={"Odoo_Id__c": "1"})
    assert salesforce.store.get("Contact", ada)["AccountId"] == acme
    answer = org.post(
        "/sobjects/Contact", {"LastName": "B", "Account": {"Odoo_Id__c": "9"}}
    )
    assert answer.json()[0]["errorCode"] == "INVALID_FIELD"


def test_rules_of_the_org_refuse_records(salesforce, org, is_refused):
    rules = salesforce.store.rules
    rules.add(
        "Account",
        message="No phone, no account.",
        when=lambda row: not row.get("Phone"),
    )
    answer = org.post("/sobjects/Account", {"Name": "Acme"})
    text = is_refused(answer, 400, "FIELD_CUSTOM_VALIDATION_EXCEPTION")
    assert text == "No phone, no account."
    acme = make(org, "Account", Name="Acme", Phone="1")
    rules.remove()
    rules.lock("Account", times=2, Id=acme)
    for _each in range(2):
        answer = org.patch(f"/sobjects/Account/{acme}", {"Phone": "2"})
        is_refused(answer, 400, "UNABLE_TO_LOCK_ROW")
    assert org.patch(f"/sobjects/Account/{acme}", {"Phone": "2"}).status_code == 204


def test_duplicates_are_detected_and_named(salesforce, org, is_refused):
    salesforce.store.rules.find_duplicates("Account")
    values = {"Name": "Acme", "Website": "https://acme.example"}
    acme = make(org, "Account", **values)
    again = {**values, "Name": "ACME"}
    answer = org.post("/sobjects/Account", again)
    is_refused(answer, 400, "DUPLICATES_DETECTED")
    [match] = answer.json()[0]["duplicateResut"]["matchResults"]
    assert match["matchRecords"][0]["record"]["Id"] == acme
    header = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}
    answer = org.request("POST", "/sobjects/Account", json=again, headers=header)
    assert answer.status_code == 201
    salesforce.store.rules.find_duplicates("Account", allow_save=False)
    answer = org.request("POST", "/sobjects/Account", json=again, headers=header)
    is_refused(answer, 400, "DUPLICATES_DETECTED")


def test_a_converted_lead_can_be_changed_no_more(salesforce, org, is_refused):
    store = salesforce.store
    lead = make(org, "Lead", LastName="X", Company="Acme")
    acme = make(org, "Account", Name="Acme")
    store.convert_lead(lead, acme)
    body = org.get(f"/sobjects/Lead/{lead}").json()
    assert (body["IsConverted"], body["ConvertedAccountId"]) == (True, acme)
    answer = org.patch(f"/sobjects/Lead/{lead}", {"Phone": "1"})
    is_refused(answer, 400, "CANNOT_UPDATE_CONVERTED_LEAD")


# Collections


def records(*values, type="Account"):
    return [{"attributes": {"type": type}, **each} for each in values]


def test_a_collection_answers_each_record_in_order(salesforce, org, external):
    answer = org.patch(
        "/composite/sobjects/Account/Odoo_Id__c",
        {
            "allOrNone": False,
            "records": records(
                {"Odoo_Id__c": "1", "Name": "A"},
                {"Odoo_Id__c": "2"},
                {"Odoo_Id__c": "1", "Name": "B"},
                {"Name": "C"},
            ),
        },
    )
    assert answer.status_code == 200
    one, two, three, four = answer.json()
    assert (one["success"], one["created"]) == (True, True)
    assert (three["id"], three["created"]) == (one["id"], False)
    assert two["success"] is False
    assert two["errors"] == [
        {
            "statusCode": "REQUIRED_FIELD_MISSING",
            "message": "Required fields are missing: [Name]",
            "fields": ["Name"],
        }
    ]
    assert four["errors"][0]["statusCode"] == "MISSING_ARGUMENT"
    assert salesforce.store.get("Account", one["id"])["Name"] == "B"


def test_all_or_none_takes_everything_back(salesforce, org):
    told = []
    salesforce.store.listener = lambda *event: told.append(event)
    answer = org.post(
        "/composite/sobjects",
        {"allOrNone": True, "records": records({"Name": "A"}, {"Name": ""})},
    )
    assert [each["success"] for each in answer.json()] == [False, False]
    codes = [each["errors"][0]["statusCode"] for each in answer.json()]
    assert codes == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "REQUIRED_FIELD_MISSING"]
    assert salesforce.store.count("Account") == 0
    assert told == []


def test_collections_update_and_delete(salesforce, org, is_refused):
    ids = salesforce.fill("Account", 3)
    unknown = "0015g00000000zzAAA"
    answer = org.patch(
        "/composite/sobjects",
        {"records": records(*({"id": each, "Phone": "1"} for each in [*ids, unknown]))},
    )
    assert [each["success"] for each in answer.json()] == [True, True, True, False]
    error = answer.json()[3]["errors"][0]
    assert error["statusCode"] == "INVALID_CROSS_REFERENCE_KEY"
    answer = org.delete("/composite/sobjects", ids=",".join(ids[:2]))
    assert [each["success"] for each in answer.json()] == [True, True]
    assert salesforce.store.count("Account") == 1
    many = {"records": records(*({"Name": "x"} for _each in range(201)))}
    is_refused(org.post("/composite/sobjects", many), 400, "EXCEEDED_ID_LIMIT")
    is_refused(org.post("/composite/sobjects", {}), 400, "JSON_PARSER_ERROR")


# Composite


def part(name, method, path, body=None):
    url = f"/services/data/v66.0{path}"
    return {"referenceId": name, "method": method, "url": url, "body": body}


def test_a_composite_refers_to_earlier_answers(salesforce, org):
    answer = org.post(
        "/composite",
        {
            "compositeRequest": [
                part("acme", "POST", "/sobjects/Account", {"Name": "Acme"}),
                part(
                    "ada",
                    "POST",
                    "/sobjects/Contact",
                    {"LastName": "Ada", "AccountId": "@{acme.id}"},
                ),
                part("read", "GET", "/sobjects/Contact/@{ada.id}"),
            ]
        },
    )
    done = answer.json()["compositeResponse"]
    assert [each["httpStatusCode"] for each in done] == [201, 201, 200]
    assert done[2]["body"]["AccountId"] == done[0]["body"]["id"]


@pytest.mark.parametrize("all_or_none", [True, False])
def test_a_composite_keeps_all_or_what_is_good(salesforce, org, all_or_none):
    answer = org.post(
        "/composite",
        {
            "allOrNone": all_or_none,
            "compositeRequest": [
                part("one", "POST", "/sobjects/Account", {"Name": "A"}),
                part("two", "POST", "/sobjects/Account", {}),
                part("three", "GET", "/sobjects/Account/@{two.id}"),
            ],
        },
    )
    codes = [each["httpStatusCode"] for each in answer.json()["compositeResponse"]]
    assert codes == ([400, 400, 400] if all_or_none else [201, 400, 400])
    assert salesforce.store.count("Account") == (0 if all_or_none else 1)


def test_a_composite_of_all_or_none_holds_for_its_collections(salesforce, org):
    answer = org.post(
        "/composite",
        {
            "allOrNone": True,
            "compositeRequest": [
                part("one", "POST", "/sobjects/Contact", {"LastName": "Ada"}),
                part(
                    "two",
                    "POST",
                    "/composite/sobjects",
                    {"records": records({"Name": "A"}, {})},
                ),
            ],
        },
    )
    one, two = answer.json()["compositeResponse"]
    assert one["body"][0]["errorCode"] == "PROCESSING_HALTED"
    assert [each["success"] for each in two["body"]] == [True, False]
    assert salesforce.store.count("Account") == salesforce.store.count("Contact") == 0


def test_a_composite_has_limits(org, is_refused):
    parts = [part(f"r{n}", "GET", "/limits") for n in range(26)]
    answer = org.post("/composite", {"compositeRequest": parts})
    is_refused(answer, 400, "LIMIT_EXCEEDED")
    queries = [part(f"r{n}", "GET", "/query?q=x") for n in range(6)]
    answer = org.post("/composite", {"compositeRequest": queries})
    is_refused(answer, 400, "LIMIT_EXCEEDED")


def test_a_tree_is_planted_whole_or_not_at_all(salesforce, org):
    contact = {"attributes": {"type": "Contact", "referenceId": "c"}, "LastName": "Ada"}
    tree = {
        "attributes": {"type": "Account", "referenceId": "a"},
        "Name": "Acme",
        "Contacts": {"records": [contact]},
    }
    answer = org.post("/composite/tree/Account", {"records": [tree]})
    assert answer.status_code == 201
    ids = {each["referenceId"]: each["id"] for each in answer.json()["results"]}
    assert salesforce.store.get("Contact", ids["c"])["AccountId"] == ids["a"]
    contact.pop("LastName")
    answer = org.post("/composite/tree/Account", {"records": [tree]})
    assert (answer.status_code, answer.json()["hasErrors"]) == (400, True)
    assert salesforce.store.count("Account") == 1


def test_many_at_once_never_make_one_record_twice(salesforce, external, org_client_of):
    def push(_number):
        client = org_client_of(salesforce)
        body = {"records": records({"Odoo_Id__c": "1", "Name": "Acme"})}
        path = "/composite/sobjects/Account/Odoo_Id__c"
        return [client.patch(path, body).json()[0] for _each in range(5)]

    with ThreadPoolExecutor(8) as pool:
        results = [each for answers in pool.map(push, range(8)) for each in answers]
    assert all(each["success"] for each in results)
    assert sum(each["created"] for each in results) == 1
    assert len({each["id"] for each in results}) == 1
