"""Uploads that nobody goes on with."""

import os
import time
from pathlib import Path

import pytest

from runstone.artifacts.staging import KEPT_S, Staging
from runstone.errors import BackendError, NotFound


def test_upload_that_nobody_went_on_with_for_a_day_is_thrown_away_by_the_next(tmp_path: Path) -> None:
    staging = Staging(tmp_path)
    left, used = staging.begin(), staging.begin()
    for upload, age in ((left, KEPT_S + 60), (used, KEPT_S - 60)):
        os.utime(staging.file(upload), (time.time() - age,) * 2)
    (tmp_path / ".runstone-other.part").touch()
    os.utime(tmp_path / ".runstone-other.part", (0, 0))

    staging.begin()

    with pytest.raises(NotFound):
        staging.size(left)
    assert staging.size(used) == 0
    assert (tmp_path / ".runstone-other.part").exists()


def test_upload_whose_folder_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(BackendError, match="free space"):
        Staging(tmp_path / "file" / "folder").begin()
