"""What is secret in a value: of cookies, an Authorization header, a signature, any other field."""

import re

from .ends import LONGEST_VALUE, Spans, scope_of, value_end
from .fields import FieldNames, KeyClass, is_placeholder, suits

__all__ = ["Secrets"]

_SCHEME = re.compile(
    r"(?:Bearer|Basic|Digest|Token|Negotiate|NTLM|ApiKey|Api-Key|Key|JWT|OAuth|MAC|Hawk|HMAC"
    r"|Signature|SharedKey|SharedAccessSignature|DPoP|GoogleLogin|Bot|AWS|Splunk|GenieKey"
    r"|AWS4-HMAC-SHA256|PRIVATE-TOKEN|ExternalAccount|Client)[ \t]+",
    re.IGNORECASE,
)
_OWN_SCHEME = re.compile(
    r"(?:[A-Z][a-z]{1,15}|[A-Z]{2,12}|[a-z]{2,16})"
    r"(?:-(?:[A-Z][a-z]{1,15}|[A-Z]{2,12}[0-9]{0,3}|[a-z]{2,16}|[0-9]{1,3})){0,4}[ \t]+"
)
"""A scheme of a service's own: `Klaviyo-API-Key pk_…`."""

_PARAMETER = re.compile(
    r"([A-Za-z_-]{1,40})=(?:\\{0,4}\"([^\"\r\n]{0,1000}?)\\{0,4}\"|([^\s,\"'&]{1,1000}))"
    r"([,;& ][ \t]{0,3})?"
)
_WORDY = re.compile(
    r"(?:[A-Z]?[a-z]{2,}|[A-Z]{2,4})(?:(?:%[0-9A-Fa-f]{2}|[_/.,:+|-])(?:[A-Z]?[a-z]{2,}|[A-Z]{2,4}))*"
)
_MEASURE = re.compile(
    r"1[0-9]{9}(?:[0-9]{3})?|[0-9]{2,5}[xX][0-9]{2,5}|v?[0-9]{1,3}(?:[.][0-9]{1,4}){1,2}"
)
_MESSAGE_ID = re.compile(r"(?:CA|CF|IM|MG|MM|PN|RE|SM)[0-9a-f]{32}")
"""What Twilio calls its calls and messages, as in `MessageSid=SM…`."""

_SIGNED = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,15}=(?=[^=])")
_SIGNATURE = re.compile(r"([^,;&\s\"']{1,2000})(?:[,;&][ ]?)?")
_VALUE_IN_QUOTES = re.compile(r"[\"'][A-Za-z0-9\[<{$*]")
_PROOFS = frozenset(("response", "mac", "signature", "credential", "oauth_signature", "cnonce"))
_COOKIE = re.compile(r"([!#$%&*+.:^_`|~0-9A-Za-z-]{1,80})=([^;\s,\"']{0,1000})(;[ \t]{0,3})?")
_ATTRIBUTES = frozenset((
    "path", "domain", "expires", "maxage", "samesite", "secure", "httponly", "priority",
    "partitioned", "version", "comment",
))  # fmt: skip
_CHOICES = frozenset((
    "lang", "language", "locale", "tz", "timezone", "theme", "currency", "country", "consent",
    "layout", "colormode", "colorscheme", "darkmode", "fontsize", "viewport", "resolution",
))  # fmt: skip
"""Cookies, without joints, that say what somebody likes to see."""
_LEAST_TOKEN = 16


