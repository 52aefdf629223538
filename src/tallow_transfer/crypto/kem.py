"""The post-quantum key: HPKE Base mode with the X-Wing KEM, as `cryptography` ships it."""

import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from tallow_transfer.exceptions import IntegrityError

__all__ = ["FILE_KEY_BYTES", "PUBLIC_BYTES", "SEALED_BYTES", "KemKey", "seal_file_key"]

FILE_KEY_BYTES = 32
_MLKEM_PUBLIC_BYTES = 1184
PUBLIC_BYTES = _MLKEM_PUBLIC_BYTES + 32
SEALED_BYTES = 1120 + FILE_KEY_BYTES + 16
_SEED_BYTES = 32
_INFO = b"tallow/1 file key"

_SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


class KemKey:
    """The receiver's key pair, made for one transfer and forgotten after it."""

    __slots__ = ("_private", "public")

    def __init__(self, seed: bytes = b"") -> None:
        """Make a key from 32 random bytes; a given seed is for known answers alone."""
        expanded = hashlib.shake_256(seed or os.urandom(_SEED_BYTES)).digest(96)
        mlkem = MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
        x25519 = X25519PrivateKey.from_private_bytes(expanded[64:])
        self._private = hpke.MLKEM768X25519PrivateKey(mlkem, x25519)
        self.public = mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()

    def open_file_key(self, sealed: bytes, transcript_hash: bytes) -> bytes:
        """Return the file key the other side sealed for us.

        Raises:
            IntegrityError: it was sealed for another key or another transcript.
        """
        try:
            file_key = _SUITE.decrypt(sealed, self._private, info=_INFO + transcript_hash)
        except (InvalidTag, ValueError):
            raise IntegrityError from None
        if len(file_key) != FILE_KEY_BYTES:
            raise IntegrityError
        return file_key


def seal_file_key(file_key: bytes, public: bytes, transcript_hash: bytes) -> bytes:
    """Return `file_key` sealed so that only the holder of `public` (1216 bytes) can open it.

    Raises:
        IntegrityError: `public` is no key.

    Source: RFC 9180, section 6.1; draft-ietf-hpke-pq, KEM 0x647A.
    """
    try:
        key = hpke.MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(public[:_MLKEM_PUBLIC_BYTES]),
            X25519PublicKey.from_public_bytes(public[_MLKEM_PUBLIC_BYTES:]),
        )
    except ValueError:
        raise IntegrityError from None
    return _SUITE.encrypt(file_key, key, info=_INFO + transcript_hash)
