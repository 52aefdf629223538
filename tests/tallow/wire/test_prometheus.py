"""The text format and OpenMetrics, both directions, beside prometheus_client's own parsers."""

import contextlib
import math
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families as theirs_open
from prometheus_client.parser import text_string_to_metric_families as theirs_text

from tallow.exceptions import WireError
from tallow.wire.prometheus import Exemplar, MetricFamily, Sample, parse, render

TEXT_PAGE = r"""# HELP http_requests_total The total number of "HTTP"\\ requests.\nTwo lines.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000
http_requests_total{method="post",code="400",}    3 1395066363000

# a comment, and a line of labels that need care
msdos_file_access_time_seconds{path="C:\\DIR\\FILE.TXT",error="Cannot find file:\n\"FILE.TXT\""} 1.458255915e9
metric_without_timestamp_and_labels 12.47
something_weird{problem="division by zero"} +Inf -3982045
brace{said="a } and a # here"} -Inf
# TYPE rpc_seconds summary
rpc_seconds{quantile="0.5"} NaN
rpc_seconds_sum 1.7560473e+07
rpc_seconds_count 2693
# TYPE took_seconds histogram
took_seconds_bucket{le="0.1"} 1
took_seconds_bucket{le="+Inf"} 2
took_seconds_sum 5.0
took_seconds_count 2
"""  # noqa: E501


def flat(families: object) -> list[tuple[object, ...]]:
    """Return samples so that ours and theirs can be compared, NaN equal to itself."""
    return [
        (sample.name, tuple(sorted(sample.labels.items())), repr(float(sample.value)))
        for family in families
        for sample in family.samples
    ]


def test_a_text_page_is_read_as_prometheus_client_reads_it() -> None:
    ours = parse(TEXT_PAGE)

    assert flat(ours) == flat(theirs_text(TEXT_PAGE))
    assert [(one.name, one.type) for one in ours] == [
        ("http_requests_total", "counter"),
        ("msdos_file_access_time_seconds", "unknown"),
        ("metric_without_timestamp_and_labels", "unknown"),
        ("something_weird", "unknown"),
        ("brace", "unknown"),
        ("rpc_seconds", "summary"),
        ("took_seconds", "histogram"),
    ]
    assert ours[0].help == 'The total number of "HTTP"\\ requests.\nTwo lines.'
    assert ours[0].samples[0].timestamp_s == 1395066363.0


def test_an_openmetrics_page_is_read_with_units_and_exemplars() -> None:
    page = (
        "# HELP took_seconds Took.\n# TYPE took_seconds histogram\n# UNIT took_seconds seconds\n"
        'took_seconds_bucket{le="1.0"} 3 # {trace_id="ab"} 0.5 1520879607.789\n'
        'took_seconds_bucket{le="+Inf"} 3\ntook_seconds_count 3\ntook_seconds_sum 1.5\n'
        "# TYPE sent counter\nsent_total 5 1520879607.789\n"
        "sent_created 1520430000.123 1520879607.789\n# EOF\n"
    )

    took, sent = parse(page)

    assert (took.unit, sent.name) == ("seconds", "sent_total")
    assert took.samples[0].exemplar == Exemplar({"trace_id": "ab"}, 0.5, 1520879607.789)
    assert sent.samples[0].timestamp_s == 1520879607.789
    assert flat([took, sent]) == flat(theirs_open(page))


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("1abc 2", id="a name that begins with a digit"),
        pytest.param("abc1", id="a name without a value"),
        pytest.param("abc one", id="a value that is a word"),
        pytest.param("abc 0x10", id="a value in hexadecimal"),
        pytest.param("abc 1_000", id="a value with underscores"),
        pytest.param("abc 1 2 3", id="too many numbers"),
        pytest.param("abc 1 NaN", id="a time that is none"),
        pytest.param('abc{a="1" 2', id="labels that never end"),
        pytest.param('abc{a="1"b="2"} 2', id="labels without a comma"),
        pytest.param("abc{a=1} 2", id="a label without quotes"),
        pytest.param('abc{1a="1"} 2', id="a label that begins with a digit"),
        pytest.param('abc{a="1",a="2"} 2', id="a label twice"),
        pytest.param("# TYPE abc sort", id="an unknown type"),
        pytest.param("abc 1\nabc 2", id="a series twice"),
        pytest.param("abc 1\n# TYPE abc gauge", id="a type after its samples"),
        pytest.param("# TYPE abc gauge\n# TYPE abc gauge", id="a type twice"),
        pytest.param('abc 1 # {trace_id="ab"} 1', id="an exemplar in the text format"),
    ],
)
def test_a_broken_text_page_is_refused_with_its_line(line: str) -> None:
    with pytest.raises(WireError, match=r"^metrics page, line \d+ .*; expected ") as caught:
        parse(f"fine 1\n{line}\n")

    assert "abc" not in str(caught.value)


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("abc 1\n", id="no end"),
        pytest.param("# EOF\nabc 1\n", id="something after the end"),
        pytest.param("abc 1\n\n# EOF\n", id="an empty line"),
        pytest.param("# a comment\n# EOF\n", id="a comment of no kind"),
        pytest.param(
            "# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\n# TYPE a gauge\n# EOF\n", id="back"
        ),
        pytest.param("# TYPE a untyped\n# EOF\n", id="a type of the other format"),
        pytest.param("# TYPE a gauge\n# UNIT a seconds\n# EOF\n", id="a unit that is not its"),
        pytest.param("# TYPE a counter\na_total -1\n# EOF\n", id="a count below nothing"),
        pytest.param("# TYPE a gauge\na 1 2\na 1 1\n# EOF\n", id="back in time"),
        pytest.param("# TYPE a gauge\na 1\n# HELP a Late.\n# EOF\n", id="help after samples"),
        pytest.param("# TYPE a gauge\na  1\n# EOF\n", id="two spaces"),
        pytest.param('# TYPE a gauge\na{b="1",} 1\n# EOF\n', id="a comma too many"),
        pytest.param('# TYPE a gauge\na 1 # {b="1"} 1\n# EOF\n', id="a gauge's exemplar"),
        pytest.param('# TYPE a summary\na{quantile="2"} 1\n# EOF\n', id="a quantile above one"),
        pytest.param("# TYPE a_total gauge\n# TYPE a counter\n# EOF\n", id="names that clash"),
        pytest.param(
            '# TYPE a histogram\na_bucket{le="1"} 2\na_bucket{le="+Inf"} 1\n# EOF\n',
            id="buckets that go down",
        ),
        pytest.param(
            '# TYPE a histogram\na_bucket{le="+Inf"} 1\na_count 2\na_sum 1\n# EOF\n',
            id="a histogram that does not add up",
        ),
        pytest.param(
            '# TYPE a gauge\na{b="1"} 1 1\na{b="2"} 1 1\na{b="1"} 1 2\n# EOF\n', id="mixed groups"
        ),
        pytest.param(
            '# TYPE a counter\na_total 1 # {t="' + "x" * 130 + '"} 1\n# EOF\n', id="a long exemplar"
        ),
    ],
)
def test_a_broken_openmetrics_page_is_refused(page: str) -> None:
    with pytest.raises(WireError):
        parse(page, is_openmetrics=True)