class Secrets:
    """Finds what is secret in the value of a field whose class is known. Any thread may use it."""

    def __init__(self, names: FieldNames, safe_values: frozenset[str]) -> None:
        self._names = names
        self._safe = safe_values

    def within(self, entry: KeyClass, text: str, start: int, end: int) -> Spans:
        """Return what is secret in the value `text[start:end]` of a field of class `entry`."""
        if entry.values == "cookie":
            return self._cookies(entry, text, start, end)
        if entry.values == "auth":
            return self._authorization(entry, text, start, end)
        if entry.id == "field-signature" and _SIGNED.match(text, start, end):
            return self._signatures(entry, text, start, end)
        if entry.id == "field-session" and _MESSAGE_ID.fullmatch(text, start, end):
            return []
        end = scope_of(text, start, end)
        value = text[start:end].strip()
        if not suits(entry.values, value, self._safe):
            return []
        return [(start, end, entry)]

    def _authorization(self, entry: KeyClass, text: str, start: int, end: int) -> Spans:
        scheme = _SCHEME.match(text, start, end) or self._own_scheme(text, start, end)
        begin = scheme.end() if scheme else start
        if scheme and _is_cut(text, end):
            end = min(len(text), start + LONGEST_VALUE)
        if scheme and _PARAMETER.match(text, begin, end):
            return self._parameters(entry, text, begin, end)
        finish = min(value_end(text, begin, "mixed", self._safe), end)
        shape = "any" if scheme else "mixed"
        if not suits(shape, text[begin:finish], self._safe):
            return []
        return [(begin, finish, entry)]

    def _own_scheme(self, text: str, start: int, end: int) -> re.Match[str] | None:
        """Return the word before what looks like a token."""
        word = _OWN_SCHEME.match(text, start, end)
        if word is None:
            return None
        finish = min(value_end(text, word.end(), "mixed", self._safe), end)
        value = text[word.end() : finish]
        is_long = len(value) >= _LEAST_TOKEN and "=" not in value.rstrip("=")
        is_token = is_long and suits("mixed", value, self._safe)
        return word if is_token or is_placeholder(value) else None

    def _parameters(self, entry: KeyClass, text: str, start: int, end: int) -> Spans:
        """Take the telling ones of `name="value", name=value …`; if none is, all."""
        spans: Spans = []
        place = start
        is_done = False
        while parameter := _PARAMETER.match(text, place, end):
            name, group = parameter.group(1), 2 if parameter.group(2) is not None else 3
            begin, finish = parameter.start(group), scope_of(text, *parameter.span(group))
            value = text[begin:finish]
            named = self._names.classify(name)
            is_proof = name.lower() in _PROOFS
            if is_placeholder(value) or (not value and (is_proof or named)):
                is_done = True
            elif is_proof or (named and suits(named.values, value, self._safe)):
                spans.append((begin, finish, entry))
            place = parameter.end()
            if not parameter.group(4):
                break
        return spans if spans or is_done else [(start, place, entry)]

    def _signatures(self, entry: KeyClass, text: str, start: int, end: int) -> Spans:
        """Take the values of `t=1741944413,v1=…`, but times; of what is no such list, all."""
        spans: Spans = []
        place = start
        while named := _SIGNED.match(text, place, end):
            value = _SIGNATURE.match(text, named.end(), end)
            if value is None:
                break
            place = value.end()
            is_time = _MEASURE.fullmatch(value[1]) is not None
            if not is_time and suits("mixed", value[1], self._safe):
                spans.append((*value.span(1), entry))
        if place == end:
            return spans
        return [(start, end, entry)] if suits("mixed", text[start:end].strip(), self._safe) else []

    def _cookies(self, entry: KeyClass, text: str, start: int, end: int) -> Spans:
        spans: Spans = []
        place = start
        while pair := _COOKIE.match(text, place, end):
            name, value = pair.group(1), pair.group(2)
            named = self._names.classify(name)
            shape = named.values if named and named.values not in ("cookie", "auth") else "mixed"
            if not _is_choice(name, value, named) and suits(shape, value, self._safe):
                spans.append((*pair.span(2), entry))
            place = pair.end()
            if not pair.group(3):
                break
        if place == start:  # not a pair at all: a bare session id, or nothing
            finish = min(end, value_end(text, start, "mixed", self._safe))
            if suits("mixed", text[start:finish], self._safe):
                spans.append((start, finish, entry))
        return spans


def _is_cut(text: str, end: int) -> bool:
    """Say whether the quote at `end` opens a parameter: `Digest username="ann"`, in quotes."""
    return text[end - 1 : end] == "=" and _VALUE_IN_QUOTES.match(text, end) is not None


def _is_choice(name: str, value: str, named: KeyClass | None) -> bool:
    """Say whether a cookie, or an attribute of it, tells nobody apart."""
    plain = name.replace("-", "").replace("_", "").lower()
    if plain in _ATTRIBUTES:
        return True
    return named is None and (
        plain in _CHOICES
        or _WORDY.fullmatch(value) is not None
        or _MEASURE.fullmatch(value) is not None
    )
