"""A photograph in a DICOM file: its pixels, their colour profile and nothing else. Names, dates and numbers of patients are never read on."""

import io
import struct
from typing import Any

import numpy as np
import pydicom
from PIL import Image
from pydicom.errors import InvalidDicomError
from pydicom.pixels import apply_color_lut, pixel_array

from readerstudy.core.errors import InvalidInput

MAGIC_AT = 128
MAGIC = b"DICM"
# DICOM PS3.3: a colour photograph says RGB or one of the YBR forms, a grey one MONOCHROME2 or 1.
COLOUR = ("RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT")
GREY = ("MONOCHROME1", "MONOCHROME2")
_UNREADABLE = (
    InvalidDicomError,
    AttributeError,
    KeyError,
    NotImplementedError,  # how pydicom says that it cannot decode a transfer syntax
    RuntimeError,
    TypeError,
    ValueError,
    EOFError,
    OSError,
    struct.error,
)


def is_dicom(content: bytes) -> bool:
    """By content: the four letters after the preamble (PS3.10, 7.1)."""
    return content[MAGIC_AT : MAGIC_AT + len(MAGIC)] == MAGIC


def read_dicom(content: bytes, *, name: str, max_pixels: int) -> Image.Image:
    """The picture as RGB or grey with 8 bits. Raises InvalidInput with a sentence that names the file."""
    try:
        dataset = pydicom.dcmread(io.BytesIO(content), force=False)
        rows, columns = int(dataset.Rows), int(dataset.Columns)
    except _UNREADABLE as error:
        raise _refused(f"{name} is a DICOM file without a readable picture.") from error
    if rows * columns > max_pixels:
        raise _refused(f"{name} has more pixels than the {max_pixels / 1e6:g} million that are read.", "image_too_large")  # fmt: skip
    if int(dataset.get("NumberOfFrames", 1) or 1) > 1:
        raise _refused(f"{name} is animated or has several pages; one photograph is expected.", "several_frames")  # fmt: skip
    # PS3.3, C.7.6.1.1.6: a name, a date or a number of the patient may be part of the picture.
    if str(dataset.get("BurnedInAnnotation", "")).strip().upper() == "YES":
        raise _refused(f"{name} says that text is burnt into its pixels (BurnedInAnnotation is YES); remove the text first.", "burned_in_annotation")  # fmt: skip
    try:
        return _picture(dataset, name)
    except _UNREADABLE as error:
        raise _refused(
            f"{name} stores its pixels in a way that is not read ({_syntax(dataset)})."
        ) from error


def _picture(dataset: pydicom.Dataset, name: str) -> Image.Image:
    kind = str(dataset.get("PhotometricInterpretation", ""))
    if kind not in (*COLOUR, *GREY, "PALETTE COLOR"):
        raise _refused(f"{name} is a DICOM file of the kind {kind or 'unknown'}, not a photograph.")
    values = pixel_array(dataset)  # YBR becomes RGB
    if kind == "PALETTE COLOR":
        values = apply_color_lut(values, dataset)
    picture = Image.fromarray(_in_8_bits(values, dataset, kind))
    # PS3.3, C.11.15: of the colours as they are once YBR and palettes have become RGB.
    if profile := dataset.get("ICCProfile"):
        picture.info["icc_profile"] = bytes(profile)
    return picture


def _in_8_bits(values: Any, dataset: pydicom.Dataset, kind: str) -> Any:
    """The high bits of what is stored; a negative (MONOCHROME1) is turned round."""
    stored = 16 if kind == "PALETTE COLOR" and values.dtype.itemsize > 1 else int(dataset.BitsStored)  # fmt: skip
    eight = values >> (stored - 8) if stored > 8 else values  # noqa: PLR2004 (bits)
    eight = np.clip(eight, 0, 255).astype(np.uint8)
    return 255 - eight if kind == "MONOCHROME1" else eight


def _syntax(dataset: pydicom.Dataset) -> str:
    meta = getattr(dataset, "file_meta", None)
    return str(getattr(getattr(meta, "TransferSyntaxUID", None), "name", "no transfer syntax"))


def _refused(message: str, code: str = "not_an_image") -> InvalidInput:
    return InvalidInput(message, code=code, field="image")
