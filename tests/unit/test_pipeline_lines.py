"""JSON Lines of articles: what is taken, and how bad lines are named."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirewatch.pipeline.lines import KEYS, BadLine, Line, read_lines, to_line


def read(path):
    complaints = []
    return [
        line for line, _ in read_lines(path, complain=complaints.append, remark=complaints.append)
    ], complaints


def test_a_bad_line_is_named_by_number_and_the_rest_is_read(tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_bytes(
        b'{"id": "1", "title": "a"}\n{oops\n\n[1]\n{"id": "2", "title": "\xff"}\n{"id": 3, "title": "b"}\n'
    )
    lines, complaints = read(path)
    assert [line.id for line in lines] == ["1", "3"]
    assert [c.split(": ")[0] for c in complaints] == [f"{path}:{n}" for n in (2, 4, 5)]


def test_an_unknown_key_is_ignored_with_one_warning(tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_text('{"id": "1", "title": "a", "mood": 1}\n' * 3)
    lines, complaints = read(path)
    assert len(lines) == 3
    assert len(complaints) == 1
    assert "mood" in complaints[0]


def test_gzip_is_read_by_its_name(tmp_path):
    path = tmp_path / "in.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"id": "1", "title": "a"}\n'))
    assert read(path) == ([Line(id="1", title="a")], [])


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        ("2026-03-09T12:00:00Z", datetime(2026, 3, 9, 12, tzinfo=UTC)),
        ("2026-03-09T12:00:00+03:00", datetime(2026, 3, 9, 9, tzinfo=UTC)),
        ("2026-03-09", datetime(2026, 3, 9, tzinfo=UTC)),
        (None, None),
    ],
)
def test_times_are_read_as_utc(published, expected):
    assert to_line({"id": "1", "title": "t", "published": published}).published == expected


@given(
    st.dictionaries(
        st.sampled_from(sorted(KEYS)),
        st.none() | st.text() | st.integers() | st.booleans() | st.lists(st.text()),
    )
)
def test_any_object_is_a_line_or_says_why_not(record):
    record = json.loads(json.dumps(record))
    try:
        line = to_line(record)
    except BadLine:
        return
    assert line.id
