import pytest

from tallow.delivery.retry import judge, pause_s, retry_after_s


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        pytest.param(0, "again", id="no answer"),
        pytest.param(200, "arrived", id="ok"),
        pytest.param(204, "arrived", id="what Loki says"),
        pytest.param(301, "parked", id="a redirect is not followed"),
        pytest.param(400, "culprit", id="one of them is at fault"),
        pytest.param(401, "parked", id="a wrong key"),
        pytest.param(403, "parked", id="a key without rights"),
        pytest.param(404, "parked", id="a wrong address"),
        pytest.param(408, "again", id="too slow"),
        pytest.param(413, "smaller", id="too large"),
        pytest.param(422, "culprit", id="one of them cannot be processed"),
        pytest.param(429, "again", id="too many"),
        pytest.param(500, "again", id="broken over there"),
        pytest.param(503, "again", id="not now"),
    ],
)
def test_an_answer_says_what_becomes_of_the_records(status: int, verdict: str) -> None:
    assert judge(status) == verdict


def test_pauses_grow_to_a_minute_and_no_further() -> None:
    longest = [pause_s(attempt, lambda _low, high: high) for attempt in (1, 2, 3, 8, 20, 10_000)]

    assert longest == [0.5, 1.0, 2.0, 60.0, 60.0, 60.0]


@pytest.mark.parametrize(
    ("header", "wait_s"),
    [
        pytest.param("0", 0.0, id="at once"),
        pytest.param("12", 12.0, id="seconds"),
        pytest.param("99999", 300.0, id="longer than we are willing to wait"),
        pytest.param("Thu, 01 Jan 1970 00:01:40 GMT", 40.0, id="a date"),
        pytest.param("Thu, 01 Jan 1970 00:00:01 GMT", 0.0, id="a date that is past"),
    ],
)
def test_the_wait_asked_for_is_kept(header: str, wait_s: float) -> None:
    assert retry_after_s(header, now_s=60.0) == wait_s


def test_a_wait_that_is_none_is_an_error() -> None:
    with pytest.raises((TypeError, ValueError), match=r".+"):
        retry_after_s("soon", now_s=0.0)
