"""Encryption of credentials at rest: Fernet with rotating keys (cryptography)."""

import contextlib
import os
import pathlib
import tempfile

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class VaultError(Exception):
    """A secret can't be read or no key can be had; the text says what to do."""


class Vault:
    """Encrypts with the first key, decrypts with any.

    :param keys: Fernet keys (44 characters of URL-safe base64), newest first
    :raises VaultError: where a key is malformed or there is none
    """

    def __init__(self, keys):
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
        except (ValueError, TypeError):
            # The text of the cause could repeat the key.
            raise VaultError(
                "A connector key is malformed: a key is 44 characters of base64, as"
                " cryptography.fernet.Fernet.generate_key() makes it."
            ) from None

    def encrypt(self, secret):
        """:return: the token to store, ASCII"""
        return self._fernet.encrypt(secret.encode()).decode()

    def decrypt(self, token):
        """:raises VaultError: where none of the keys opens it"""
        try:
            return self._fernet.decrypt(token.encode()).decode()
        except InvalidToken:
            raise VaultError(
                "None of the connector keys opens this secret: restore the key that"
                " this database was used with, or enter the secret again."
            ) from None

    def encrypt_bytes(self, data):
        """:return: the token to store, as bytes"""
        return self._fernet.encrypt(data)

    def decrypt_bytes(self, token):
        """:raises VaultError: where none of the keys opens it"""
        try:
            return self._fernet.decrypt(token)
        except InvalidToken:
            raise VaultError("None of the connector keys opens what is kept.") from None

    def rotate(self, token):
        """Encrypt an old token with the newest key.

        :raises VaultError: where none of the keys opens it
        """
        try:
            return self._fernet.rotate(token.encode()).decode()
        except InvalidToken:
            raise VaultError(
                "None of the connector keys opens this secret: enter it again."
            ) from None


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
