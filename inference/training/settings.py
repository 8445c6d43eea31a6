"""What is chosen before a training run. Knows no PyTorch."""

from dataclasses import dataclass
from typing import Literal

Network = Literal["small", "resnet50"]
Framing = Literal["centre", "whole"]
Balance = Literal["weights", "sampling", "none"]
Keep = Literal["best", "last"]

MEAN, STD = (0.70, 0.55, 0.48), (0.18, 0.17, 0.17)
# Pictures are kept a little larger than the network's input, so that augmentation can go nearer without blur.
_STORED, _RESIZED, _INPUT = 192, 176, 112


@dataclass(frozen=True)
class View:
    """What of a photograph the network sees, and how far training strays from it.

    `centre` scales the shortest edge and keeps the middle; `whole` scales both sides, whatever the aspect ratio.
    """

    framing: Framing
    size: int
    zoom: tuple[float, float]
    shift: float

    @property
    def resized(self) -> int:
        """The edge, in pixels, that a picture is scaled to before the network's square is taken out of it."""
        return self.size if self.framing == "whole" else round(self.size * _RESIZED / _INPUT)

    @property
    def stored(self) -> int:
        """The edge of the squares that training keeps in memory."""
        return round(self.size * _STORED / _INPUT)


@dataclass(frozen=True)
class Settings:
    """The recipe: the paper's where the paper says, else what a small set of images allows."""

    network: Network = "small"
    width: int = 64  # channels of the ResNet-50's first stage; 64 is the real one
    framing: Framing = "whole"
    size: int = 112
    epochs: int = 42  # cycles of 6, 12 and 24
    first_cycle: int = 6
    growth: int = 2
    batch: int = 32
    learning_rate: float = 0.03
    depth_factor: float = 0.5  # each group of layers learns at this share of the group above it
    momentum: float = 0.9
    weight_decay: float = 5e-4
    label_smoothing: float = 0.05
    balance: Balance = "weights"
    keep: Keep = "best"
    validation_share: float = 0.15

    @property
    def view(self) -> View:
        """The framing with its range of augmentation."""
        if self.framing == "whole":
            return View("whole", self.size, zoom=(0.7, 1.2), shift=0.15)
        # Above 1 the view is wider than the image: lesions of half the size and less are seen too.
        return View("centre", self.size, zoom=(0.6, 1.9), shift=0.25)


# The runs under fixtures/demo/model follow from these to the bit.
DEMONSTRATION = Settings(framing="centre", epochs=18, batch=64, learning_rate=0.06, keep="last")
