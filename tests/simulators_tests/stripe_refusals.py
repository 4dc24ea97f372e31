"""What Stripe says where it refuses."""


def refused(answer, status, code=None, param=None):
    assert answer.status_code == status, answer.text
    body = answer.json()["error"]
    assert (body.get("code"), body.get("param")) == (code, param), body
    return body["message"]
