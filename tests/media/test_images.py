"""Images into files and back."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from runstone.errors import InvalidValue, LocalFileNotFound
from runstone.media import images

np = pytest.importorskip("numpy")
PIL = pytest.importorskip("PIL.Image")


@pytest.mark.parametrize("shape", [(3, 5), (3, 5, 1), (3, 5, 3), (3, 5, 4)])
def test_bytes_are_kept_in_every_shape(shape: tuple[int, ...]) -> None:
    array = np.arange(np.prod(shape), dtype="uint8").reshape(shape)

    drawn = images.to_pil(array)

    assert drawn.size == (5, 3)
    assert (np.asarray(drawn) == array.squeeze()).all()


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (np.array([[True, False]]), [255, 0]),
        (np.array([[0.0, 0.5, 1.0]]), [0, 127, 255]),
        (np.array([[0, 7, 255]], dtype="int64"), [0, 7, 255]),
    ],
)
def test_bools_floats_and_wide_integers_become_bytes(array: Any, expected: list[int]) -> None:
    assert np.asarray(images.to_pil(array)).ravel().tolist() == expected


def test_floats_beyond_the_range_are_stretched_with_a_warning() -> None:
    with pytest.warns(UserWarning, match=r"got -1\.0 to 3\.0"):
        drawn = images.to_pil(np.array([[-1.0, 1.0, 3.0]]))

    assert np.asarray(drawn).tolist() == [[0, 127, 255]]


@pytest.mark.parametrize(
    "bad",
    [
        np.array([[256]]),
        np.array([[-1]]),
        np.array([[np.nan]]),
        np.array([[np.inf]]),
        np.array([["a"]]),
        np.array([[1j]]),
        np.zeros(3),
        np.zeros((2, 2, 2)),
        np.zeros((2, 2, 2, 2)),
        np.zeros((0, 2)),
        "picture.png",
        None,
    ],
)
def test_what_is_no_image_is_refused(bad: Any) -> None:
    with pytest.raises(InvalidValue):
        images.to_pil(bad)


def test_image_of_pil_is_taken_as_it_is() -> None:
    given = PIL.new("RGB", (2, 3))

    assert images.to_pil(given) is given


@pytest.mark.parametrize(
    ("size", "expected"), [((700, 600), (256, 219)), ((20, 20), (256, 256)), ((1000, 1), (256, 1))]
)
def test_small_copy_has_a_longest_side_of_256_pixels(size: tuple[int, int], expected: tuple[int, int]) -> None:
    small = images.read(images.thumbnail(PIL.new("L", size)))

    assert (small.format, small.size) == ("WEBP", expected)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I", "F"])
def test_small_copy_is_made_of_every_mode(mode: str) -> None:
    assert images.read(images.thumbnail(PIL.new(mode, (4, 4)))).size == (256, 256)


@pytest.mark.parametrize("suffix", [".png", ".PNG", ".jpg", ".webp", ".bmp"])
def test_suffix_decides_the_format(suffix: str) -> None:
    data = images.encode(PIL.new("RGB", (2, 3)), suffix)

    assert images.read(data).size == (2, 3)


@pytest.mark.parametrize(("image", "suffix"), [("RGB", ""), ("RGB", ".txt"), ("RGBA", ".jpg")])
def test_format_that_cannot_hold_an_image_is_refused(image: str, suffix: str) -> None:
    with pytest.raises(InvalidValue):
        images.encode(PIL.new(image, (2, 3)), suffix)


@pytest.mark.parametrize("data", [b"", b"text", images.encode(PIL.effect_noise((64, 64), 50), ".png")[:1000]])
def test_bytes_that_are_no_image_are_refused(data: bytes) -> None:
    with pytest.raises(InvalidValue, match="no image"):
        images.read(data)


def test_names_of_a_series_keep_key_step_and_time() -> None:
    full, small = images.step_names("a/b c", -3, 17)

    assert full.startswith("images/a~b c+step+-3+timestamp+17+")
    assert small == full.removesuffix(".png") + "+compressed.webp"
    assert images.step_names("a", 1, 1)[0] != images.step_names("a", 1, 1)[0]


def test_image_is_made_of_arrays_lists_files_and_images(tmp_path: Path) -> None:
    pixels = [[0, 255], [7, 9]]
    made = images.Image(np.array(pixels, dtype="uint8"))
    made.save(str(tmp_path / "a.png"))

    for source in (pixels, str(tmp_path / "a.png"), tmp_path / "a.png", made.to_pil()):
        assert images.Image(source).to_list() == pixels
    assert made.to_array().dtype == "uint8"
    assert made.resize((4, 6)).to_pil().size == (4, 6)
    assert images.to_pil(made) is made.to_pil()


def test_pictures_of_a_file_are_read_whole() -> None:
    buffer = BytesIO()
    PIL.new("RGB", (2, 2)).save(buffer, format="PNG")

    assert images.read(buffer.getvalue()).getpixel((1, 1)) == (0, 0, 0)


def test_file_that_is_missing_or_no_image_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("text")

    with pytest.raises(LocalFileNotFound, match="no-such"):
        images.Image(str(tmp_path / "no-such.png"))
    for bad in (tmp_path / "text.png", tmp_path, "nul\0byte"):
        with pytest.raises(InvalidValue, match="no image"):
            images.Image(bad)
