"""The network to begin with: new, or with the weights of a file of one's own. Nothing is downloaded."""

import pickle  # nosec B403  # (nothing is unpickled but the recipe's own file)
from pathlib import Path

import torch
from torch import nn

from inference.training.network import SmallCnn
from inference.training.resnet import ResNet50
from inference.training.settings import Settings


class WeightsError(ValueError):
    """A file of weights that does not fit the network; the message is a sentence."""


def build_network(settings: Settings, weights: Path | None = None) -> SmallCnn | ResNet50:
    """A network with new weights, or with those of `weights`, a state dict, in all layers but the head.

    Raises WeightsError for a file that is no state dict or is one of another network.
    """
    network = ResNet50(settings.width) if settings.network == "resnet50" else SmallCnn()
    if weights is not None:
        _load(network, weights)
    return network


def _load(network: nn.Module, path: Path) -> None:
    found, wanted = _state(path), network.state_dict()
    body = [name for name in wanted if not name.startswith(("fc.", "head."))]
    for name in body:
        if name not in found:
            raise WeightsError(f"{path.name} has no “{name}”; it is of another network.")
        if found[name].shape != wanted[name].shape:
            raise WeightsError(
                f"{path.name}, {name}: the shape is {tuple(found[name].shape)}, not {tuple(wanted[name].shape)}."
            )
    network.load_state_dict({name: found[name] for name in body}, strict=False)


def _state(path: Path) -> dict[str, torch.Tensor]:
    try:
        # weights_only: a pickle can hold code, which is not run.
        state = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise WeightsError(f"{path.name} cannot be read: {error.strerror}.") from error
    except (RuntimeError, pickle.UnpicklingError, EOFError) as error:
        raise WeightsError(f"{path.name} is no PyTorch file of weights alone.") from error
    if not isinstance(state, dict) or not all(torch.is_tensor(part) for part in state.values()):
        raise WeightsError(f"{path.name} holds no state dict (names with tensors).")
    return state
