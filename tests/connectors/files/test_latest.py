"""However rows are spread over files, and however often they come, they say the same once."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.files.attendance import AttendanceFile

HEADER = "Learner ID,Course code,Session ID,Attendance,Grade"
LINES = [
    f"L{n % 4},C{n % 3},S{n},{mark},{grade}"
    for n, (mark, grade) in enumerate(
        [("present", "17/20"), ("absent", ""), ("what", ""), ("excused", "-"), ("", "Merit")] * 2
    )
]


def told(watch, files):
    with tempfile.TemporaryDirectory() as path:
        folder = watch(Path(path))
        for number, lines in enumerate(files):
            folder.drop(f"{number}.csv", "\n".join([HEADER, *lines]))
        return {
            (stream, record.key, getattr(record, "status", None), getattr(record, "code", None))
            for stream in (stream.name for stream in AttendanceFile.streams)
            for record in folder.records(stream)
        }


@settings(max_examples=40, deadline=None)
@given(st.permutations(LINES), st.lists(st.sampled_from(LINES)), st.integers(1, len(LINES)))
def test_the_same_rows_in_any_order_in_any_files_any_number_of_times_say_the_same(
    watch, lines, again, size
):
    spread = [*lines, *again]
    files = [spread[start : start + size] for start in range(0, len(spread), size)]
    assert told(watch, files) == told(watch, [LINES])
