"""Where keys come from: a file, the environment, or a service that keeps keys (KMS). One method, so one file more.

A service that only computes (an HSM that never hands out keys) does not fit here on purpose: a token per value would
be a network call per value. It wraps the ring instead: `unwrap` is called once per start and once per rotation.
"""

import base64
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from eduscope.privacy.errors import KeyRingError
from eduscope.privacy.keyring import KeyRing


class KeySource(Protocol):
    """Gives the ring as it is now. Asked at the start, and again whenever keys may have changed."""

    def ring(self) -> KeyRing:
        """The ring, its current key first. Raises KeyRingError where it cannot be had."""


class EnvironmentKeys:
    """The ring in EDUSCOPE_TOKEN_KEYS."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._environment = environment

    def ring(self) -> KeyRing:
        """The ring, or a random one that says so (`ephemeral`)."""
        return KeyRing.from_environment(self._environment)


class FileKeys:
    """The ring in a file of mode 0600. Read again only where the file was replaced."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read: tuple[tuple[int, int, int], KeyRing] | None = None

    def ring(self) -> KeyRing:
        """The ring as the file has it now; the same object while the keys are the same.

        A file that cannot be used raises KeyRingError each time, and so does one in which a known id stands for
        another key.
        """
        try:
            status = self._path.stat()
        except OSError as error:
            raise KeyRingError(f"The key file {self._path} cannot be read: {error.strerror}") from None
        # The inode's own time as well: a mode that was mended changes nothing else.
        version = (status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
        if self._read is None:
            self._read = (version, KeyRing.from_file(self._path))
        elif self._read[0] != version:
            ring = KeyRing.from_file(self._path)
            ring.lost(self._read[1])
            same = ring.serialised() == self._read[1].serialised()
            self._read = (version, self._read[1] if same else ring)
        return self._read[1]


class WrappedKeys:
    """A ring that is kept encrypted and opened by a key service: AWS KMS, Vault transit, a cloud's HSM.

    `unwrap` is that service's decryption: ciphertext in, `id:base64key,…` out.
    """

    def __init__(self, wrapped: str, unwrap: Callable[[bytes], bytes]) -> None:
        """Take the wrapped ring in base64, as it stands in a setting, and the service's decryption."""
        self._wrapped = wrapped
        self._unwrap = unwrap

    def ring(self) -> KeyRing:
        """The ring, opened. Raises KeyRingError where the service refuses, without its words: they may hold keys."""
        try:
            plain = self._unwrap(base64.b64decode(self._wrapped, validate=True))
        except Exception as error:  # noqa: BLE001 - every service has errors of its own
            raise KeyRingError(f"The key service did not open the ring: {type(error).__name__}") from None
        return KeyRing.parse(plain.decode("ascii"))
