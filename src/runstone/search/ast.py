"""The tree of a filter and of an order. Knows neither text nor SQL."""

from enum import StrEnum

from msgspec import Struct


class Kind(StrEnum):
    """What a field belongs to."""

    ATTRIBUTE = "attributes"
    METRIC = "metrics"
    PARAM = "params"
    TAG = "tags"
    DATASET = "datasets"


class Operator(StrEnum):
    """How a field is compared with one value."""

    EQUAL = "="
    NOT_EQUAL = "!="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    LIKE = "LIKE"
    NOT_LIKE = "NOT LIKE"
    ILIKE = "ILIKE"
    NOT_ILIKE = "NOT ILIKE"
    RLIKE = "RLIKE"
    NOT_RLIKE = "NOT RLIKE"


class Aggregate(StrEnum):
    """What of all values of a metric is meant. NaN is neither the lowest nor the highest, unless there is no other."""

    MIN = "min"
    MAX = "max"
    FIRST = "first"
    LAST = "last"


class Field(Struct, frozen=True, omit_defaults=True):
    """What is compared or ordered by.

    Attributes:
        kind: What it belongs to.
        key: Name of the metric, param or tag; of an attribute, its first name (``start_time``, not ``created``).
        aggregate: What of a metric's values is meant; the latest if ``None``. Where a metric's own name ends like that,
            ``loss.min``, it is this metric.
    """

    kind: Kind
    key: str
    aggregate: Aggregate | None = None


class Now(Struct, frozen=True, tag=True):
    """The time of the search, moved by some milliseconds.

    Attributes:
        offset: Milliseconds; negative for the past.
    """

    offset: int = 0


Value = int | float | str | Now


class Comparison(Struct, frozen=True, tag=True):
    """A field compared with one value. A run that lacks the field does not match, whatever the operator.

    Attributes:
        field: What is compared.
        operator: How.
        value: With what. Times are milliseconds since the Unix epoch, UTC; durations are milliseconds.
    """

    field: Field
    operator: Operator
    value: Value


class OneOf(Struct, frozen=True, tag=True):
    """A field compared with a list. A run that lacks the field does not match, negated or not.

    Attributes:
        field: What is compared.
        values: All text or all numbers and times; never empty.
        is_negated: Whether the value must be none of them.
    """

    field: Field
    values: tuple[Value, ...]
    is_negated: bool = False


class Missing(Struct, frozen=True, tag=True):
    """A run lacks the field.

    Attributes:
        field: What is looked for.
        is_negated: Whether the run must have it instead.
    """

    field: Field
    is_negated: bool = False


class Not(Struct, frozen=True, tag=True):
    """The term does not hold."""

    term: "Filter"


class All(Struct, frozen=True, tag=True):
    """Every term holds; with no terms, always."""

    terms: tuple["Filter", ...] = ()


class AnyOf(Struct, frozen=True, tag=True):
    """At least one term holds."""

    terms: tuple["Filter", ...]


Filter = Comparison | OneOf | Missing | Not | All | AnyOf


class Order(Struct, frozen=True):
    """One item of an order.

    Attributes:
        field: What is ordered by.
        is_descending: Whether the highest comes first. Missing values come last either way.
    """

    field: Field
    is_descending: bool = False
