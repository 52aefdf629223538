"""The HTTP routes and the signaling socket, as a client that does not behave may use them."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tallow_transfer.signaling import Limits
from tests.transfer.serving import Served, serving


@pytest_asyncio.fixture
async def http(server: Served) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as client:
        yield client


def socket(server: Served, room: str) -> connect:
    url = f"{server.url.replace('http', 'ws', 1)}/api/signal/{room}"
    return connect(url, compression=None, proxy=None)


async def join(client: ClientConnection, token: str) -> dict[str, Any]:
    await client.send(json.dumps({"type": "server.join", "token": token}))
    return dict(json.loads(await client.recv()))


async def opened(http: httpx.AsyncClient) -> dict[str, Any]:
    return dict((await http.post("/api/rooms")).json())


async def close_code(client: ClientConnection) -> int:
    with contextlib.suppress(ConnectionClosed):
        for _ in range(10):
            await asyncio.wait_for(client.recv(), 3)
    return client.close_code or 0


def report(room: dict[str, Any], **changes: object) -> dict[str, object]:
    return {
        "v": 1,
        "room": room["room"],
        "trace": "a" * 32,
        "client": "cli",
        "status": "success",
        "code": "",
        "method": "relay",
        "size_bytes": 1024,
        "duration_s": 0.5,
        "file_type": "image",
        "operations": [{"operation": "encrypt", "algorithm": "AES-256-GCM", "duration_s": 0.1}],
        **changes,
    }


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_a_room_is_given_with_all_its_sender_needs(http: httpx.AsyncClient) -> None:
    answer = await http.post("/api/rooms")

    assert answer.status_code == 201
    said = answer.json()
    assert said["nameplate"] == 1
    assert len(bytes.fromhex(said["room"])) == 16
    assert said["expires_in_s"] == 600


async def test_an_address_that_asks_too_often_is_told_when_to_come_back() -> None:
    async with (
        serving(Limits(rooms_per_minute=3)) as server,
        httpx.AsyncClient(base_url=server.url, trust_env=False) as client,
    ):
        answers = [await client.post("/api/rooms") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [201, 201, 201, 429]
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 21


async def test_a_full_server_says_so() -> None:
    async with (
        serving(Limits(most_rooms=1)) as server,
        httpx.AsyncClient(base_url=server.url, trust_env=False) as client,
    ):
        await client.post("/api/rooms")
        answer = await client.post("/api/rooms")

    assert answer.status_code == 503


async def test_a_seat_is_taken_and_the_other_side_announced(
    server: Served, http: httpx.AsyncClient
) -> None:
    room = await opened(http)
    theirs = (await http.post("/api/rooms/1/claim")).json()
    async with socket(server, room["room"]) as one, socket(server, room["room"]) as two:
        first = await join(one, room["token"])
        second = await join(two, theirs["token"])
        here = json.loads(await one.recv())
        await two.send("hello")
        await two.send(b"\x01frame")

        assert first == {"type": "server.joined", "role": "sender", "peer": False}
        assert second == {"type": "server.joined", "role": "receiver", "peer": True}
        assert here == {"type": "server.peer", "state": "here"}
        assert [await one.recv(), await one.recv()] == ["hello", b"\x01frame"]


@pytest.mark.parametrize(
    ("first", "code"),
    [
        pytest.param("{}", 4400, id="no join"),
        pytest.param("not JSON", 4400, id="no JSON"),
        pytest.param('{"type":"server.join"}', 4400, id="no token"),
        pytest.param('{"type":"server.join","token":7}', 4400, id="a token that is no text"),
        pytest.param('{"type":"server.join","token":"x"}', 4401, id="a wrong token"),
        pytest.param(b"\x01\x02", 4400, id="a frame first"),
    ],
)
async def test_who_does_not_join_properly_is_sent_away(
    server: Served, http: httpx.AsyncClient, first: str | bytes, code: int
) -> None:
    room = await opened(http)
    async with socket(server, room["room"]) as client:
        await client.send(first)

        assert await close_code(client) == code


async def test_an_unknown_room_is_said_to_be_unknown(server: Served) -> None:
    async with socket(server, "0" * 32) as client:
        await client.send('{"type":"server.join","token":"x"}')

        assert await close_code(client) == 4404


async def test_a_taken_seat_is_refused_while_its_owner_sits_there(
    server: Served, http: httpx.AsyncClient
) -> None:
    room = await opened(http)
    async with socket(server, room["room"]) as one, socket(server, room["room"]) as two:
        await join(one, room["token"])
        await two.send(json.dumps({"type": "server.join", "token": room["token"]}))

        assert await close_code(two) == 4403


@pytest.mark.parametrize(
    ("message", "code"),
    [
        pytest.param('{"type":"server.nonsense"}', 4400, id="an order nobody knows"),
        pytest.param("x" * 70_000, 4400, id="a text that is too long"),
        pytest.param('{"type":"server.burn"}', 4410, id="a burn"),
    ],
)
async def test_what_ends_a_room_ends_it_for_both(
    server: Served, http: httpx.AsyncClient, message: str, code: int
) -> None:
    room = await opened(http)
    theirs = (await http.post("/api/rooms/1/claim")).json()
    async with socket(server, room["room"]) as one, socket(server, room["room"]) as two:
        await join(one, room["token"])
        await join(two, theirs["token"])
        await one.send(message)

        assert await close_code(two) == code
        assert await close_code(one) == code
    assert len(server.service.rooms) == 0


async def test_a_peer_that_breaks_off_is_away_and_then_gone(
    server: Served, http: httpx.AsyncClient
) -> None:
    room = await opened(http)
    theirs = (await http.post("/api/rooms/1/claim")).json()
    async with socket(server, room["room"]) as one:
        await join(one, room["token"])
        async with socket(server, room["room"]) as two:
            await join(two, theirs["token"])
        said = [json.loads(await asyncio.wait_for(one.recv(), 3))["state"] for _ in range(3)]

    assert said == ["here", "away", "gone"]


async def test_a_peer_that_leaves_is_gone_at_once(server: Served, http: httpx.AsyncClient) -> None:
    room = await opened(http)
    theirs = (await http.post("/api/rooms/1/claim")).json()
    async with socket(server, room["room"]) as one, socket(server, room["room"]) as two:
        await join(one, room["token"])
        await join(two, theirs["token"])
        await two.send('{"type":"server.leave"}')
        said = [json.loads(await asyncio.wait_for(one.recv(), 3))["state"] for _ in range(2)]

    assert said == ["here", "gone"]


async def test_a_report_counts_once_for_each_side(http: httpx.AsyncClient) -> None:
    room = await opened(http)
    theirs = (await http.post("/api/rooms/1/claim")).json()
    answers = [
        await http.post("/api/report", json=report(room), headers=bearer(token))
        for token in (room["token"], theirs["token"], room["token"])
    ]

    assert [answer.status_code for answer in answers] == [204, 204, 409]


async def test_a_report_needs_the_token_of_a_seat(http: httpx.AsyncClient) -> None:
    room = await opened(http)

    answer = await http.post("/api/report", json=report(room), headers=bearer("x"))

    assert answer.status_code == 401


@pytest.mark.parametrize("header", ["DNT", "Sec-GPC"])
async def test_who_asks_not_to_be_counted_is_not(http: httpx.AsyncClient, header: str) -> None:
    room = await opened(http)
    headers = bearer(room["token"]) | {header: "1"}

    first = await http.post("/api/report", json=report(room), headers=headers)
    second = await http.post("/api/report", json=report(room), headers=headers)

    assert [first.status_code, second.status_code] == [204, 204]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"trace": "../../x"}, id="a trace that is no id"),
        pytest.param({"status": "great"}, id="a status nobody knows"),
        pytest.param({"method": "pigeon"}, id="a method nobody knows"),
        pytest.param({"client": "curl"}, id="a client nobody knows"),
        pytest.param({"file_type": "secret.pdf"}, id="a name as the class"),
        pytest.param({"size_bytes": -1}, id="a size below nothing"),
        pytest.param({"size_bytes": True}, id="a size that is a truth"),
        pytest.param({"duration_s": "1"}, id="a time that is a text"),
        pytest.param({"code": "Ann Example"}, id="a code that is a person"),
        pytest.param({"operations": None}, id="no operations"),
        pytest.param({"operations": [{}] * 17}, id="too many operations"),
        pytest.param({"operations": ["encrypt"]}, id="operations that are texts"),
    ],
)
async def test_a_report_that_makes_no_sense_is_refused_with_a_reason(
    http: httpx.AsyncClient, changes: dict[str, object]
) -> None:
    room = await opened(http)
    answer = await http.post(
        "/api/report", json=report(room, **changes), headers=bearer(room["token"])
    )

    assert answer.status_code == 400
    assert "expected" in answer.json()["error"]
    assert not any(str(value) in answer.text for value in changes.values() if len(str(value)) > 4)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b"{", 400),
        (b"\xff", 400),
        (b'{"v":' + b" " * 9000 + b"1}", 413),
    ],
    ids=["nothing", "a list", "half an object", "no UTF-8", "too long"],
)
async def test_a_body_that_is_no_report_is_refused(
    http: httpx.AsyncClient, body: bytes, status: int
) -> None:
    assert (await http.post("/api/report", content=body)).status_code == status


@pytest.mark.parametrize(
    "path",
    [
        "/api/rooms/x/claim",
        "/api/rooms/-1/claim",
        "/api/rooms/99/claim",
        f"/api/rooms/{'9' * 5000}/claim",
    ],
    ids=["no number", "below zero", "nobody's", "longer than Python reads"],
)
async def test_a_nameplate_that_is_none_is_not_found(http: httpx.AsyncClient, path: str) -> None:
    assert (await http.post(path)).status_code == 404


async def test_breaking_on_purpose_raises_for_real(http: httpx.AsyncClient) -> None:
    assert (await http.post("/api/break")).status_code == 500


async def test_production_breaks_nothing_on_purpose() -> None:
    async with (
        serving(Limits(), "production") as server,
        httpx.AsyncClient(base_url=server.url, trust_env=False) as client,
    ):
        assert (await client.post("/api/break")).status_code == 404
