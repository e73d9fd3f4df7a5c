"""Images as users have them, numpy arrays and PIL's, into the files that the page shows."""

import os
import warnings
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from runstone.entities import ArtifactPath
from runstone.entities.names import a_class, shown
from runstone.errors import InvalidValue, LocalFileNotFound, Unsupported

if TYPE_CHECKING:
    import numpy
    import PIL.Image

# Longest side of the small copy that tables and sliders show, in pixels.
THUMBNAIL = 256

_KEY_LETTERS = frozenset("-_. /")


class Image:
    """An image to log, made of whatever holds one.

    Example:
        >>> Image([[0, 128], [255, 64]]).to_list()
        [[0, 128], [255, 64]]
    """

    def __init__(self, image: "numpy.ndarray[Any, Any] | PIL.Image.Image | str | os.PathLike[str] | list[Any]") -> None:
        """Read the image.

        Args:
            image: An array as :func:`to_pil` takes it, nested lists of such values, an image of PIL, or the path of
                an image file.

        Raises:
            InvalidValue: It is no image, or the file holds none.
            LocalFileNotFound: There is no such file.
            Unsupported: Pillow is not installed.
        """
        if isinstance(image, str | os.PathLike):
            self._image: PIL.Image.Image = _read_file(Path(image))
        elif isinstance(image, list):
            self._image = to_pil(_numpy().array(image))
        else:
            self._image = to_pil(image)

    def to_pil(self) -> "PIL.Image.Image":
        """The image as Pillow has it."""
        return self._image

    def to_array(self) -> "numpy.ndarray[Any, Any]":
        """The image as an array, dtype uint8, shape (height, width) or (height, width, channels)."""
        array: numpy.ndarray[Any, Any] = _numpy().array(self._image)
        return array

    def to_list(self) -> list[Any]:
        """The values of :meth:`to_array` as nested lists."""
        return list(self.to_array().tolist())

    def resize(self, size: tuple[int, int]) -> "Image":
        """The image in another size, (width, height) in pixels."""
        return Image(self._image.resize(size))

    def save(self, path: str) -> None:
        """Write a file; its suffix decides the format."""
        self._image.save(path)


def to_pil(image: Any) -> "PIL.Image.Image":
    """The image as Pillow has it.

    Args:
        image: An :class:`Image`, an image of PIL, or an array of shape (height, width) or (height, width, channels)
            with 1, 3 or 4 channels: bool, integers from 0 to 255, or floats from 0 to 1. Floats beyond are stretched
            to that range with a warning.

    Raises:
        InvalidValue: It is none of these.
        Unsupported: Pillow is not installed.
    """
    pillow = _pillow()
    if isinstance(image, Image):
        return image.to_pil()
    if isinstance(image, pillow.Image):
        made: PIL.Image.Image = image
        return made
    if not hasattr(image, "__array__"):
        raise InvalidValue(f"an image is a numpy array or an image of PIL; got {shown(image)}, {a_class(image)}")
    array = _numpy().asarray(image)
    if array.ndim not in {2, 3} or 0 in array.shape or (array.ndim == 3 and array.shape[2] not in {1, 3, 4}):
        raise InvalidValue(
            f"an image has the shape (height, width) or (height, width, 1, 3 or 4); got the shape {array.shape}"
        )
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    drawn: PIL.Image.Image = pillow.fromarray(_bytes_of(array))
    return drawn


def read(data: bytes) -> "PIL.Image.Image":
    """The image in the bytes of a file.

    Raises:
        InvalidValue: The bytes are no image that Pillow reads.
        Unsupported: Pillow is not installed.
    """
    pillow = _pillow()
    try:
        image: PIL.Image.Image = pillow.open(BytesIO(data))
        image.load()
    except (OSError, SyntaxError, ValueError, pillow.DecompressionBombError) as error:
        raise InvalidValue(f"the artifact is no image that can be read: {error}") from None
    return image


