import json

import numpy as np
import pytest

from inference.engine import ModelSpec, artefact_of, build_artefact
from tests.inference.engine.graphs import linear, spec_json


@pytest.fixture
def rng():
    return np.random.default_rng(20240607)


@pytest.fixture
def make_artefact():
    """An artefact from a graph and a spec, both of them the plain ones unless given."""

    def make(onnx_bytes=None, **changes):
        spec = ModelSpec.from_json(spec_json(**changes))
        return build_artefact(onnx_bytes or linear(), spec, "model.onnx")

    return make


@pytest.fixture
def make_files():
    """The two files of an artefact in memory."""

    def make(onnx_bytes=None, spec=None):
        text = json.dumps(spec_json() if spec is None else spec).encode()
        return {"model.onnx": onnx_bytes or linear(), "reader-study-model.json": text}

    return make


@pytest.fixture
def artefact(make_files):
    return artefact_of(make_files())
