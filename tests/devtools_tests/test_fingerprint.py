import pytest

from devtools import fingerprint
from devtools.errors import DevError


@pytest.fixture
def addons(tmp_path):
    write(tmp_path, "one/__manifest__.py", "{'depends': ['crm', 'mail']}")
    write(tmp_path, "two/__manifest__.py", "{'depends': ['one', 'sale']}")
    write(tmp_path, "off/__manifest__.py", "{'installable': False, 'depends': ['x']}")
    write(tmp_path, "one/models/record.py", "first")
    return tmp_path


def write(folder, name, text):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_the_foundations_are_what_is_not_the_projects_own(addons):
    assert fingerprint.addons(addons) == ["one", "two"]
    assert fingerprint.foundations(addons) == ["crm", "mail", "sale"]


def test_without_addons_something_small_is_installed(tmp_path):
    assert fingerprint.addons(tmp_path) == fingerprint.PLACEHOLDER
    assert fingerprint.foundations(tmp_path) == fingerprint.PLACEHOLDER


def test_a_bridge_to_a_foreign_addon_is_left_out_with_what_it_needs(addons):
    write(addons, "bridge/__manifest__.py", "{'depends': ['one', 'queue_job', 'hr']}")

    assert fingerprint.bridges(addons) == ["bridge"]
    assert fingerprint.addons(addons) == ["one", "two"]
    assert fingerprint.foundations(addons) == ["crm", "mail", "sale"]


def test_a_manifest_that_is_no_python_is_named(addons):
    write(addons, "two/__manifest__.py", "{'depends': [")

    with pytest.raises(DevError, match="manifest of two"):
        fingerprint.addons(addons)


@pytest.mark.parametrize(
    "name",
    [
        "one/models/record.py",
        "one/views/record.xml",
        "one/data/new.csv",
        "one/static/description/icon.png",
    ],
)
def test_what_ends_up_in_a_database_changes_the_fingerprint(addons, name):
    before = fingerprint.of_addons("base", addons)
    write(addons, name, "changed")

    assert fingerprint.of_addons("base", addons) != before


@pytest.mark.parametrize(
    "name",
    [
        "one/tests/test_record.py",
        "one/models/__pycache__/record.pyc",
        "one/readme/DESCRIPTION.md",
        "one/i18n/fr.po",
        "one/static/src/view.js",
    ],
)
def test_what_does_not_end_up_in_a_database_changes_nothing(addons, name):
    before = fingerprint.of_addons("base", addons)
    write(addons, name, "changed")

    assert fingerprint.of_addons("base", addons) == before


def test_a_renamed_file_changes_the_fingerprint(addons):
    before = fingerprint.of_addons("base", addons)
    (addons / "one/models/record.py").rename(addons / "one/models/other.py")

    assert fingerprint.of_addons("base", addons) != before


def test_another_foundation_is_another_fingerprint(addons):
    assert fingerprint.of_addons("a", addons) != fingerprint.of_addons("b", addons)
    assert fingerprint.of_foundations("a", b"b", ["c"]) != (
        fingerprint.of_foundations("ab", b"", ["c"])
    )
