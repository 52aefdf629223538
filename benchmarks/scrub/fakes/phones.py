"""Telephone numbers in the habits of 30 countries, from their national numbering plans.

Each pattern is what people write: `#` is any digit, `N` is 2 to 9, the rest stands for itself.
Source: ITU-T E.164 and the national plans filed with it.
"""

from collections.abc import Callable
from random import Random

from benchmarks.scrub.fakes.dice import DIGITS, Made, draw

__all__ = ["PHONES"]

_INTERNATIONAL = {
    "us": ("+1 N##-N##-####", "+1 (N##) N##-####", "+1-N##-N##-####", "+1 N## N## ####"),
    "gb": ("+44 20 7### ####", "+44 7### ######", "+44 (0)20 7### ####"),
    "de": ("+49 30 N#######", "+49 17# #######", "+49 (0)89 N######", "+49-40-N######"),
    "fr": ("+33 6 ## ## ## ##", "+33 1 N# ## ## ##", "+33 (0)6 ## ## ## ##"),
    "es": ("+34 6## ## ## ##", "+34 9## ### ###"),
    "it": ("+39 33# #######", "+39 06 #### ####"),
    "nl": ("+31 6 ########", "+31 20 ### ####"),
    "be": ("+32 47# ## ## ##", "+32 2 N## ## ##"),
    "ch": ("+41 79 N## ## ##", "+41 44 N## ## ##"),
    "at": ("+43 664 #######", "+43 1 N######"),
    "se": ("+46 70 N## ## ##", "+46 8 N## ### ##"),
    "no": ("+47 9## ## ###", "+47 4# ## ## ##"),
    "dk": ("+45 N# ## ## ##",),
    "fi": ("+358 40 N######", "+358 50 N## ####"),
    "pl": ("+48 50# ### ###", "+48 22 N## ## ##"),
    "pt": ("+351 91# ### ###",),
    "ie": ("+353 85 N## ####",),
    "cz": ("+420 60# ### ###",),
    "tr": ("+90 53# ### ## ##",),
    "br": ("+55 11 9####-####", "+55 (21) 9####-####"),
    "mx": ("+52 55 #### ####",),
    "ar": ("+54 9 11 #### ####",),
    "in": ("+91 9#### #####", "+91-98########"),
    "jp": ("+81 90-####-####", "+81 3-####-####"),
    "kr": ("+82 10-####-####",),
    "cn": ("+86 138 #### ####",),
    "au": ("+61 4## ### ###", "+61 2 9### ####"),
    "nz": ("+64 21 N## ####",),
    "za": ("+27 82 ### ####",),
    "sg": ("+65 8### ####",),
    "il": ("+972 52-###-####",),
    "ae": ("+971 50 ### ####",),
}
_NATIONAL = {
    "us": ("(N##) N##-####", "N##-N##-####", "N##.N##.####"),
    "gb": ("020 7### ####", "07### ######", "0161 496 ####"),
    "de": ("030 N#######", "017# #######", "089/N######", "040-N######"),
    "fr": ("06 ## ## ## ##", "06.##.##.##.##", "01 N# ## ## ##"),
    "es": ("6## ## ## ##", "6## ### ###"),
    "it": ("33# ### ####", "06 #### ####"),
    "nl": ("06-########", "020 ### ####"),
    "be": ("047# ## ## ##",),
    "ch": ("079 N## ## ##", "044 N## ## ##"),
    "at": ("0664 #######",),
    "se": ("070-N## ## ##",),
    "pl": ("50# ### ###",),
    "tr": ("053# ### ## ##",),
    "br": ("(11) 9####-####", "(21) 9####-####"),
    "in": ("09#########", "98### #####"),
    "jp": ("090-####-####", "03-####-####"),
    "kr": ("010-####-####",),
    "au": ("04## ### ###", "(02) 9### ####"),
    "mx": ("55 #### ####",),
    "ie": ("085 N## ####",),
}


def fill(r: Random, pattern: str) -> str:
    """Return `pattern` with its `#` and `N` thrown."""
    made = "".join(
        r.choice(DIGITS) if c == "#" else r.choice("23456789") if c == "N" else c for c in pattern
    )
    # N11 codes are services, not subscribers; reroll rather than print 911.
    return fill(r, pattern) if "911" in made[:8] else made


def _international(r: Random) -> Made:
    country = r.choice(list(_INTERNATIONAL))
    made = fill(r, r.choice(_INTERNATIONAL[country]))
    if r.random() < 0.1:
        made = "00" + made[1:].replace("(0)", "")
    return Made(made, (made,))


def _compact(r: Random) -> Made:
    country = r.choice(list(_INTERNATIONAL))
    text = fill(r, r.choice(_INTERNATIONAL[country]).replace("(0)", ""))
    made = "+" + "".join(c for c in text if c.isdigit())
    return Made(made, (made,))


def _national(r: Random) -> Made:
    country = r.choice(list(_NATIONAL))
    made = fill(r, r.choice(_NATIONAL[country]))
    return Made(made, (made,))


def _bare(r: Random) -> str:
    return r.choice(
        [
            draw(r, "23456789", 3) + draw(r, "2345678", 3) + draw(r, DIGITS, 4),
            "0171" + draw(r, DIGITS, 7),
        ]
    )


PHONES: dict[str, Callable[[Random], str | Made]] = {
    "phone_spaced": _international,
    "phone_e164": _compact,
    "phone_national": _national,
    "phone_bare": _bare,
}
"""Each telephone slot: with +, compact, national (needs a word beside it), digits under a key."""
