"""Encryption of credentials at rest: Fernet with rotating keys (cryptography)."""

import os
import pathlib

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
        except (ValueError, TypeError) as error:
            # The text of the error could repeat the key.
            raise VaultError(
                "A connector key is malformed: a key is 44 characters of base64, as"
                " cryptography.fernet.Fernet.generate_key() makes it."
            ) from error

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

    Two processes that come at once end with the same key: the file appears whole or not
    at all, and who comes second reads what the first wrote.

    :return: list of keys, newest first
    :raises VaultError: where the file is readable by others
    """
    path = pathlib.Path(path)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(Fernet.generate_key() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    if path.stat().st_mode & 0o077:
        raise VaultError(
            f"The key file {path.name} can be read by other users of this machine:"
            " set its mode to 0600."
        )
    return split_keys(path.read_text())
