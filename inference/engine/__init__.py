"""The pure inference engine: an ONNX file and its spec in, scores out. Knows no Django.

>>> artefact = load_artefact("model.onnx")                       # doctest: +SKIP
>>> check_artefact(artefact)                                     # doctest: +SKIP
>>> score_directory(artefact, "photographs")                     # doctest: +SKIP
"""

from inference.engine.artefact import (
    Artefact,
    ArtefactMetadata,
    artefact_of,
    build_artefact,
    load_artefact,
)
from inference.engine.asking import Question
from inference.engine.check import CONSTANT, NO_PROBABILITIES, check_artefact
from inference.engine.conventions import POSITIVE, read_spec
from inference.engine.directory import image_files, score_directory
from inference.engine.errors import (
    ArtefactError,
    EngineError,
    ImageError,
    ProviderError,
    SpecError,
)
from inference.engine.golden import GOLDEN, Expected
from inference.engine.pixel_store import (
    FolderOfPixels,
    PixelStore,
    bytes_in,
    family_of,
    forget,
    photographs_in,
    read_pixels,
    trim,
)
from inference.engine.preparing import Key, Prepare, PreparedTensor, prepared, preparing_here
from inference.engine.preprocess import Pixels, load_image, to_pixels, to_tensor
from inference.engine.providers import (
    CPU,
    asks_for_gpu,
    choose_providers,
    installed_runtimes,
    runtime_conflict,
    usable_cores,
)
from inference.engine.providers import (
    SETTINGS as PROVIDER_SETTINGS,
)
from inference.engine.runner import (
    CALLS_AT_ONCE,
    Failed,
    Outcome,
    Scored,
    Source,
    score_batches,
    score_images,
)
from inference.engine.session import CnnSession, open_session
from inference.engine.spec import (
    OWN_FILE,
    CropSpec,
    DecodeSpec,
    ModelSpec,
    OutputSpec,
    PreprocessSpec,
    ResizeSpec,
    ThresholdSpec,
)
from inference.engine.tta import score_batch

__all__ = [
    "CALLS_AT_ONCE",
    "CONSTANT",
    "CPU",
    "GOLDEN",
    "NO_PROBABILITIES",
    "OWN_FILE",
    "POSITIVE",
    "PROVIDER_SETTINGS",
    "Artefact",
    "ArtefactError",
    "ArtefactMetadata",
    "CnnSession",
    "CropSpec",
    "DecodeSpec",
    "EngineError",
    "Expected",
    "Failed",
    "FolderOfPixels",
    "ImageError",
    "Key",
    "ModelSpec",
    "Outcome",
    "OutputSpec",
    "PixelStore",
    "Pixels",
    "Prepare",
    "PreparedTensor",
    "PreprocessSpec",
    "ProviderError",
    "Question",
    "ResizeSpec",
    "Scored",
    "Source",
    "SpecError",
    "ThresholdSpec",
    "artefact_of",
    "asks_for_gpu",
    "build_artefact",
    "bytes_in",
    "check_artefact",
    "choose_providers",
    "family_of",
    "forget",
    "image_files",
    "installed_runtimes",
    "load_artefact",
    "load_image",
    "open_session",
    "photographs_in",
    "prepared",
    "preparing_here",
    "read_pixels",
    "read_spec",
    "runtime_conflict",
    "score_batch",
    "score_batches",
    "score_directory",
    "score_images",
    "to_pixels",
    "to_tensor",
    "trim",
    "usable_cores",
]
