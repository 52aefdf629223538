"""Does the cryptography of this installation work? A known answer and a live round trip."""

import hashlib
import os
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm

from tallow_transfer.exceptions import IntegrityError

from .encoding import b64u_decode
from .kem import FILE_KEY_BYTES, SEALED_BYTES, KemKey, seal_file_key

__all__ = ["self_test"]


def self_test() -> str:
    """Return an empty string, or what is wrong in a few words.

    The first vector of the X-Wing draft must give its key, and open what was sealed to it by
    hand with the key schedule of RFC 9180; then a fresh secret goes once through HPKE. That finds
    a wheel built on an OpenSSL without ML-KEM, or with another X-Wing.
    """
    try:
        known = KemKey(_SEED)
        if hashlib.sha256(known.public).hexdigest() != _PUBLIC_SHA256:
            return "X-Wing makes another key than it must"
        sealed = b64u_decode(_SEALED, SEALED_BYTES)
        if known.open_file_key(sealed, _sha256(b"a transcript")) != _sha256(b"a file key"):
            return "X-Wing opens to something else than was sealed"
        secret = os.urandom(FILE_KEY_BYTES)
        if known.open_file_key(seal_file_key(secret, known.public, _SEED), _SEED) != secret:
            return "HPKE opens to something else than was sealed"
    except UnsupportedAlgorithm:
        return "this build of cryptography has no X-Wing"
    except IntegrityError:
        return "HPKE does not open what was sealed"
    return ""


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


_SEED: Final = bytes.fromhex("7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26")
_PUBLIC_SHA256: Final = "2e816deebcd76c5c80d0cd2d174478871658e8e2ff42bc9d4a6e486372e856bb"
_SEALED: Final = (
    "uDqoKNTWK5qDzv_h09O7HvMSZGQ8BwxXmJJ-QfsHkUonP4-W54Js1TdaKD19qIUwTF3gUWoPBlQkPcW5f4v-"
    "uDH2glEhmqvdcjvGUSBBrLrvivRCZVJJQrkC5o_9IyIc2nCxtV13apLRFD6joMR19j7miQFXxxFtrj9iv3L2Cs0r"
    "uMwxziug3jZPUrjtOMedcZcVljpd04QtjotDq3BOR1m1MnvwJ8Y8j6hXxJCNWop7iKx_K-OU2Tw3Bt3U5pjMbONw"
    "EB9NAhMlQji0ouiCG25BShzyD2wSRLaZBG9aAcqgoaVVFjALQNIEjHfMc6-"
    "6ea_uqdLAEYvfKtuIcNwyjFUWzEWxogWBQQOeLJChEKnhazGN-1O9SaEm1rc_IVeHUXuJF8wByr0QfQaFmFTui0-"
    "YYcIm03ZMhzOasWw2Z9L0k4TlVFbdQEFLcKavhBWF9MkMaHJdV3BO6O585uL5vlgtvumF4Dj_w0br-"
    "04iFYtshDdKmrSkTh-R3lqsUZf4m8XlRC9R-aWTexAro76uv24cWDgKSl_tzkpOUCb4j1KPWf_S20F1Kzo9kO-"
    "r5GOJm31AhwxTDIhB6HErczZo7QM62_r7LUnTekTUBk5YY-sK8KCNR7PMiINzvAX3ozuEG8JYfFfraVVOijdnt1B"
    "pF7a3BJhyfxbqwaNuyNjPr3UVSfInfbJ36KVamlEGsjoCBrRyH6mzBIVSxb1bWU1uJH84wYxZGup_ViSccs57EXr"
    "8w6hiFYL5z3F4fhg97gk2eXbphAmtkhekl9-IgEI4TXcHprePX3-"
    "4QJ47U1F1NzRht3YALXmcutYoYL5wVz7L4Tskbg2n6TpSFo4Ptql1a4le9_AUeg3IG_pkSwiKkigWDA-azxN5opQ"
    "c0owG68gOROF6ovgXcBCv14qXzgho0WKeuylMUVGBLFg9rriGhSIPTakRgRLgcEH8wk1VZKmf294ohp_gciOH16m"
    "k0W4cyFVZF-CZRKpeuqrsLPYmk6-"
    "tQqP1GPzmfSc8xsn7VHKzgOhXPsfeBqO6L9X5MdcltJMCbLCsvT_mLQDkx5DZZdegOjwLQiK6jCqaFuKsZY9XKuD"
    "nRur8T-ugI1dvCJQieKBB-"
    "4KnClldW6y_KXziApiYpx5cOw0cYii0hbGt5QmzX7yn7Kl7ITLny2vEZTdRRrfc6slpMIrAwqyJ54Y-"
    "uJQwFbJDFMr7nHwOhf5UPVZljCE2Mlme-r_B7EndjIhUe7LMQMnTjL0wmbRUeEBWBTHQGIzR6cI6Dr7goD1Vd9Zr"
    "HSvLS6ryHMf-8eA4BsqWKZ3w37xW4bK0Pk_CDDf4NMSvYhJ-"
    "fa6Gw8JaL2lqyLWJ3scdWVv76Ute1LwH2ACzMHlv2ontt3vgKUE2E5NU64zTdZFXj5xgDdm-jsYhn91Qet8zl-"
    "1NaHB7jROyTOTNj7IoUb_p1jJAfzHtb3yxYA3lbxdXZ0DOKjL8UUUDAUXPuX5j4OQdNUJ0oHnT5vsuFX55BOBwFw"
    "XZRyLW1wUT-9_3s2dwFpzcOrclHBM8pnmmtbUAn4xz1PjDi_ersTAfTA"
)
