"""Segments joined are the text; finished ones never change, and what is too much is left out in the middle."""

import re

from hypothesis import given
from hypothesis import strategies as st

from runstone.client.capture.outputs import LOST
from runstone.client.capture.segments import LAST, SEGMENT, Segments

Files = dict[int, bytes]

growth = st.lists(
    st.tuples(
        st.builds(
            lambda text, times: text * times, st.text("ab\nü█", max_size=8), st.sampled_from([1, 3, 8_000, 20_000])
        ),
        st.text("xy\nü", max_size=30),
    ),
    max_size=5,
)


def files_of(segments: Segments, files: Files) -> bytes:
    send(segments, files)
    return joined(files).encode()


def send(segments: Segments, files: Files) -> list[int]:
    sent = []
    for number, data in segments.unsent():
        files[number] = data
        sent.append(number)
    return sent


def joined(files: Files) -> str:
    return b"".join(files[number] for number in sorted(files)).decode()


@given(growth)
def test_segments_joined_are_the_text_at_every_moment(steps: list[tuple[str, str]]) -> None:
    segments, files = Segments(), Files()
    text = ""

    for settled, live in steps:
        text += settled
        segments.add(settled, live)
        send(segments, files)

        assert joined(files) == text + live
        assert sorted(files) == list(range(len(files)))
        assert all(len(data) <= SEGMENT for data in files.values())


@given(growth)
def test_finished_segments_are_sent_once(steps: list[tuple[str, str]]) -> None:
    segments, files = Segments(), Files()

    for settled, live in steps:
        before = dict(files)
        segments.add(settled, live)
        sent = send(segments, files)

        assert all(number >= len(before) - 1 for number in sent)
        assert [data for number, data in files.items() if number < len(before) - 1] == list(before.values())[:-1]


def test_nothing_is_sent_where_nothing_has_changed() -> None:
    segments, files = Segments(), Files()
    segments.add("a line\n", "50 %")

    first, second = send(segments, files), send(segments, files)
    segments.add("", "51 %")

    assert (first, second) == ([0], [])
    assert send(segments, files) == [0]


def test_what_could_not_be_sent_is_sent_again() -> None:
    segments, files = Segments(), Files()
    segments.add("a line\n" * 20_000, "")

    for _ in segments.unsent():
        break  # the store has refused it

    send(segments, files)
    assert joined(files) == "a line\n" * 20_000


def test_middle_of_too_much_is_left_out() -> None:
    segments, files = Segments(kept=100_000), Files()

    for n in range(100_000):
        segments.add(f"line {n}\n", f"{n} %")
    send(segments, files)

    text = joined(files)
    [note] = [line for line in text.split("\n") if line.startswith("[")]
    begin, _, end = text.partition(note + "\n")
    whole = "".join(f"line {n}\n" for n in range(100_000)) + "99999 %"
    assert note == f"[{len(whole) - len(begin) - len(end)} bytes of the console are left out here]"
    assert whole.startswith(begin)
    assert whole.endswith(end)
    assert 90_000 < len(begin) <= 100_000
    assert LAST - 8192 < len(end) <= LAST + len("99999 %")


def test_what_came_too_fast_is_counted_on_where_the_line_that_says_so_is_left_out() -> None:
    segments, files = Segments(kept=100), Files()
    lost = LOST.format(31_000_000)
    segments.add("x" * 99 + "\n", "")
    segments.add("a line\n" * 10 + lost, "")
    near = b"31000000 characters are left out" in files_of(segments, files)

    segments.add("a line\n" * 100_000, "")
    told = re.search(rb"\[(\d+) bytes", files_of(segments, files))

    assert near
    assert told is not None
    printed = 100 + 7 * 10 + len(lost) + 31_000_000 + 7 * 100_000
    note = b"[%b bytes of the console are left out here]\n" % told[1]
    assert int(told[1]) == printed - (len(joined(files)) - len(note))
