"""Pictures of models, by the one visualizer."""

from typing import Any


def plot_model(
    model: Any, to_file: str = "model.svg", show_shapes: bool = False,
    show_layer_names: bool = True, rankdir: str = "TB",
) -> None:  # fmt: skip
    """Draw the model's graph into a file."""
    import autodiff as ad

    ad.draw(model.outputs[0]).save(to_file)


plot = plot_model
