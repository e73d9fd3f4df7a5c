"""Secrets in what is captured are replaced before anything is stored: what looks like one, not what is one."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from math import log2
from pathlib import PurePosixPath
from string import ascii_letters, digits
from typing import NamedTuple

from msgspec import Struct

MARK = "[redacted]"

# Names of what is a secret; they end the name that is given a value, so that `tokenizer` and `max_tokens` are none.
_WORDS = (
    r"(?:password|passwd|passphrase|pwd|secret|token|credentials?"
    r"|(?:auth|db|ftp|ldap|login|mail|mysql|pg|proxy|redis|root|smtp|ssh|sudo|user)[_-]?pass"
    r"|(?:api|access|account|auth|encryption|private|secret|shared|signing)[_-]?key)"
)
KEY_OWNERS = (
    r"(?:anthropic|aws|azure|cohere|comet|gcp|gemini|github|gitlab|google|groq|hf|huggingface|kaggle|mistral|neptune"
    r"|openai|openrouter|pinecone|replicate|ssh|tavily|wandb)"
)
# Options and settings (`+` and `~` are Hydra's). What only may be a secret is none with a short number; of other keys,
# such as `--sort-key`, few are.
_SECRET_NAME = rf"(?i)[-+~]*[\w.-]*(?:{_WORDS}|secret[_-]?key[_-]?base)\d*"
_DOUBTFUL_NAME = rf"(?i)[-+~]*(?:pass|key|(?:[\w.-]*[_.-])?(?:creds|pw|{KEY_OWNERS}[_.-]?key))\d*"
_LOGIN_NAME = r"(?i)-+(?:(?:basic|http|proxy)[_-])?auth"
_OPTION = r"-[A-Za-z]|--[A-Za-z][\w.-]*(?:=.*)?"
# What stands for a secret that is elsewhere: `${PASSWORD}`, `{{ token }}`, `<your token>`, and the special tokens of
# language models. Without quotes, the end of it may be cut off.
_REFERENCE = r"\$[({]|\$\w+$|\{.*\}|<.*>|\[.*\]|%\(|%\w+%?$|\("
_REFERENCE_GIVEN = r"\$[({]|\{.*\}|%\("  # on a command line: the rest may be the password
_BEGIN_OF_REFERENCE = r"[${<\[%(]"
_KEY_BEGINS = r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----"
_KEY_ENDS = r"-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----"
_KEY_LINE = r"[+ -]?[\s\"']*([A-Za-z0-9+/=]{16,}|=?[A-Za-z0-9+/]+={0,2}$)"
# In these a bare word is a variable, not a value.
_PROGRAMS = {".c", ".cc", ".cpp", ".cu", ".go", ".h", ".hpp", ".ipynb", ".java", ".jl", ".js", ".py", ".pyi", ".pyx"}
_PROGRAMS |= {".qmd", ".r", ".rmd", ".rs", ".scala", ".ts"}


# Of a name that is given a value: the end, which is found quickly, and all of it, which begins at most so far before.
_NAME_ENDS = r"(?:pass(?:word|wd|phrase)?|pwd|secret|token|credentials?|key)[\\\"'\]]*\s*[:=<]"
_NAME = rf"{_WORDS}[\\\"'\]]*\s*[:=<]"
_BEFORE_END = len("encryption_")
# The signs of words that may be random keys are told from others by their bytes, which is quicker than a pattern.
_SHORTEST_WORD = 32
_SHAPES = bytes(ord("x" if chr(code) in f"{ascii_letters}{digits}+/_-" else " ") for code in range(256))


def _names(low: str) -> Iterator[int]:
    """Where the names begin that are given a value."""
    begin = 0
    for end in _compiled(_NAME_ENDS).finditer(low):
        found = _compiled(_NAME).search(low, max(end.start() - _BEFORE_END, begin), end.end())
        if found is not None:
            yield found.start()
        begin = end.end()


def _long_words(low: str) -> Iterator[int]:
    """Where the words begin that are as long as a random key."""
    shapes = low.encode("ascii", "replace").translate(_SHAPES)
    end = 0
    while end >= 0 and (start := shapes.find(b"x" * _SHORTEST_WORD, end)) >= 0:
        yield start
        end = shapes.find(b" ", start)


class _Rule(Struct, frozen=True):
    """One kind of secret.

    Attributes:
        hints: Text in lower case, of which one must occur before the pattern is tried: that is much quicker.
        expression: Of its pattern, whose group is the secret, the one that matches; all of it where it has none.
        flags: Of the pattern.
        places: Of a line in lower case, the places where the pattern may match; those of the hints by default.
    """

    hints: tuple[str, ...]
    expression: str
    flags: int = 0
    places: Callable[[str], Iterator[int]] | None = None

    @property
    def pattern(self) -> re.Pattern[str]:
        """The pattern, made when it is used first: `import runstone` does not wait for it."""
        return _compiled(self.expression, self.flags)

    def places_in(self, low: str) -> Iterator[int]:
        """Where the pattern may match: it is tried nowhere else."""
        if self.places is not None:
            return self.places(low)
        return (found.start() for found in _compiled("|".join(map(re.escape, self.hints))).finditer(low))


_compiled = cache(re.compile)
_NAMED = ("pass", "pwd", "secret", "token", "credential", "key")
_GIVEN = r"[\\\"'\]]*\s*(?::\s*[A-Za-z_][\w\[\], |.]*=|:=|==?|=>|<-|:)\s*"
# In the quotes, others may stand, escaped or doubled. Quotes that are escaped are of a notebook, which is JSON.
_QUOTED = r"(?:\\\"(.{3,}?)\\\"|\"((?:[^\"\\\n]|\\.|\"\"){3,})\"|'((?:[^'\\\n]|\\.|''){3,})')"
_COOKIE = r"[\w.-]+=[^\s\"';]{6,}"
_RULES = (
    _Rule(("-----begin ",), rf"{_KEY_BEGINS}(.+?)-----END"),
    _Rule(("akia", "asia"), r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    _Rule(
        ("gho_", "ghp_", "ghs_", "ghu_", "ghr_", "github_pat_"), r"\b(?:gh[opsur]_[A-Za-z0-9]{36,}|github_pat_\w{22,})"
    ),
    _Rule(("glpat-",), r"\bglpat-[\w-]{20,}"),
    _Rule(("xox",), r"\bxox[abeoprs]-[\w-]{10,}"),
    _Rule(("aiza",), r"\bAIza[\w-]{35}"),
    _Rule(("sk-",), r"\bsk-[\w-]{20,}"),
    _Rule(("rk_live_", "sk_live_"), r"\b[rs]k_live_\w{16,}"),
    _Rule(("rk_test_", "sk_test_"), r"\b[rs]k_test_(?=[A-Za-z]*\d)[A-Za-z0-9]{16,}\b"),
    _Rule(("sg.",), r"\bSG\.[\w-]{22}\.[\w-]{43}"),
    _Rule(("dapi",), r"\bdapi[0-9a-f]{32}(?:-\d+)?\b"),
    _Rule(
        ("set-cookie", "cookie"), rf"\b(?:Set-Cookie|set-cookie|Cookie)[\"']?\s*:\s*[\"']?({_COOKIE}(?:;\s*{_COOKIE})*)"
    ),
    _Rule(("hf_",), r"\bhf_[A-Za-z0-9]{30,}"),
    _Rule(("npm_",), r"\bnpm_[A-Za-z0-9]{36}"),
    _Rule(("pypi-",), r"\bpypi-[\w-]{50,}"),
    _Rule(("eyj",), r"\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*"),
    _Rule(("accountkey", "sharedaccesssignature"), r"(?:AccountKey|SharedAccessSignature)=([^;\s\"']{9,})"),
    _Rule(("bearer", "basic"), r"\b(?:bearer|basic)\s+([\w.~+/=-]{16,})", re.IGNORECASE),
    _Rule(('"auth', "'auth", '"_auth', "'_auth"), r"[\"']_?auth[\"']\s*:\s*[\"']([\w+/=-]{12,})[\"']"),
    _Rule(("://",), r"://[^\s/@:\"']*:([^\s/\"']+)@"),
    _Rule(("://",), r"://([^\s/@:\"']{20,})@"),
    _Rule(("?", "&"), rf"[?&][\w-]*(?:{_WORDS}|sig|signature)=([^\s&\"']+)", re.IGNORECASE),
    _Rule(_NAMED, rf"{_WORDS}{_GIVEN}[bBrRuU]?{_QUOTED}", re.IGNORECASE, _names),
)
# `password: hunter2` of a file of settings, `password=hunter2` of a command line.
_BARE = _Rule(_NAMED, rf"{_WORDS}\s*[=:]\s*([^\s\"',;#][^\s\"',;]{{5,}})", re.IGNORECASE, _names)
# What no rule knows by its name or its form, and nobody would write by hand: keys of 32 signs and more.
_RANDOM = _Rule(
    tuple(digits), rf"(?<![\w+/.-])[A-Za-z0-9+/_-]{{{_SHORTEST_WORD},128}}={{0,2}}(?![\w+/=.-])", places=_long_words
)
_LEAST_SHARE = 0.85
_HARMLESS = r"(?i:true|false|none|null)$"
_SHORT_NUMBER = r"-?[\d.]{1,5}"  # which is no secret
# Numbers as programs print them: in brackets, in colours, with a unit, as `tensor(2.5` of PyTorch. A measure has a
# point or an exponent, and is no token; what else is written in digits is none where tokens are counted.
_PRINTED = r"(?i)(?:\x1b\[\d*m)*(?:[a-z][\w.]*\()?[-+]?(?:%s)(?:[mnu\u00b5]?s|%%)?(?:\x1b\[\d*m|[]).:|}])*"
_MEASURE = _PRINTED % r"(?:\d[\d_]*)?\.\d+(?:e[-+]?\d{1,3})?|\d{1,4}e[-+]?\d{1,3}"
_NUMBER = _PRINTED % r"\d[\d_]*"
# What stands before `token` where the value is how many there are, what one costs, or the number of a special one.
_BEGINS_WORD = r"(?:(?<![A-Za-z])|(?<=[a-z])(?=[A-Z]))"
_COUNTED = rf"{_BEGINS_WORD}(?i:(?:avg|count|max|mean|min|n|nb|num|per|sum|total)(?:[ _.-]?of)?|number[ _.-]?of)"
_COUNTED += r"(?i:[ _.-]?(?:completion|eval|input|new|output|prompt|train))?"
_SPECIAL = rf"{_BEGINS_WORD}(?i:bos|cls|eos|mask|pad|sep|unk)"
_BEFORE_TOKEN = rf"(?:{_COUNTED}|{_SPECIAL})[ _.-]?$"
_LONGEST_BEFORE = 40
# `none_configured` after `credentials:` says how somebody logs in.
_WORD_OF_LETTERS = r"[a-z]+(?:_[a-z]+)*"

# Characters of a line that are searched at once, and of the longest secret that is found whole.
_STEP = 8192
_LONGEST = 8192


class Redacted(NamedTuple):
    """A text without secrets, and how many were replaced."""

    text: str
    secrets: int


def redact(text: str, name: str = "") -> Redacted:
    """Replace what looks like a secret in a text; every line stays one.

    Args:
        text: The text.
        name: Path of the file; in a program's source a bare word after ``password =`` is a variable, and stays.

    Example:
        >>> redact("password: hunter2!").text
        'password: [redacted]'
    """
    lines = text.split("\n")
    count = 0
    for at, line, count_of_line in _changed(lines, [name] * len(lines)):
        lines[at] = line
        count += count_of_line
    return Redacted("\n".join(lines), count)


def redact_patch(patch: str) -> Redacted:
    """The same for what ``git diff`` gives: names of files and binary content stay, so that it can be applied.

    A line that is added is applied as it is then. One of the old file says no longer what stands there; whoever applies
    it knows what does.
    """
    lines = patch.split("\n")
    names: list[str | None] = []
    name, is_hunk = "", False
    for line in lines:
        if line.startswith("diff --git "):
            is_hunk = False
        elif line.startswith("+++ ") and not is_hunk:
            name = line.rstrip("\t")  # which stands behind one with blanks
        elif line.startswith("@@ "):
            is_hunk = True  # behind its numbers, too, stands a line of the file
        names.append(name if is_hunk else None)
    count = 0
    for at, line, count_of_line in _changed(lines, names):
        lines[at] = line
        count += count_of_line
    return Redacted("\n".join(lines), count)


def redact_arguments(arguments: Sequence[str]) -> list[str]:
    """The same for a command line: ``--password hunter2`` and ``--password=hunter2`` as well.

    Example:
        >>> redact_arguments(["--token", "a b", "db.password=x", "--pad-token=0"])
        ['--token', '[redacted]', 'db.password=[redacted]', '--pad-token=0']
    """
    redacted: list[str] = []
    option = ""
    for argument in arguments:
        name, is_given, value = argument.partition("=")
        if option and not re.fullmatch(_OPTION, argument, re.DOTALL) and _is_secret(option, argument):
            redacted.append(MARK)
            option = ""
            continue
        redacted.append(f"{name}={MARK}" if is_given and _is_secret(name, value) else redact(argument).text)
        option = argument if argument.startswith("-") else ""
    return redacted


def redact_address(address: str) -> str:
    """An address without credentials. Who logs in by SSH is none: ``git@``; what stands there for HTTP may be.

    Example:
        >>> redact_address("https://me:hunter2@host/it.git"), redact_address("ssh://git@host/it.git")
        ('https://host/it.git', 'ssh://git@host/it.git')
    """
    return redact(re.sub(r"(?<=://)[^/]*@(?=.)", _plain_user, address)).text


def _plain_user(found: re.Match[str]) -> str:
    is_plain = re.fullmatch(r"[a-z_][\w-]{0,30}@", found.group()) is not None
    return found.group() if is_plain and "ssh" in found.string[: found.start()] else ""


def _changed(lines: list[str], names: Sequence[str | None]) -> Iterator[tuple[int, str, int]]:
    """The lines with secrets: where they are, what they become, how many secrets that are; no name: no line to read."""
    low = _lower("\n".join(lines))
    rules: dict[int, list[_Rule]] = defaultdict(list)
    for rule in (*_RULES, _BARE, _RANDOM):
        if any(hint in low for hint in rule.hints):
            for at in _lines_of(low, rule.places_in(low)):
                rules[at].append(rule)
    keys = dict(_keys(lines, names)) if "private key" in low else {}
    for at in sorted(rules.keys() | keys.keys()):
        name = names[at]
        if name is None:
            continue
        if at in keys:
            yield at, *keys[at]
            continue
        tried = [rule for rule in rules[at] if rule is not _BARE or not _is_program(name)]
        changed, count = _without_secrets(lines[at], tried)
        if count:
            yield at, changed, count


def _lines_of(text: str, places: Iterator[int]) -> Iterator[int]:
    """The numbers of the lines that places of a text are in."""
    number = counted = end = 0
    for place in places:
        if place >= end:
            number += text.count("\n", counted, place)
            counted = place
            yield number
            end = text.find("\n", place) + 1 or len(text)


@lru_cache
def _is_program(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in _PROGRAMS


def _keys(lines: Sequence[str], names: Sequence[str | None]) -> Iterator[tuple[int, tuple[str, int]]]:
    """The lines of private keys: what they become, and 1 for one of each key. A patch may have but a part of a key."""
    for at, line in enumerate(lines):
        if "-----" not in line:
            continue
        begins, ends = (re.search(limit, line) is not None for limit in (_KEY_BEGINS, _KEY_ENDS))
        if names[at] is None or begins == ends:
            continue
        step = 1 if begins else -1
        place = at + step
        while 0 <= place < len(lines) and names[place] is not None and (found := re.match(_KEY_LINE, lines[place])):
            text = lines[place]
            yield place, (text[: found.start(1)] + MARK + text[found.end(1) :], 0)
            place += step
        is_whole = ends and 0 <= place < len(lines) and re.search(_KEY_BEGINS, lines[place]) is not None
        yield at, (line, 0 if is_whole else 1)


def _without_secrets(line: str, rules: Sequence[_Rule]) -> tuple[str, int]:
    count = 0
    for rule in rules:
        line, count_of_rule = _without_one_kind(line, rule)
        count += count_of_rule
    return line, count


def _without_one_kind(line: str, rule: _Rule) -> tuple[str, int]:
    """Walk a line once, however long it is; a secret that is longer than others are is replaced in parts."""
    pattern = rule.pattern
    pieces: list[str] = []
    kept = begin = 0
    for place in rule.places_in(_lower(line)):
        if place < begin:
            continue
        limit = place - (place - begin) % _STEP + _STEP + _LONGEST
        # What follows a secret at once stands behind its mark, where no word goes on.
        first, text = (place, line[place:limit]) if pieces and place == kept else (0, line)
        found = pattern.match(text, place - first, limit - first)
        if found is None:
            continue
        start, begin = (first + at for at in found.span(found.lastindex or 0))
        value = line[start:begin]
        if not _is_harmless(rule, value) and not (rule.hints is _NAMED and _is_plain(line, place, value, rule)):
            pieces += line[kept:start], MARK
            kept = begin
    return "".join([*pieces, line[kept:]]), len(pieces) // 2


def _lower(text: str) -> str:
    """A text in lower case, in which each sign is where it was; as patterns that ignore case have it."""
    return text.replace("\u0130", "i").replace("\u0131", "i").replace("\u017f", "s").lower()


def _is_harmless(rule: _Rule, value: str) -> bool:
    """Whether a value only stands for one, or was replaced already."""
    if value.startswith(MARK):
        return True
    if rule is _RANDOM:
        return not _is_random(value)
    reference = _BEGIN_OF_REFERENCE if rule is _BARE else _REFERENCE
    return rule.hints is _NAMED and _compiled(f"{reference}|{_HARMLESS}").match(value) is not None


def _is_plain(line: str, place: int, value: str, rule: _Rule) -> bool:
    """Whether a value that is given to the name at a place of a line is a number, or a word, that is no secret."""
    name = line[place : place + len("credential")].lower()
    if name.startswith("token"):
        return _is_plain_number(line[max(place - _LONGEST_BEFORE, 0) : place], value)
    return name == "credential" and rule is _BARE and _compiled(_WORD_OF_LETTERS).fullmatch(value) is not None


def _is_plain_number(before_token: str, value: str) -> bool:
    """Whether a number is no token: a measure always, any other by what stands before `token` in its name."""
    if _compiled(_MEASURE).fullmatch(value):
        return True
    return bool(_compiled(_NUMBER).fullmatch(value) and _compiled(_BEFORE_TOKEN).search(before_token))


def _is_random(value: str) -> bool:
    """Whether nobody has written a text: small and capital letters and digits, of which few come up twice.

    Its entropy (Shannon's, in bits a sign) is compared with that of as many signs that all differ, at most 40. Random
    keys reach 0.85 of it in 96 of 100 cases and more, names and paths next to never.
    Hashes, which are no secrets, have capital letters in lock files only, where their kind stands before them; an
    alphabet, as models of text have it, goes on by one from sign to sign.
    """
    if re.match(r"sha\d+-", value) or not all(re.search(kind, value) for kind in ("[a-z]", "[A-Z]", "[0-9]")):
        return False
    if sum(ord(after) - ord(sign) == 1 for sign, after in pairwise(value)) > len(value) // 2:
        return False
    shares = [count / len(value) for count in Counter(value).values()]
    return -sum(share * log2(share) for share in shares) >= _LEAST_SHARE * log2(min(len(value), 40))


def _is_secret(name: str, value: str) -> bool:
    """Whether the value of an option or a setting is a secret, and neither stands for one nor switches something."""
    if re.fullmatch(_LOGIN_NAME, name):
        return ":" in value and "://" not in value
    is_doubtful = re.fullmatch(_DOUBTFUL_NAME, name) is not None
    if not value or not (is_doubtful or re.fullmatch(_SECRET_NAME, name)) or re.match(_HARMLESS, value):
        return False
    bare_name = name.rstrip(digits)
    is_token = bare_name.lower().endswith("token")
    if (is_doubtful or is_token) and re.fullmatch(_SHORT_NUMBER, value):
        return False
    if is_token and _is_plain_number(bare_name[-_LONGEST_BEFORE : -len("token")], value):
        return False
    if re.search(r"(?i)credentials?$", bare_name) and re.fullmatch(_WORD_OF_LETTERS, value):
        return False
    return re.match(_REFERENCE if is_token else _REFERENCE_GIVEN, value) is None
