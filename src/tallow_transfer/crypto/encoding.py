"""Bytes as text and back: base64url without padding."""

import base64
import binascii

from tallow_transfer.exceptions import IntegrityError

__all__ = ["b64u_decode", "b64u_encode"]


def b64u_encode(data: bytes) -> str:
    """Return `data` in base64url without padding.

    >>> b64u_encode(b"tallow")
    'dGFsbG93'

    Source: RFC 4648, section 5.
    """
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def b64u_decode(text: object, length: int) -> bytes:
    """Return the `length` bytes that `text` stands for.

    Raises:
        IntegrityError: not a string, not base64url, or of another length.
    """
    if not isinstance(text, str) or len(text) > 2 * length + 4:
        raise IntegrityError
    try:
        data = base64.b64decode(
            text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True
        )
    except (binascii.Error, UnicodeEncodeError, ValueError):
        raise IntegrityError from None
    if len(data) != length:
        raise IntegrityError
    return data
