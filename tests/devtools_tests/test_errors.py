from devtools.errors import DevError, gist, tail

ODOO_LOG = """\
2026-01-01 10:00:00,000 1 INFO demo odoo.modules.loading: Loading module crm (3/9)
2026-01-01 10:00:01,000 1 CRITICAL demo odoo.service.server: Failed to initialize
Traceback (most recent call last):
  File "/odoo/tools/convert.py", line 550, in _tag_record
    raise ValueError(xmlid)
          ^^^^^^^^^^^^^^^^^
ValueError: External ID not found: crm.nothing

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/odoo/tools/convert.py", line 797, in _tag_root
    raise ParseError(xmlid)
odoo.tools.convert.ParseError: while parsing lead.xml:3
<record id="lead"/>
2026-01-01 10:00:02,000 1 INFO demo odoo.service.server: Initiating shutdown
"""


def test_an_error_says_what_why_and_what_to_do():
    error = DevError("Odoo did not start.", "The port is taken.", "Stop the other.")

    assert error.lines() == [
        "Error: Odoo did not start.",
        "Why:   The port is taken.",
        "To do: Stop the other.",
    ]


def test_further_lines_of_a_reason_stand_below_the_first():
    error = DevError("No.", "one\ntwo", log="/tmp/x.log")

    assert error.lines() == [
        "Error: No.",
        "Why:   one",
        "       two",
        "Log:   /tmp/x.log",
    ]


def test_the_gist_of_a_traceback_is_its_exceptions():
    assert gist(ODOO_LOG).splitlines() == [
        "ValueError: External ID not found: crm.nothing",
        "odoo.tools.convert.ParseError: while parsing lead.xml:3",
    ]


def test_the_gist_of_pip_is_the_lines_it_marks_as_errors():
    output = "Collecting x\n  Downloading x.whl\nERROR: No matching distribution for x"

    assert gist(output) == "ERROR: No matching distribution for x"


def test_the_gist_of_an_unmarked_failure_is_its_last_lines():
    assert gist("one\ntwo\n\nthree\n", lines=2) == "two\nthree"


def test_a_log_that_is_not_there_has_no_tail(tmp_path):
    assert tail(tmp_path / "none.log") == ""
