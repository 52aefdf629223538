"""Every choice is read once, from the place that beats the others, or refused by its name."""

from pathlib import Path

import pytest

from tallow.exceptions import SettingError
from tallow.settings import Settings, read

DSN = "https://0123456789abcdef@errors.example.org/7"


def test_a_keyword_beats_our_variable_which_beats_the_usual_name() -> None:
    usual = {"SENTRY_DSN": DSN}
    ours = {**usual, "TALLOW_SENTRY_DSN": DSN.replace("7", "8")}

    assert read(usual).sentry_dsn == DSN
    assert read(ours).sentry_dsn.endswith("/8")
    assert read(ours, sentry_dsn=DSN.replace("7", "9")).sentry_dsn.endswith("/9")


@pytest.mark.parametrize(
    ("variable", "field"),
    [
        ("SENTRY_DSN", "sentry_dsn"),
        ("PLAUSIBLE_DOMAIN", "plausible_domain"),
        ("LOKI_URL", "loki_url"),
        ("METRICS_TOKEN", "metrics_token"),
        ("HEALTH_CHECK_TOKEN", "health_check_token"),
    ],
)
def test_names_people_already_have_are_taken(variable: str, field: str) -> None:
    said = DSN if variable == "SENTRY_DSN" else "http://there.example.org"

    assert getattr(read({variable: said}), field) == said


def test_an_empty_variable_is_as_none() -> None:
    assert read({"SENTRY_DSN": "", "TALLOW_LOG_LEVEL": ""}) == read({})


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        pytest.param({"SENTRY_DSN": "x"}, "SENTRY_DSN is not an address", id="no address"),
        pytest.param(
            {"TALLOW_SENTRY_DSN": "https://k@h/"},
            "TALLOW_SENTRY_DSN has no project; expected https://KEY@HOST/PROJECT",
            id="no project",
        ),
        pytest.param({"SENTRY_DSN": "https://h/1"}, "SENTRY_DSN has no key", id="no key"),
        pytest.param({"LOKI_URL": "ftp://h"}, "LOKI_URL is not an address", id="another scheme"),
        pytest.param({"LOKI_URL": "http://h:many"}, "LOKI_URL is not an address", id="a bad port"),
        pytest.param(
            {"PLAUSIBLE_HOST": "http://h"}, "TALLOW_PLAUSIBLE_DOMAIN is missing", id="one of two"
        ),
        pytest.param(
            {"TALLOW_LOG_LEVEL": "loud"}, "TALLOW_LOG_LEVEL is none of its choices", id="a choice"
        ),
        pytest.param(
            {"TALLOW_RESPECT_DNT": "maybe"}, "TALLOW_RESPECT_DNT is neither", id="a truth"
        ),
        pytest.param(
            {"TALLOW_JOURNAL_MAX_BYTES": "-1"}, "TALLOW_JOURNAL_MAX_BYTES is not", id="a size"
        ),
        pytest.param(
            {"TALLOW_FLUSH_INTERVAL_S": "inf"},
            "TALLOW_FLUSH_INTERVAL_S is out of range",
            id="a time",
        ),
        pytest.param(
            {"TALLOW_ERROR_SAMPLE_RATIO": "2"}, "TALLOW_ERROR_SAMPLE_RATIO is out", id="a share"
        ),
        pytest.param({"TALLOW_HASH_KEY": "brief-key"}, "TALLOW_HASH_KEY is too short", id="a key"),
        pytest.param(
            {"TALLOW_TRUSTED_PROXIES": "10.0.0.0/8, ann"},
            "TALLOW_TRUSTED_PROXIES has an entry",
            id="a network",
        ),
    ],
)
def test_what_is_malformed_is_named_as_it_was_given(environment: dict[str, str], told: str) -> None:
    with pytest.raises(SettingError) as caught:
        read(environment)

    assert str(caught.value).startswith(told)
    assert "expected" in str(caught.value)
    assert not any(len(value) > 4 and value in str(caught.value) for value in environment.values())


def test_an_unknown_keyword_is_refused_with_what_there_is() -> None:
    with pytest.raises(SettingError, match=r"colour is not a setting; expected one of .*data_dir"):
        read({}, colour="red")


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Settings().service = "other"  # type: ignore[misc]


def test_the_data_folder_is_where_it_is_said(tmp_path: Path) -> None:
    assert read({"TALLOW_DATA_DIR": str(tmp_path)}).data_dir == tmp_path
    assert read({}).data_dir.name == "tallow"
