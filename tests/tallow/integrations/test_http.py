"""Whose address a request has: the socket's, unless a proxy of ours says otherwise."""

import dataclasses

import pytest

from tallow import settings
from tallow.exceptions import SettingError
from tallow.integrations.http import client_address, visitor_of


def scope_of(peer: str | None) -> dict[str, object]:
    return {"type": "http", "client": None if peer is None else (peer, 4711)}


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        pytest.param("198.51.100.9", "192.0.2.1", "198.51.100.9", id="a stranger is not believed"),
        pytest.param("10.0.0.1", "192.0.2.1", "192.0.2.1", id="a proxy is"),
        pytest.param("10.0.0.1", "192.0.2.1, 10.0.0.2", "192.0.2.1", id="two proxies are"),
        pytest.param("10.0.0.1", "6.6.6.6, 192.0.2.1", "192.0.2.1", id="the nearest stranger"),
        pytest.param("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3", id="all are proxies"),
        pytest.param("10.0.0.1", "192.0.2.1:5000", "192.0.2.1", id="with a port"),
        pytest.param("10.0.0.1", "[2001:db8::1]:5000", "2001:db8::1", id="in brackets"),
        pytest.param("10.0.0.1", "192.0.2.1, unknown", "10.0.0.1", id="a hop that is none"),
        pytest.param("10.0.0.1", "", "10.0.0.1", id="a proxy that says nothing"),
        pytest.param("testclient", "192.0.2.1", "testclient", id="a peer without address"),
        pytest.param(None, "192.0.2.1", "", id="no peer at all"),
    ],
)
def test_an_address_is_believed_as_far_as_proxies_are_ours(
    chosen: settings.Settings, peer: str | None, forwarded: str, expected: str
) -> None:
    settings.use(dataclasses.replace(chosen, trusted_proxies=("10.0.0.0/8", "no network")))

    assert client_address(scope_of(peer), {b"x-forwarded-for": forwarded.encode()}) == expected


def test_who_declines_is_not_even_looked_at() -> None:
    headers = {b"sec-gpc": b"1", b"user-agent": b"Mozilla/5.0"}

    visitor = visitor_of(scope_of("192.0.2.1"), headers)

    assert (visitor.declines, visitor.address, visitor.user_agent) == (True, "", "")


@pytest.mark.parametrize("said", ["10.0.0.0/8,proxy.example", "10.0.0.0/99", "everyone"])
def test_a_proxy_that_is_no_network_is_a_setting_that_is_wrong(said: str) -> None:
    with pytest.raises(SettingError) as caught:
        settings.read({"TALLOW_TRUSTED_PROXIES": said})

    assert str(caught.value) == (
        "TALLOW_TRUSTED_PROXIES has an entry that is no network; expected for example 10.0.0.0/8"
    )
