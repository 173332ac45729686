"""Times `explain FOLDER --out RUN` beside one Python process that does the same with PyTorch and scikit-learn.

    venv/bin/python benches/peers/batch.py --model vgg16.safetensors --photos FOLDER [--runs 3] [--write]

The model is a VGG-16 under torchvision's names with a head of one or more linear layers on the flattened maps; photos
are the pictures of the folder, each of which is repeated until there are enough. The Python process reads each photo,
makes one pass with retained gradients (two threads), and clusters the kept maps of every layer (scikit-learn's t-SNE
is fastest on one thread); it writes no file. The Rust side is the example with its defaults and writes tables and
maps. Both are counted from the first photo to the last, the loading of the network left out on the Python side only.
`--write` renders the table into benches/README.md between its markers.
"""
import argparse, datetime, os, pathlib, shutil, statistics, subprocess, sys, tempfile, time

import run  # sets the threads before numpy is loaded
from vgg import PLAN, SIDE
import numpy as np
import torch
from PIL import Image
from safetensors.numpy import load_file

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
# A map is kept above this share of 100 percent divided by the number of maps (Table 1).
KEPT = 89.6
# Photos of one Rust run, and of the Python process's.
OURS, THEIRS = 60, 6


def network(path):
    """The convolutions and the head of the file, as `run.attribution` takes them."""
    tensors = {name: torch.from_numpy(value.astype(np.float32)) for name, value in load_file(path).items()}
    layers, index = [], 0
    for width in PLAN:
        if width == "M":
            layers.append(torch.nn.MaxPool2d(2))
            index += 1
            continue
        layers += [linear_or_convolution(tensors, f"features.{index}"), torch.nn.ReLU()]
        index += 2
    numbers = sorted(int(name.split(".")[1]) for name in tensors if name.startswith("classifier.") and name.endswith("weight"))
    head = [torch.nn.Flatten()]
    for number in numbers:
        head += [linear_or_convolution(tensors, f"classifier.{number}"), torch.nn.ReLU()]
    return layers, torch.nn.Sequential(*head[:-1])


def linear_or_convolution(tensors, name):
    weight, bias = tensors[f"{name}.weight"], tensors[f"{name}.bias"]
    rows, columns = weight.shape[:2]
    layer = torch.nn.Linear(columns, rows) if weight.dim() == 2 else torch.nn.Conv2d(columns, rows, 3, padding=1)
    layer.weight, layer.bias = (torch.nn.Parameter(t, requires_grad=False) for t in (weight, bias))
    return layer


def explained(net, path):
    picture = Image.open(path).convert("RGB").resize((SIDE, SIDE), Image.BILINEAR)
    x = (np.asarray(picture, np.float32) / 255 - MEAN) / DEVIATION
    x = torch.from_numpy(x.astype(np.float32).transpose(2, 0, 1)[None])
    kept = []
    for activation, pooled in run.attribution(net, x):
        weights = pooled[0].numpy()
        percents = 100 * weights / weights.sum()
        keep = percents > KEPT / len(percents)
        if keep.sum() > 8:
            kept.append((activation[0].numpy()[keep], percents[keep]))
    run.clustering(kept)


def ours(photos, model):
    """Photos a minute of the example, all files written, loading counted."""
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "photos"
        source.mkdir()
        for n in range(OURS):
            photo = photos[n % len(photos)]
            shutil.copy(photo, source / f"{n:03}-{photo.name}")
        binary = run.ROOT / "target" / "release" / "examples" / "explain"
        start = time.perf_counter()
        command = [binary, source, "--model", model, "--out", f"{folder}/run"]
        subprocess.run(command, check=True, capture_output=True)
        return 60 * OURS / (time.perf_counter() - start)


def theirs(net, photos):
    start = time.perf_counter()
    for n in range(THEIRS):
        explained(net, photos[n % len(photos)])
    return 60 * THEIRS / (time.perf_counter() - start)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, type=pathlib.Path)
    parser.add_argument("--photos", required=True, type=pathlib.Path)
    parser.add_argument("--runs", type=int, default=3, help="runs of each side")
    parser.add_argument("--write", action="store_true", help="render the table into benches/README.md")
    arguments = parser.parse_args()
    torch.set_num_threads(run.THREADS)
    found = arguments.photos.rglob("*")
    photos = sorted(path for path in found if path.suffix.lower() in (".jpg", ".jpeg", ".png"))
    if not photos:
        sys.exit(f"{arguments.photos}: no JPEG or PNG in it")
    photos = photos[:: max(len(photos) // OURS, 1)][:OURS]
    subprocess.run(["cargo", "build", "--release", "--quiet", "--examples"], cwd=run.ROOT, check=True)
    net = network(arguments.model)
    explained(net, photos[0])
    rates = [(ours(photos, arguments.model), theirs(net, photos)) for _ in range(arguments.runs)]
    a, b = (statistics.median(side) for side in zip(*rates))
    table = "\n".join(
        [
            "| VGG-16, 256x256 | photos a minute |",
            "| --- | --- |",
            f"| `explain FOLDER --out RUN`, {OURS} photos | {a:.0f} |",
            f"| one process of PyTorch and scikit-learn, {THEIRS} photos | {b:.1f} |",
            f"| ratio | {a / b:.1f} |",
            "",
            f"{datetime.date.today()}, {os.cpu_count()} cores ({run.cpu()}), medians of {arguments.runs} runs in turn; {run.versions()}.",
        ]
    )
    print(table)
    if arguments.write:
        run.write(table, "batch")


if __name__ == "__main__":
    sys.exit(main())
