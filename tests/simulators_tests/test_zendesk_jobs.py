"""Jobs: up to a hundred rows, results by row, and what goes wrong with them."""

ORGANIZATIONS = "/organizations/create_many"


def named(*names):
    return {"organizations": [{"name": name} for name in names]}


def test_a_job_is_queued_works_and_is_completed(desk):
    job = desk.post(ORGANIZATIONS, named("a", "b")).json()["job_status"]
    assert (job["status"], job["total"], job["results"]) == ("queued", 2, None)
    assert desk.get("/organizations").json()["count"] == 0
    path = f"/job_statuses/{job['id']}"
    assert desk.get(path).json()["job_status"]["status"] == "working"
    done = desk.get(path).json()["job_status"]
    assert (done["status"], done["progress"]) == ("completed", 2)
    assert [each["index"] for each in done["results"]] == [0, 1]
    assert done["message"] == "Completed at 2026-11-02 09:00:00 +0000"
    assert desk.get("/organizations").json()["count"] == 2


def test_each_row_of_a_create_has_an_id_or_an_error_and_no_more(desk):
    desk.made("organization", name="Acme")
    first, second, third = desk.job(desk.post(ORGANIZATIONS, named("b", "acme", "c")))
    assert set(first) == set(third) == {"index", "id", "account_id"}
    assert set(second) == {"index", "error", "details"}
    assert (second["index"], second["error"]) == (1, "DuplicateValue")
    assert "already been taken" in second["details"]


def test_organizations_are_updated_each_its_own_way_or_all_alike(desk):
    one = desk.made("organization", name="One", external_id="C-1")
    two = desk.made("organization", name="Two")
    rows = [{"id": one["id"], "notes": "a"}, {"id": two["id"], "notes": "b"}]
    rows += [{"external_id": "C-9", "notes": "c"}]
    results = desk.job(desk.put("/organizations/update_many", {"organizations": rows}))
    assert [each["success"] for each in results] == [True, True, False]
    assert results[2]["error"] == "RecordNotFound"
    path = f"/organizations/update_many?ids={one['id']},{two['id']}"
    desk.job(desk.put(path, {"organization": {"details": "same"}}))
    shown = desk.get("/organizations").json()["organizations"]
    assert [(each["notes"], each["details"]) for each in shown] == [
        ("a", "same"),
        ("b", "same"),
    ]


def test_organizations_have_no_create_or_update_many(desk):
    answer = desk.post("/organizations/create_or_update_many", named("a"))
    assert answer.status_code in (404, 405)


def test_users_are_created_or_updated(desk):
    ann = desk.made("user", name="Ann", email="ann@a.example", external_id="U-1")
    rows = [
        {"name": "Ann B.", "email": "ANN@a.example"},
        {"name": "Bob", "email": "bob@a.example"},
        {"name": "Bob again", "email": "bob@a.example"},
        {"email": "nobody@a.example"},
    ]
    results = desk.job(desk.post("/users/create_or_update_many", {"users": rows}))
    assert [each.get("status") for each in results] == [
        "Updated",
        "Created",
        "Updated",
        "Failed",
    ]
    assert results[0]["id"] == ann["id"]
    assert results[1]["id"] == results[2]["id"]
    assert results[3]["error"] == "BlankValue"


def test_tickets_are_updated_and_deleted_by_the_many(desk):
    made = [desk.made("ticket", subject=name, comment={"body": "Hi"}) for name in "ab"]
    ids = ",".join(str(each["id"]) for each in made)
    note = {"comment": {"body": "Suspended", "public": False}, "status": "hold"}
    results = desk.job(desk.put(f"/tickets/update_many?ids={ids}", {"ticket": note}))
    assert [each["status"] for each in results] == ["Updated", "Updated"]
    results = desk.job(desk.delete(f"/tickets/destroy_many?ids={ids},99"))
    assert [each["success"] for each in results] == [True, True, False]
    assert desk.get("/tickets").json()["count"] == 0


def test_a_hundred_rows_are_the_most(desk, is_declined):
    names = [f"o{place}" for place in range(101)]
    body = is_declined(desk.post(ORGANIZATIONS, named(*names)), 400, "TooManyValues")
    assert body["max_count"] == 100
    assert desk.post(ORGANIZATIONS, {"organizations": []}).status_code == 400
    assert len(desk.job(desk.post(ORGANIZATIONS, named(*names[:100])))) == 100


def test_thirty_jobs_are_the_most(desk, is_declined, clock):
    for place in range(30):
        assert desk.post(ORGANIZATIONS, named(f"o{place}")).status_code == 200
    refused = desk.post(ORGANIZATIONS, named("more"))
    is_declined(refused, 429, "TooManyJobs")
    assert "Retry-After" in refused.headers
    clock.advance(5)
    assert desk.post(ORGANIZATIONS, named("more")).status_code == 200
    assert desk.get("/organizations").json()["count"] == 30


def test_a_job_that_failed_has_done_half(desk, zendesk):
    zendesk.jobs.fail = 1
    answer = desk.post(ORGANIZATIONS, named("a", "b", "c", "d")).json()["job_status"]
    path = f"/job_statuses/{answer['id']}"
    desk.get(path)
    job = desk.get(path).json()["job_status"]
    assert (job["status"], len(job["results"])) == ("failed", 2)
    assert desk.get("/organizations").json()["count"] == 2


def test_a_job_that_was_killed_has_done_nothing(desk, zendesk):
    zendesk.jobs.kill = 1
    answer = desk.post(ORGANIZATIONS, named("a")).json()["job_status"]
    job = desk.get(f"/job_statuses/{answer['id']}").json()["job_status"]
    assert (job["status"], job["results"]) == ("killed", None)
    assert desk.get("/organizations").json()["count"] == 0


def test_jobs_are_polled_together_and_forgotten_after_an_hour(desk, clock):
    ids = [
        desk.post(ORGANIZATIONS, named(name)).json()["job_status"]["id"]
        for name in "ab"
    ]
    query = {"ids": ",".join(ids)}
    desk.get("/job_statuses/show_many", **query)
    jobs = desk.get("/job_statuses/show_many", **query).json()["job_statuses"]
    assert [each["status"] for each in jobs] == ["completed", "completed"]
    clock.advance(3_601)
    assert desk.get(f"/job_statuses/{ids[0]}").status_code == 404
