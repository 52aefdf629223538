"""Names, mail addresses, birthdays and streets of people who do not exist."""

from collections.abc import Callable
from random import Random

from benchmarks.scrub.fakes.dice import DIGITS, LOWER, LOWNUM, Made, draw

__all__ = ["FIRST", "LAST", "PEOPLE", "email", "username"]

FIRST = (
    "Anna Ben Carla Dmitri Elena Farid Greta Hassan Ines Jonas Katja Liam Marta Nils Olga Pedro "
    "Quentin Rosa Stefan Tara Umar Vera Wanda Xenia Yusuf Zoe Aoife Bjorn Chiara Deepak Emeka "
    "Fatima Gaspard Hiroshi Imani Jorge Kwame Lucia Mei Noor Oskar Priya Ravi Sigrid Tomasz"
).split()
LAST = (
    "Albrecht Baumann Castillo Dubois Eriksen Fontaine Gruber Hofmann Ivanova Jansen Kowalski "
    "Lindqvist Moretti Nakamura Okafor Petrov Quintana Rossi Schneider Takahashi Ueda Vermeulen "
    "Wagner Yilmaz Zimmermann Oyelaran Abernathy Bhattacharya Cavendish Delacroix Hallberg "
    "Ferreira Gonzalez Haugen Kaplan Lefevre Mbeki Novotny Ostrowski Papadakis Rasmussen Szabo"
).split()
_TOPS = (
    "com org net de fr es it nl io dev co.uk com.br co.jp pl se ch at app cloud email xyz".split()
)
_STEMS = (
    "mail post acme northwind bluefin orchard lumen kestrel brookfield sunrise papertrail "
    "meadow quartz harbour delta-co riverside mapleworks stonebridge fastnet inboxly"
).split()
_IDN_HOSTS = (
    "müller-gmbh.de bücher.example пример.рф 例え.jp उदाहरण.भारत españa.es smörgås.se "
    "παράδειγμα.ελ xn--mller-kva.de xn--bcher-kva.example δοκιμή.gr université-lyon.fr"
).split()
_IDN_LOCALS = "jörg renée zoë søren jürgen.groß françois iñaki łukasz дмитрий 太郎".split()
_STREETS = (
    "Lindenstraße|Hauptstraße|Gartenweg|Maple Street|Oak Avenue|Elm Road|Church Lane"
    "|Rue des Lilas|Avenue Victor Noir|Calle del Olmo|Via Garofano|Kerkstraat|Storgatan"
).split("|")
_TOWNS = "Springfield Tübingen Lyon Gent Malmö Porto Graz Leeds Dayton Valencia Bologna".split()


def _names(r: Random) -> tuple[str, str]:
    return r.choice(FIRST), r.choice(LAST)


def host(r: Random) -> str:
    """Return a plausible mail domain, sometimes with a label in front."""
    stem = r.choice(_STEMS) if r.random() < 0.6 else draw(r, LOWER, r.randint(4, 9))
    front = r.choice(["", "", "", "mail.", "corp.", "eu-1."])
    return f"{front}{stem}.{r.choice(_TOPS)}"


def local(r: Random) -> str:
    """Return the part before the at sign, in the habits people have."""
    first, last = (name.lower() for name in _names(r))
    number = r.randint(1, 2003)
    return r.choice(
        [
            f"{first}.{last}",
            f"{first}_{last}",
            f"{first[0]}{last}",
            f"{first}{number}",
            f"{first}-{last}{number % 100}",
            f"{last}.{first[0]}",
            f"{first}",
            f"{first[0]}.{last}",
            draw(r, LOWNUM, 7).replace("0", "k") + "x",
        ]
    )


def email(r: Random) -> str:
    """Return an ordinary ASCII mail address."""
    who = local(r)
    if r.random() < 0.08:
        who = who.title()
    return f"{who}@{host(r)}"


def _email_plus(r: Random) -> str:
    tag = r.choice(["news", "shop-2024", "test", "a.b", draw(r, LOWNUM, 5)])
    return f"{local(r)}+{tag}@{host(r)}"


def _email_idn(r: Random) -> str:
    where = r.choice(_IDN_HOSTS)
    who = r.choice(_IDN_LOCALS) if r.random() < 0.4 else local(r)
    return f"{who}@{where}"


def _email_odd(r: Random) -> str:
    # RFC 5321 atoms may hold far more than letters.
    who = r.choice(["o'{}", "{}!x", "{}#1", "_{}", "{}=list", "{}/dept", "{}~a", "{}$"])
    return f"{who.format(local(r))}@{host(r)}"


def username(r: Random) -> str:
    """Return a login name that is neither a word of the line nor a service account."""
    first, last = (name.lower() for name in _names(r))
    made = [
        f"{first[0]}{last}",
        f"{first}.{last}",
        f"{last}{r.randint(10, 99)}",
        f"{first}_{last[0]}",
    ]
    return r.choice(made)


def _full_name(r: Random) -> str:
    return " ".join(_names(r))


def _birthday(r: Random) -> str:
    year, month, day = r.randint(1938, 2007), r.randint(1, 12), r.randint(1, 28)
    return r.choice(
        [
            f"{year}-{month:02}-{day:02}",
            f"{day:02}.{month:02}.{year}",
            f"{month:02}/{day:02}/{year}",
        ]
    )


def _street(r: Random) -> str:
    number, street = r.randint(1, 180), r.choice(_STREETS)
    if street[0] in "MOECR" or street.startswith("Avenue"):
        return f"{number} {street}"
    return f"{street} {number}"


def _address(r: Random) -> Made:
    street = _street(r)
    return Made(f"{street}, {r.randint(10000, 98999)} {r.choice(_TOWNS)}", (street,))


def _passport(r: Random) -> str:
    return r.choice([f"C{draw(r, 'CFGHJKLMNPRTVWXYZ' + DIGITS, 7)}4", draw(r, DIGITS[1:], 9)])


PEOPLE: dict[str, Callable[[Random], str | Made]] = {
    "email": email,
    "email_plus": _email_plus,
    "email_idn": _email_idn,
    "email_odd": _email_odd,
    "username": username,
    "home_user": username,
    "full_name": _full_name,
    "first_name": lambda r: r.choice(FIRST),
    "last_name": lambda r: r.choice(LAST),
    "birthday": _birthday,
    "street": _street,
    "address": _address,
    "passport": _passport,
}
"""Each personal slot of a template and what fills it."""
