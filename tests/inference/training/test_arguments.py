"""The command line's choices become the recipe."""

from pathlib import Path

import pytest

from inference.engine import ModelSpec
from inference.training.arguments import parse
from inference.training.settings import DEMONSTRATION, Settings
from inference.training.spec import model_spec

REAL = ["--images", "d", "--manifest", "d/m.csv", "--out", "o"]


def test_without_options_the_recipe_is_the_default_and_the_demonstration_keeps_its_own():
    assert parse(REAL).settings == Settings()
    demonstration = parse(["--synthetic"])
    assert demonstration.settings == DEMONSTRATION
    assert demonstration.out == Path("fixtures/demo/model")


def test_every_part_of_the_recipe_is_an_option():
    options = ["--network", "resnet50", "--first-cycle", "3", "--growth", "1"]
    options += ["--learning-rate", "0.1", "--balance", "sampling", "--keep", "last"]
    settings = parse([*REAL, *options]).settings
    assert (settings.network, settings.first_cycle, settings.growth) == ("resnet50", 3, 1)
    assert (settings.learning_rate, settings.balance, settings.keep) == (0.1, "sampling", "last")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--images", "d", "--out", "o"], "--images needs --manifest"),
        (["--images", "d", "--manifest", "m.csv"], "--images needs --out"),
        ([*REAL, "--runs", "0"], "at least 1"),
        ([*REAL, "--network", "vit"], "invalid choice"),
        ([], "one of the arguments"),
    ],
)
def test_arguments_that_do_not_go_together_are_refused(arguments, words, capsys):
    with pytest.raises(SystemExit):
        parse(arguments)
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("framing", ["centre", "whole"])
@pytest.mark.parametrize("size", [96, 112, 224])
def test_every_view_has_a_spec_that_the_engine_reads(framing, size):
    view = Settings(framing=framing, size=size).view
    spec = ModelSpec.from_json(model_spec(view))
    assert spec.preprocess.output_size == (size, size)
    assert view.stored >= view.resized >= size
