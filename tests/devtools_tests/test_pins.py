"""Versions that are named in several files are the same in all of them."""

import json
import re

from devtools import lint, paths

REQUIREMENTS = sorted(paths.ROOT.glob("requirements*.txt"))


def pinned(*names):
    found = {}
    for name in names or [path.name for path in REQUIREMENTS]:
        for line in (paths.ROOT / name).read_text().splitlines():
            if line and not line.startswith("#"):
                package, _equals, version = line.partition("==")
                found.setdefault(package.lower(), set()).add(version)
    return found


def text(name):
    return (paths.ROOT / name).read_text()


def test_every_requirement_is_pinned_to_one_version():
    for package, versions in pinned().items():
        assert len(versions) == 1, f"{package}: {versions}"
        assert all(versions), f"{package} is not pinned"


def test_pre_commit_uses_the_versions_of_lint():
    wanted = pinned("requirements-lint.txt")
    config = text(".pre-commit-config.yaml")
    named = re.findall(r'"([\w-]+)==([\w.]+)"', config)
    assert named
    for package, version in named:
        assert wanted[package.lower()] == {version}
    packages = json.loads(text("devtools/node/package.json"))["dependencies"]
    for package, version in packages.items():
        assert f'"{package}@{version}"' in config


def test_pre_commit_leaves_out_the_same_checks_as_lint():
    config = re.sub(r"\\\s+", "", text(".pre-commit-config.yaml"))
    options = re.findall(r'"--disable=([\w,-]+)"', config)

    assert [set(option.split(",")) for option in options] == [
        set(lint.PYLINT_DISABLED),
        set(lint.OCA_DISABLED),
    ]


def test_the_containers_use_the_versions_of_the_requirements():
    (version,) = re.findall(r"faker==([\w.]+)", text("docker-compose.yml"))

    assert pinned()["faker"] == {version}
