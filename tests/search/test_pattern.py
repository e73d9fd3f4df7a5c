"""Regular expressions: the same answers as the standard library's, in time that grows with the text alone."""

import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.search.pattern import MAX_STEPS, Pattern

_SINGLE = st.sampled_from(
    [
        "a",
        "b",
        "B",
        "1",
        "_",
        " ",
        ".",
        "[ab]",
        "[^a]",
        "[a-c1-3_]",
        r"[\d_]",
        r"[^\w]",
        r"\.",
        r"\-",
        "[]a]",
        "[a-]",
        r"\n",
    ]
)
_CLASS = st.sampled_from([r"\d", r"\w", r"\s", r"\D", r"\W", r"\S", "^", "$"])


def _grown(part: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    group = part.map(lambda inner: f"({inner})") | part.map(lambda inner: f"(?:{inner})")
    return st.one_of(
        st.lists(part, min_size=1, max_size=3).map("".join),
        st.lists(part, min_size=2, max_size=3).map("|".join),
        st.builds(
            lambda inner, times: inner + times,
            group,
            st.sampled_from(["*", "+", "?", "{2}", "{0,2}", "{1,}", "*?", "+?"]),
        ),
        group,
    )


EXPRESSIONS = st.recursive(_SINGLE | _CLASS, _grown, max_leaves=8)


@given(EXPRESSIONS, st.text("abcB123_. -\n", max_size=12), st.booleans())
def test_expression_is_found_where_the_standard_library_finds_it(
    expression: str, text: str, ignores_case: bool
) -> None:
    wanted = ("(?i)" if ignores_case else "") + expression
    # Here ^ and $ are the ends of the text, and a dot takes a line break.
    standard = re.compile(wanted.replace("$", r"\Z"), re.DOTALL)

    found = Pattern(wanted).matches(text)

    assert found is bool(standard.search(text))


@given(st.text(max_size=20) | st.text("()[]{}*+?|\\^$.,-:=!<i1a", max_size=12))
def test_any_text_is_read_or_refused(expression: str) -> None:
    reason = Pattern.why_not(expression)

    assert reason or Pattern(expression).matches("x") in {True, False}


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("(", "wanted ) here (character 2 of it)"),
        (")", "there is no ( for this ) (character 1 of it)"),
        ("[a", "wanted ] here"),
        ("[z-a]", "from a lower to a higher"),
        (r"[a-\d]", "from a lower to a higher"),
        ("[[:alpha:]]", "named classes are not offered"),
        ("*", "nothing for * to repeat"),
        ("a{", r"a plain brace is written \{"),
        ("a{2,1}", "counts upwards, to 100 at most"),
        ("a{101}", "counts upwards, to 100 at most"),
        ("a{1x}", "wanted } here"),
        ("a**", "a repetition is not repeated"),
        ("(?=a)", "only (?: ) is offered"),
        ("a(?i)", "only (?: ) is offered"),
        (r"(a)\1", r"\1 is not offered"),
        (r"\bword", r"\b is not offered"),
        ("\\", r"a lone \ ends it"),
        ("(" * 21 + ")" * 21, "at most 20 deep"),
        ("((a{100}){100}){100}", f"at most {MAX_STEPS} characters"),
    ],
)
def test_expression_that_cannot_be_done_is_refused_with_the_reason(expression: str, reason: str) -> None:
    found = Pattern.why_not(expression)

    assert reason in found


@pytest.mark.parametrize(
    "expression", ["(a+)+$", "(a|aa)+$", "(a|a)*b", "(.*.*.*)*x", "(a?){50}a{50}", "((){100}){100}"]
)
def test_expression_that_blows_up_elsewhere_costs_little(expression: str) -> None:
    pattern = Pattern(expression)
    text = "a" * 5000 + "!"
    before = time.process_time()

    pattern.matches(text)

    assert time.process_time() - before < 1


def test_automaton_with_more_states_than_are_kept_still_answers_right() -> None:
    pattern = Pattern("a.{14}b$")
    text = "".join("ab"[int(digit)] for digit in bin(3**9000)[2:])

    found = pattern.matches(text + "a" + "b" * 15)

    assert found


def test_automaton_that_met_more_characters_than_are_kept_still_answers_right() -> None:
    pattern = Pattern("([^x]y)+z$")
    text = "".join(f"{chr(0x3400 + number)}y" for number in range(20_000))

    assert pattern.matches(text + "z")
    assert not pattern.matches(text)


def test_pattern_may_be_used_by_several_threads_at_once() -> None:
    pattern = Pattern("a.{12}b$")
    text = "".join("ab"[int(digit)] for digit in bin(3**1300)[2:])
    texts = [text[start:] + end for start in range(10) for end in ("a" + "b" * 13, "b" * 13 + "a")]

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(pattern.matches, texts))

    assert found == [True, False] * 10


@pytest.mark.parametrize(("text", "matches"), [("Straße", True), ("STRASSE", False), ("ÉCOLE", True), ("école", True)])
def test_case_is_ignored_letter_by_letter_in_any_script(text: str, matches: bool) -> None:
    pattern = Pattern("(?i)^(straße|éCole)$")

    assert pattern.matches(text) is matches
