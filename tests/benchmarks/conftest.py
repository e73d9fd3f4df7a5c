"""What is measured here is time."""

import pytest


@pytest.fixture(autouse=True)
def _timed(unmeasured: None) -> None:
    """Its servers and clients run as fast as a user's."""
