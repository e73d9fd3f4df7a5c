"""Suites that every implementation of a contract passes; shipped for authors of plugins too."""

from pkgutil import iter_modules

import pytest

# What a case compares is shown where it fails, as in tests of one's own.
pytest.register_assert_rewrite(*(f"{__name__}.{found.name}" for found in iter_modules(__path__)))
