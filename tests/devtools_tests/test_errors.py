from devtools.errors import DevError


def test_an_error_says_what_why_and_what_to_do():
    error = DevError("Odoo did not start.", "The port is taken.", "Stop the other.")

    assert error.lines() == [
        "Error: Odoo did not start.",
        "Why:   The port is taken.",
        "To do: Stop the other.",
    ]
