import os
import stat
import subprocess
import sys
import threading
import traceback

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_base.engine import crypto
from odoo.addons.connector_base.engine.crypto import (
    Vault,
    VaultError,
    load_or_create_key_file,
    split_keys,
)

OLD, NEW, OTHER = (Fernet.generate_key().decode() for _number in range(3))


@given(st.text())
def test_what_is_encrypted_comes_back_and_does_not_show(secret):
    vault = Vault([NEW])
    token = vault.encrypt(secret)

    assert vault.decrypt(token) == secret
    assert token.isascii() and (len(secret) < 4 or secret not in token)


def test_the_same_secret_never_has_the_same_token():
    vault = Vault([NEW])

    assert vault.encrypt("secret") != vault.encrypt("secret")


def test_an_old_key_still_opens_what_it_closed():
    token = Vault([OLD]).encrypt("secret")

    assert Vault([NEW, OLD]).decrypt(token) == "secret"


def test_the_newest_key_closes():
    token = Vault([NEW, OLD]).encrypt("secret")

    assert Vault([NEW]).decrypt(token) == "secret"


def test_after_a_rotation_the_old_key_is_not_needed_any_more():
    old_token = Vault([OLD]).encrypt("secret")

    token = Vault([NEW, OLD]).rotate(old_token)

    assert Vault([NEW]).decrypt(token) == "secret"
    with pytest.raises(VaultError):
        Vault([OLD]).decrypt(token)


@pytest.mark.parametrize("method", ["decrypt", "rotate"])
def test_a_wrong_key_opens_nothing_and_says_what_to_do(method):
    token = Vault([OTHER]).encrypt("secret")

    with pytest.raises(VaultError, match="None of the connector keys") as caught:
        getattr(Vault([NEW, OLD]), method)(token)

    assert token not in str(caught.value)


@pytest.mark.parametrize("token", ["", "garbage", "gAAAAA=", "ünï"])
def test_what_is_no_token_is_not_opened(token):
    with pytest.raises(VaultError):
        Vault([NEW]).decrypt(token)


def test_a_token_that_was_changed_is_not_opened():
    token = Vault([NEW]).encrypt("secret")
    changed = token[:-10] + ("A" if token[-10] != "A" else "B") + token[-9:]

    with pytest.raises(VaultError):
        Vault([NEW]).decrypt(changed)


@pytest.mark.parametrize(
    "keys", [[], ["short"], [NEW, "not-a-key-at-all"], [NEW[:-2]], ["ü" * 44], [None]]
)
def test_a_malformed_key_is_refused_and_not_repeated(keys):
    with pytest.raises(VaultError, match="key is malformed") as caught:
        Vault(keys)

    told = "".join(traceback.format_exception(caught.value, chain=True))
    assert not any(key in told.split("Vault(keys)")[-1] for key in keys if key)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("a,b", ["a", "b"]),
        (" a , b ", ["a", "b"]),
        ("a\nb\n", ["a", "b"]),
        ("a", ["a"]),
        ("", []),
        (" , ", []),
    ],
)
def test_keys_are_separated_by_commas_or_blanks(text, keys):
    assert split_keys(text) == keys


# -- the key file --------------------------------------------------------------


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "connector.key"


def test_the_key_file_is_made_once_and_read_afterwards(path):
    keys = load_or_create_key_file(path)

    assert len(keys) == 1 and Vault(keys)
    assert load_or_create_key_file(path) == keys
    assert os.listdir(path.parent) == [path.name]


def test_only_its_owner_may_read_the_key_file(path):
    before = os.umask(0)
    try:
        load_or_create_key_file(path)
    finally:
        os.umask(before)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o777, 0o620, 0o601])
def test_a_key_file_that_others_can_reach_is_refused(path, mode):
    load_or_create_key_file(path)
    path.chmod(mode)

    with pytest.raises(VaultError, match="set its mode to 0600"):
        load_or_create_key_file(path)


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_key_file_of_the_owner_alone_is_taken(path, mode):
    keys = load_or_create_key_file(path)
    path.chmod(mode)

    assert load_or_create_key_file(path) == keys


def test_a_key_file_may_hold_several_keys_the_newest_first(path):
    load_or_create_key_file(path)
    path.write_text(f"{NEW}\n{OLD}\n")

    assert load_or_create_key_file(path) == [NEW, OLD]


def test_an_empty_key_file_is_not_taken_for_a_key(path):
    load_or_create_key_file(path)
    path.write_text("")

    with pytest.raises(VaultError):
        Vault(load_or_create_key_file(path))


def test_threads_that_come_at_once_get_the_same_key(tmp_path):
    for number in range(5):
        path = tmp_path / f"{number}.key"
        barrier, found = threading.Barrier(8), []

        def load(path=path, barrier=barrier, found=found):
            barrier.wait()
            found.append(load_or_create_key_file(path))

        threads = [threading.Thread(target=load) for _number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(found) == 8
        assert found == [load_or_create_key_file(path)] * 8


LOADER = """
import runpy, sys
load = runpy.run_path(sys.argv[1])["load_or_create_key_file"]
print("ready", flush=True)
sys.stdin.readline()
print(*load(sys.argv[2]))
"""


def test_processes_that_come_at_once_get_the_same_key(path):
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", LOADER, crypto.__file__, path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _number in range(3)
    ]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    keys = {process.communicate(timeout=30)[0].strip() for process in processes}

    assert keys == {path.read_text().strip()}
    assert os.listdir(path.parent) == [path.name]
