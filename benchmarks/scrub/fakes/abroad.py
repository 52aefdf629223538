"""Telephone numbers as people of 25 countries write them at home, with the words around them.

`#` is any digit, `N` is 2 to 9. Source: ITU-T E.164 and the national numbering plans.
"""

from collections.abc import Callable
from random import Random

from benchmarks.scrub.fakes.dice import Made
from benchmarks.scrub.fakes.phones import fill

__all__ = ["ABROAD"]

_AT_HOME: dict[str, tuple[str, str]] = {
    "us": (
        "(N##) N##-####|N##-N##-####|N##.N##.####|1-N##-N##-####|+1 (N##) N##.####|(N##)N##-####",
        "call me at {}|my cell is {}|cell: {}|Phone: {}|Tel. {}|fax {}|text {} instead|ph. {}",
    ),
    "gb": (
        "020 7### ####|07### ######|07### ### ###|(0161) 496 ####|0114 N## ####|+44 (0) 7########",
        "ring me on {}|mobile {}|Tel: {}|my number's {}|landline {}",
    ),
    "de": (
        "030 / N#######|0171-#######|0151 ########|(089) N######|0049 171 #######|0221/N#####-##",
        "Tel.: {}|Rückruf bitte unter {}|Handy {}|Telefon: {}|Mobil: {}|Fax {}",
    ),
    "fr": (
        "06 ## ## ## ##|06.##.##.##.##|01 N# ## ## ##|06########|07-##-##-##-##",
        "Tél. : {}|mon portable : {}|joignable au {}|téléphone {}|appelez-moi au {}",
    ),
    "es": (
        "6## ## ## ##|6## ### ###|91 N## ## ##|+34 6########",
        "Tel. {}|móvil {}|llámame al {}|teléfono: {}",
    ),
    "it": (
        "33# ### ####|06 #### ####|347 #######|+39 3## ### ####",
        "Tel. {}|cellulare {}|il mio numero è {}|telefono: {}",
    ),
    "nl": (
        "06-########|06 ## ## ## ##|020-### ####|+31 (0)6 ########",
        "bel me op {}|mobiel {}|Telefoon: {}|tel. {}",
    ),
    "be": ("047#/##.##.##|047# ## ## ##|02 N## ## ##", "GSM {}|tel. {}|bel naar {}"),
    "ch": ("079 N## ## ##|044 N## ## ##|+41 (0)79 N## ## ##", "Tel. {}|Natel {}|Mobile {}"),
    "at": ("0664 #######|0676/N######|01 N######", "Tel. {}|Handynummer {}|Telefon {}"),
    "se": ("070-N## ## ##|08-N## ### ##|073-N######", "Tel: {}|mobil {}|ring mig på {}"),
    "no": ("9## ## ###|4## ## ###|22 N# ## ##", "Tlf. {}|mobil {}|telefon: {}"),
    "dk": ("N# ## ## ##|N### ####", "Tlf. {}|mobil {}|ring til {}"),
    "fi": ("040 N######|050 N## ####|09 N## ####", "puh. {}|puhelin: {}|soita {}"),
    "pl": ("50# ### ###|60#-###-###|22 N## ## ##", "tel. {}|telefon: {}|kom. {}|zadzwoń: {}"),
    "pt": ("91# ### ###|21# ### ###", "telemóvel {}|Tel. {}|telefone: {}"),
    "ie": ("085 N## ####|(01) N## ####", "mobile {}|phone me on {}"),
    "cz": ("60# ### ###|77# ### ###", "tel. {}|telefon {}|mobil: {}"),
    "tr": ("053# ### ## ##|0 (53#) ### ## ##", "tel: {}|cep telefonu {}|telefon: {}"),
    "br": (
        "(11) 9####-####|(21) 9####-####|11 9####-####",
        "telefone {}|celular: {}|WhatsApp {}|ligue para {}",
    ),
    "mx": ("55 #### ####|(33) #### ####", "teléfono {}|celular {}|llame al {}"),
    "in": (
        "098########|98### #####|+91 98###-#####|022-N### ####",
        "mobile no. {}|phone {}|contact {}",
    ),
    "jp": ("090-####-####|03-####-####|080 #### ####", "電話 {}|携帯: {}|TEL {}"),
    "kr": ("010-####-####|02-N##-####", "전화 {}|휴대폰 {}|Tel {}"),
    "au": ("04## ### ###|(02) 9### ####|(03) 9### ####", "mobile {}|call {}|phone: {}"),
    "cn": ("138 #### ####|139########|010-N#######", "手机 {}|电话: {}|Tel {}"),
    "ru": ("8 (9##) ###-##-##|+7 9## ###-##-##|8-9##-###-##-##", "тел. {}|телефон: {}|моб. {}"),
    "za": ("082 ### ####|(011) N## ####", "cell {}|phone {}"),
    "il": ("052-###-####|03-N##-####", "טלפון {}|phone: {}"),
}  # fmt: skip
_KEYS = (
    "phone phoneNumber phone_number mobile mobilePhone cell cellphone tel telephone fax "
    "contact_phone home_phone workPhone msisdn caller callee whatsapp sms_to customer_phone "
    "phone1 PhoneNo"
).split()


def _number(r: Random) -> tuple[str, str]:
    country = r.choice(list(_AT_HOME))
    shapes, words = _AT_HOME[country]
    return fill(r, r.choice(shapes.split("|"))), r.choice(words.split("|"))


def _said(r: Random) -> Made:
    number, words = _number(r)
    return Made(words.format(number), (number,), "phone_at_home")


def _pair(frame: str) -> Callable[[Random], Made]:
    def make(r: Random) -> Made:
        number, _ = _number(r)
        return Made(frame.format(r.choice(_KEYS), number), (number,), "phone_at_home")

    return make


ABROAD: dict[str, Callable[[Random], str | Made]] = {
    "phone_said": _said,
    "phone_pair": _pair('{}="{}"'),
    "phone_json": _pair('"{}":"{}"'),
    "phone_yaml": _pair("{}: {}"),
}
"""A number in its national spelling, after a word or a key of its country."""
