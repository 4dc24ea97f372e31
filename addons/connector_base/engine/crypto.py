"""Encryption of credentials at rest: Fernet with rotating keys (cryptography).

What is stored begins with the fingerprint of its key, a dot between: a Fernet token
doesn't tell which key made it, and so one query says what an old key is still needed
for. What has none was stored before there were fingerprints.
"""

import contextlib
import hashlib
import os
import pathlib
import tempfile

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

#: Between the fingerprint and the Fernet token; in neither of their alphabets.
DOT = "."
#: Characters of a fingerprint: enough to tell a handful of keys apart.
FINGERPRINT_LENGTH = 8


class VaultError(Exception):
    """A secret can't be read or no key can be had; the text says what to do."""


class Vault:
    """Encrypts with the first key, decrypts with any.

    :param keys: Fernet keys (44 characters of URL-safe base64), newest first
    :raises VaultError: where a key is malformed or there is none
    """

    def __init__(self, keys):
        keys = list(keys)
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
        except (ValueError, TypeError):
            # The text of the cause could repeat the key.
            raise VaultError(
                "A connector key is malformed: a key is 44 characters of base64, as"
                " cryptography.fernet.Fernet.generate_key() makes it."
            ) from None
        #: Fingerprints of the keys, that of the one that encrypts first.
        self.fingerprints = tuple(map(fingerprint, keys))

    def encrypt(self, secret):
        """:return: the text to store, ASCII"""
        return self.encrypt_bytes(secret.encode()).decode()

    def decrypt(self, stored):
        """:raises VaultError: where none of the keys opens it"""
        try:
            return self._open(stored.encode()).decode()
        except InvalidToken:
            raise VaultError(
                "None of the connector keys opens this secret: restore the key that"
                " this database was used with, or enter the secret again."
            ) from None

    def encrypt_bytes(self, data):
        """:return: what to store, as bytes"""
        return f"{self.fingerprints[0]}{DOT}".encode() + self._fernet.encrypt(data)

    def decrypt_bytes(self, stored):
        """:raises VaultError: where none of the keys opens it"""
        try:
            return self._open(stored)
        except InvalidToken:
            raise VaultError("None of the connector keys opens what is kept.") from None

    def _open(self, stored):
        _fingerprint, _dot, token = stored.rpartition(DOT.encode())
        return self._fernet.decrypt(token)

    def rotate(self, stored):
        """Encrypt what was stored with the newest key.

        :param stored: text or bytes; the answer is the same
        :raises VaultError: where none of the keys opens it
        """
        data = stored.encode() if isinstance(stored, str) else bytes(stored)
        try:
            _fingerprint, _dot, token = data.rpartition(DOT.encode())
            # Keeps when it was encrypted first.
            fresh = self._fernet.rotate(token)
        except InvalidToken:
            raise VaultError(
                "None of the connector keys opens this secret: enter it again."
            ) from None
        fresh = f"{self.fingerprints[0]}{DOT}".encode() + fresh
        return fresh.decode() if isinstance(stored, str) else fresh

    def knows(self, stored):
        """Whether one of the keys made what is stored, by its fingerprint.

        :return: bool; what has no fingerprint is tried
        """
        name, dot, _token = stored.partition(DOT)
        if dot:
            return name in self.fingerprints
        try:
            self.decrypt(stored)
        except VaultError:
            return False
        return True


def fingerprint(key):
    """A name for a key that tells nothing of it: keys are random and long."""
    digest = hashlib.sha256(b"connector key " + key.encode()).hexdigest()
    return digest[:FINGERPRINT_LENGTH]


def split_keys(text):
    """Keys as people write them in a setting: separated by commas or blanks."""
    return text.replace(",", " ").split()


def load_or_create_key_file(path):
    """Keys of a file that only its owner may read; made on first use.

    Whoever comes at once (threads, processes, containers on one volume) ends with the
    same key: the file appears whole or not at all, and who comes second reads what the
    first wrote.

    :return: list of keys, newest first
    :raises VaultError: where the file is readable by others
    """
    path = pathlib.Path(path)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # Made with mode 0600 under a name that nobody else has.
        handle, draft = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(Fernet.generate_key() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)
        finally:
            os.unlink(draft)
    if path.stat().st_mode & 0o077:
        raise VaultError(
            f"The key file {path.name} can be read by other users of this machine:"
            " set its mode to 0600."
        )
    return split_keys(path.read_text())
