"""Clients that several kinds of simulators are tested with."""

import requests


class Client:
    """A bearer client of one simulator; methods take paths and return responses."""

    def __init__(self, simulator, token=None):
        self.simulator = simulator
        self.session = requests.Session()
        token = simulator.token if token is None else token
        if token:
            self.session.headers["Authorization"] = f"Bearer {token}"

    def request(self, method, path, **more):
        return self.session.request(
            method, self.simulator.url + path, timeout=10, **more
        )

    def get(self, path, **query):
        return self.request("GET", path, params=query)

    def post(self, path, body):
        return self.request("POST", path, json=body)


class DeskClient(Client):
    """A client of a Zendesk account; paths are below the version, bodies JSON."""

    def request(self, method, path, **more):
        return super().request(method, f"/api/v2{path}", **more)

    def put(self, path, body):
        return self.request("PUT", path, json=body)

    def delete(self, path, **query):
        return self.request("DELETE", path, params=query)

    def made(self, kind, **values):
        """The record that a create made: ``made("user", name="Ann")``."""
        answer = self.post(f"/{kind}s", {kind: values})
        assert answer.status_code == 201, answer.text
        return answer.json()[kind]

    def job(self, answer):
        """The results of the job that an answer began, polled to its end."""
        assert answer.status_code == 200, answer.text
        job = answer.json()["job_status"]
        while job["status"] in ("queued", "working"):
            job = self.get(f"/job_statuses/{job['id']}").json()["job_status"]
        assert job["status"] == "completed", job
        return job["results"]


class FreshdeskClient(Client):
    """A client of a Freshdesk account; paths are below the version, bodies JSON."""

    def __init__(self, simulator, token=None):
        super().__init__(simulator, "")
        self.session.auth = (token or simulator.token, "X")

    def request(self, method, path, **more):
        return super().request(method, f"/api/v2{path}", **more)

    def put(self, path, body=None):
        return self.request("PUT", path, json=body)

    def delete(self, path, **query):
        return self.request("DELETE", path, params=query)

    def made(self, path, **values):
        """The record that a POST made: ``made("/companies", name="Acme")``."""
        answer = self.post(path, values)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def listed(self, path, **query):
        """All records of a list, by the Link of each page."""
        answer = self.get(path, **{"per_page": 100, **query})
        rows = []
        while True:
            assert answer.status_code == 200, answer.text
            rows += answer.json()
            if "next" not in answer.links:
                return rows
            answer = self.session.get(answer.links["next"]["url"], timeout=10)


def declined(answer, status, code):
    """Assert that an answer is a refusal of the usual shape; returns its body."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert body["error"] == code
    return body


def problems(answer, status=400):
    """``{field: code}`` of a validation error of Freshdesk's."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert body["description"] == "Validation failed"
    assert all(each["message"] for each in body["errors"])
    return {each["field"]: each["code"] for each in body["errors"]}