def encode(image: Any, suffix: str) -> bytes:
    """The bytes of an image file.

    Args:
        image: As :func:`to_pil` takes it.
        suffix: Suffix of the file, with its dot; decides the format.

    Raises:
        InvalidValue: It is no image, or there is no such format, or the format cannot hold it.
        Unsupported: Pillow is not installed.
    """
    pillow = _pillow()
    kind = pillow.registered_extensions().get(suffix.lower())
    if kind is None or kind not in pillow.SAVE:
        raise InvalidValue(f"no format of images has the suffix {suffix!r}; name the file .png, .jpg or .webp")
    return _saved(to_pil(image), kind)


def thumbnail(image: Any) -> bytes:
    """A small copy of an image as WebP, its longest side 256 pixels.

    Raises:
        InvalidValue: It is no image.
        Unsupported: Pillow is not installed.
    """
    full = to_pil(image)
    scale = THUMBNAIL / max(full.size)
    small = full if full.mode in {"RGB", "RGBA"} else full.convert("RGBA" if "A" in full.getbands() else "RGB")
    return _saved(small.resize((max(1, round(full.width * scale)), max(1, round(full.height * scale)))), "WEBP")


def step_names(key: str, step: int, timestamp: int) -> tuple[ArtifactPath, ArtifactPath]:
    """Where an image of a series is kept, and its small copy; the names are those that MLflow's page looks for.

    Args:
        key: Name of the series: letters, digits, underscores, dashes, dots, spaces and slashes.
        step: Training step.
        timestamp: Milliseconds since the Unix epoch, UTC.

    Raises:
        InvalidValue: The key holds another character, or is empty.
    """
    if not key or any(not (sign.isalnum() or sign in _KEY_LETTERS) for sign in key):
        raise InvalidValue(
            "the key of an image holds letters, digits, underscores, dashes, dots, spaces and slashes; "
            f"got {shown(key)}"
        )
    stem = f"images/{key.replace('/', '~')}+step+{step}+timestamp+{timestamp}+{uuid4()}"
    return ArtifactPath(f"{stem}.png"), ArtifactPath(f"{stem}+compressed.webp")


def _read_file(file: Path) -> "PIL.Image.Image":
    pillow = _pillow()
    try:
        with pillow.open(file) as opened:
            image: PIL.Image.Image = opened.copy()
    except FileNotFoundError:
        raise LocalFileNotFound(str(file)) from None
    except (OSError, SyntaxError, ValueError, pillow.DecompressionBombError) as error:
        raise InvalidValue(f"the file {str(file)!r} is no image that can be read: {error}") from None
    return image


def _bytes_of(array: Any) -> Any:
    """The array as uint8."""
    numpy = _numpy()
    kind = array.dtype.kind
    if kind == "b":
        return array.astype("uint8") * 255
    if kind not in "uif":
        raise InvalidValue(f"an image holds bools, integers or floats; got the dtype {array.dtype}")
    if not numpy.isfinite(array).all():
        raise InvalidValue("an image holds no NaN and no infinity; replace them first, as with numpy.nan_to_num")
    low, high = array.min(), array.max()
    if kind in "ui":
        if low < 0 or high > 255:
            raise InvalidValue(f"an image of integers holds 0 to 255; got {low} to {high}")
        return array.astype("uint8")
    if low < 0 or high > 1:
        warnings.warn(
            f"an image of floats holds 0 to 1; got {low} to {high}, stretched to that range", UserWarning, stacklevel=2
        )
        array = (array - low) / ((high - low) or 1)
    return (array * 255).astype("uint8")


def _saved(image: "PIL.Image.Image", kind: str) -> bytes:
    buffer = BytesIO()
    try:
        image.save(buffer, format=kind)
    except (OSError, ValueError) as error:
        raise InvalidValue(f"the image cannot be written as {kind}: {error}") from None
    return buffer.getvalue()


def _pillow() -> Any:
    try:
        import PIL.Image
    except ImportError:
        raise Unsupported("images need Pillow, which is not installed; install it with 'pip install pillow'") from None
    return PIL.Image


def _numpy() -> Any:
    import numpy

    return numpy
