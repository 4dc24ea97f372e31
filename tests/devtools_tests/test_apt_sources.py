import pytest

from devtools import apt_sources

DEB822 = """\
Types: deb
# a remark in the middle
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb deb-src
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main

Types: deb-src
URIs: http://mirror.example/sources
Suites: bookworm
Components: main

Enabled: no
Types: deb
URIs: http://mirror.example/off
Suites: bookworm
Components: main
"""
VENDOR = "deb https://packages.example/tool stable main\n"
ONE_LINE = """\
# deb http://mirror.example/commented bookworm main
deb [arch=amd64 signed-by=/k.gpg] http://mirror.example/debian/ bookworm main contrib
deb-src http://mirror.example/debian bookworm main
deb http://mirror.example/debian bookworm-backports main # newer ones
"""


def main(*sources, codename="bookworm"):
    return apt_sources.main_archive(list(sources), codename)


def test_the_archive_is_read_from_a_deb822_file():
    found = main(*apt_sources.parse_deb822(DEB822))

    assert found["Uris"] == "http://mirror.example/debian"
    assert found["Suites"] == "bookworm"
    assert found["Signed-By"] == "/usr/share/keyrings/debian-archive-keyring.gpg"


def test_source_packages_and_disabled_entries_are_left_out():
    uris = [source["Uris"] for source in apt_sources.parse_deb822(DEB822)]

    assert uris == [
        "http://mirror.example/debian",
        "http://mirror.example/debian-security",
    ]


def test_the_archive_is_read_from_a_one_line_file():
    found = main(*apt_sources.parse_one_line(ONE_LINE))

    assert found["Uris"] == "http://mirror.example/debian/"
    assert found["Components"] == "main contrib"
    assert found["Signed-By"] == "/k.gpg"


def test_a_vendors_repository_is_not_taken_for_the_archive():
    vendor = apt_sources.parse_one_line(VENDOR)

    found = main(*vendor, *apt_sources.parse_one_line(ONE_LINE))

    assert found["Uris"] == "http://mirror.example/debian/"


def test_an_embedded_key_is_kept_whole():
    key = "\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQINB\n -----END-----"
    text = (
        f"Types: deb\nURIs: http://m/debian\nSuites: sid\nComponents: main\n"
        f"Signed-By:{key}\n"
    )

    found = main(*apt_sources.parse_deb822(text), codename="")

    assert f"Signed-By: {key}" in apt_sources.stanza(found, "sid")


def test_a_stanza_asks_for_another_suite_of_the_same_archive():
    found = main(*apt_sources.parse_deb822(DEB822))

    assert apt_sources.stanza(found, "sid").splitlines() == [
        "Types: deb",
        "URIs: http://mirror.example/debian",
        "Suites: sid",
        "Components: main",
        "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg",
    ]


@pytest.mark.parametrize("text", ["", "deb http://m/debian bookworm contrib\n"])
def test_without_a_main_component_there_is_no_archive(text):
    assert main(*apt_sources.parse_one_line(text)) is None


def test_both_formats_of_a_machine_are_read(tmp_path):
    parts = tmp_path / "sources.list.d"
    parts.mkdir()
    (parts / "debian.sources").write_text(DEB822)
    (parts / "debian.sources.disabled").write_text(VENDOR)
    (tmp_path / "sources.list").write_text(ONE_LINE)

    uris = {source["Uris"] for source in apt_sources.read_sources(tmp_path)}

    assert {"http://mirror.example/debian", "http://mirror.example/debian/"} <= uris
    assert "https://packages.example/tool" not in uris
