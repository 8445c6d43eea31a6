"""What an opened session was really given: asked of the session, not of what was asked for."""

from typing import Any

# Of a provider's many options those that move scores.
_TOLD = ("use_tf32", "cudnn_conv_algo_search", "trt_fp16_enable", "trt_int8_enable")


def session_facts(opened: Any) -> dict[str, Any]:
    """Of an onnxruntime session: its providers in their order, their options that move scores, and its own options."""
    options = opened.get_session_options()
    given = opened.get_provider_options()
    return {
        "providers": list(opened.get_providers()),
        "provider_options": {
            name: {key: str(told[key]) for key in _TOLD if key in told}
            for name, told in given.items()
            if told
        },
        "session_options": {
            "graph_optimization": _name(options.graph_optimization_level),
            "execution_mode": _name(options.execution_mode),
            "threads_within": options.intra_op_num_threads,
            "threads_between": options.inter_op_num_threads,
            "deterministic": bool(options.use_deterministic_compute),
        },
    }


def _name(value: Any) -> str:
    return str(getattr(value, "name", value))
