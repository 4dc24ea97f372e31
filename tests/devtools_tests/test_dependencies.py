"""What ./dev lint says about the packages that the project needs."""

from devtools.dependencies import FLOORS, problems, requirements


def found(line, licence=""):
    return list(problems({"requirements.txt": [line]}, lambda name: licence, {"x"}))


def test_nothing_is_wrong_with_ours():
    assert list(problems(requirements())) == []


def test_one_version_of_one_package_is_wanted():
    assert not found("requests==2.34.2")
    for line in ("requests", "requests>=2", "requests==2.*", "git+https://x/y"):
        assert found(line), line


def test_a_version_with_a_known_advisory_is_named_with_it():
    for name, version, advisory in FLOORS:
        assert not found(f"{name}=={version}")
        [sentence] = found(f"{name}==0.0.1")
        assert advisory in sentence


def test_numbers_are_compared_as_numbers():
    assert found("urllib3==2.4.10")
    assert not found("urllib3==2.10.0")


def test_a_licence_that_does_not_go_with_ours_is_named():
    assert not found("x==1", "MIT; License :: OSI Approved :: MIT License")
    assert not found("x==1", "GNU Lesser General Public License v3 (LGPLv3)")
    assert found("x==1", "GNU Affero General Public License v3")
    assert found("x==1", "Proprietary")