def test_bytes_that_are_not_utf_8_are_refused() -> None:
    with pytest.raises(WireError, match="is not UTF-8"):
        parse(b"abc \xff\n")


NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}x", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
LABELS = st.dictionaries(NAMES, TEXTS, max_size=3)
COUNTS = st.floats(min_value=0, allow_nan=False)
VALUES = st.floats(allow_nan=False) | st.just(math.inf)


@st.composite
def families(draw: st.DrawFn) -> list[MetricFamily]:
    made = []
    for name in draw(st.lists(NAMES, unique=True, max_size=4)):
        kind = draw(st.sampled_from(["gauge", "counter", "unknown"]))
        full = f"{name}_total" if kind == "counter" else name
        labels = draw(st.lists(LABELS, max_size=3, unique_by=lambda one: str(sorted(one.items()))))
        stamp = draw(st.none() | st.integers(0, 2**31).map(float))
        values = VALUES if kind != "counter" else COUNTS
        samples = tuple(Sample(full, one, draw(values), stamp) for one in labels)
        text = draw(TEXTS).replace("\r", "").strip()
        made.append(MetricFamily(full, kind, text, "", samples))
    return made


@settings(deadline=None)
@given(families())
def test_what_is_written_is_read_back_in_both_formats(made: list[MetricFamily]) -> None:
    assert parse(render(made)) == made
    assert parse(render(made, is_openmetrics=True)) == made


@settings(deadline=None, max_examples=50)
@given(families())
def test_prometheus_client_reads_what_is_written(made: list[MetricFamily]) -> None:
    odd = {"\r", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"}
    text = render(made)
    if not odd & set(text):  # their readers end a line at more than a line end
        assert flat(theirs_text(text)) == flat(made)


@settings(deadline=None)
@given(st.text(alphabet='ab{}"=,# \n\\1.NaNTYPEHELPEOF', max_size=80), st.booleans())
def test_any_text_is_read_or_refused_but_never_breaks(text: str, is_open: bool) -> None:
    with contextlib.suppress(WireError):
        assert isinstance(parse(text, is_openmetrics=is_open), list)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("a" + " " * 100_000 + "{", id="room"),
        pytest.param('a{b="' + "\\" * 100_000, id="back slashes"),
        pytest.param("a{" + '""' * 50_000, id="quotes"),
        pytest.param("a" * 100_000 + "!", id="a long name"),
        pytest.param('a{b="1"} 1 # ' + "{" * 50_000, id="an exemplar that never begins"),
    ],
)
def test_a_hostile_line_takes_no_longer_than_its_length(line: str) -> None:
    began_s = time.perf_counter()

    with pytest.raises(WireError):
        parse(line)

    assert time.perf_counter() - began_s < 0.5
