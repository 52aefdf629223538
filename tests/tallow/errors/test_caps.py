import pytest

from tallow.errors.caps import Caps, Suppressed


def _error(kind: type[Exception] = ValueError) -> Exception:
    try:
        raise kind("x")
    except Exception as error:
        return error


class _Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_one_error_in_a_loop_leaves_ten_times_and_is_counted() -> None:
    caps = Caps(now=_Clock())

    verdicts = [caps.decide(_error()) for _ in range(10_000)]

    assert sum(verdict.may_leave for verdict in verdicts) == 10
    assert caps.take_suppressed() == (Suppressed("ValueError", "capped", 9990, ""),)
    assert caps.take_suppressed() == ()


def test_another_minute_lets_another_one_leave() -> None:
    clock = _Clock()
    caps = Caps(now=clock)
    for _ in range(50):
        caps.decide(_error())

    clock.now_s = 60.0

    assert [caps.decide(_error()).may_leave for _ in range(3)] == [True, False, False]


def test_errors_of_other_kinds_are_not_held_back() -> None:
    caps = Caps(now=_Clock())
    for _ in range(50):
        caps.decide(_error())

    assert caps.decide(_error(KeyError)).may_leave


def test_all_kinds_together_are_held_to_a_hundred() -> None:
    caps = Caps(now=_Clock())
    kinds = [type(f"Kind{number}Error", (Exception,), {}) for number in range(150)]

    assert sum(caps.decide(_error(kind)).may_leave for kind in kinds) == 100


def test_a_flood_of_kinds_does_not_fill_the_memory() -> None:
    caps = Caps(now=_Clock())
    for number in range(3000):
        caps.decide(_error(type(f"Kind{number}Error", (Exception,), {})))

    assert len(caps._kinds) <= 1000


def test_a_capped_error_names_the_last_event_like_it() -> None:
    caps = Caps(now=_Clock())
    for _ in range(10):
        caps.left(caps.decide(_error()).key, "ab" * 16)

    assert caps.decide(_error()).event_id == "ab" * 16
    assert caps.take_suppressed()[0].event_id == "ab" * 16


@pytest.mark.parametrize(
    ("ratio", "chance", "may_leave"),
    [
        pytest.param(0.0, 0.0, False, id="none"),
        pytest.param(0.5, 0.4, True, id="half, and lucky"),
        pytest.param(0.5, 0.6, False, id="half, and unlucky"),
        pytest.param(1.0, 0.999, True, id="all"),
    ],
)
def test_a_share_is_sampled_and_the_rest_counted(
    ratio: float, chance: float, may_leave: bool
) -> None:
    caps = Caps(ratio, _Clock(), lambda: chance)

    assert caps.decide(_error()).may_leave is may_leave
    suppressed = caps.take_suppressed()
    assert [one.reason for one in suppressed] == ([] if may_leave else ["sample_rate"])


def test_an_error_that_was_never_raised_is_one_too() -> None:
    assert Caps(now=_Clock()).decide(ValueError()).may_leave
