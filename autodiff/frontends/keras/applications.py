"""`keras.applications`: networks that were trained on ImageNet, which are not here."""

from __future__ import annotations

NETWORKS = (
    "VGG16 VGG19 ResNet50 InceptionV3 Xception MobileNet MusicTaggerCRNN vgg16 vgg19 resnet50 "
    "inception_v3 xception mobilenet music_tagger_crnn imagenet_utils"
)


def __getattr__(name: str) -> object:
    if name not in NETWORKS.split():
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    raise ImportError(
        f"keras.applications.{name} is a network trained on ImageNet, whose weights (hundreds of "
        "megabytes) are not here: build the layers by a program, and load_weights of your own."
    )
