"""Times batches of VGG-16 on a GPU beside PyTorch on the same one, and renders the table into benches/README.md.

    python benches/peers/device.py --binary target/release/device [--explain target/release/examples/explain] [--write]

`device` is built with the feature of the device (`cargo build --release -p anv-benches --features
anv-gradcam/cudnn --bin device`). Both sides make one forward and one backward pass of a batch of 256x256 photos with
the gradients of all thirteen activations, gate and pool them, and end when the weights are on the CPU; PyTorch has its
input on the device already, ours begins with pixels. PyTorch chooses its algorithms by trial
(`cudnn.benchmark`), in f32 once without and once with TF32 products, and in f16. With `--explain` whole runs over
copies of the packaged photos are timed, all files written. It needs torch alone.
"""
import argparse, datetime, json, os, pathlib, shutil, statistics, subprocess, sys, tempfile, time

import torch
from vgg import SIDE, network

ROOT = pathlib.Path(__file__).resolve().parents[2]
BATCHES = (1, 8, 32)
# What PyTorch computes in: its type, and whether products of f32 may drop to ten bits.
PRECISIONS = {"f32": (torch.float32, False), "TF32": (torch.float32, True), "f16": (torch.float16, True)}


def attribution(net, x):
    """The weights of all layers, on the CPU."""
    kept = []
    for layer in net:
        x = layer(x)
        if isinstance(layer, torch.nn.ReLU):
            if not x.requires_grad:
                x.requires_grad_(True)
            x.retain_grad()
            kept.append(x)
    # As in half precision small gradients vanish; a power of two costs nothing.
    (x.max(1).values.sum() * 4096).backward()
    sums = [((a > 0) * a.grad.relu()).float().mean((2, 3)) / 4096 for a in kept]
    return torch.cat(sums, 1).cpu()


def forward(net, x):
    with torch.no_grad():
        for layer in net:
            x = layer(x)
        return x.float().cpu()


def median(runs, step):
    for _ in range(3):
        step()
    times = []
    for _ in range(runs):
        torch.cuda.synchronize()
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def theirs(runs):
    torch.backends.cudnn.benchmark = True
    found = {}
    for precision, (dtype, tf32) in PRECISIONS.items():
        torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = tf32
        layers, head = network()
        net = [layer.to("cuda", dtype) for layer in [*layers, head]]
        for photos in BATCHES:
            x = torch.rand(photos, 3, SIDE, SIDE, device="cuda", dtype=dtype)
            found[precision, photos] = {
                "forward": median(runs, lambda: forward(net, x)),
                "weights": median(runs, lambda: attribution(net, x)),
            }
    torch.cuda.empty_cache()
    return found


def ours(binary, device, runs):
    batches = ",".join(map(str, BATCHES))
    command = [binary, "--device", device, "--runs", str(runs), "--batches", batches]
    lines = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    return [json.loads(line) for line in lines]


def whole_runs(explain, device, photos):
    """Photos a second of `explain FOLDER`, the network loaded and all files written, by device and batch."""
    packaged = sorted((ROOT / "examples" / "assets" / "photos").glob("*.[jp][pn]g"))
    rows = []
    half = ["--half", "--no-maps"]
    runs = [(device, 1, []), (device, 8, []), (device, 32, []), (device, 8, half), ("cpu", 1, [])]
    for where, batch, options in runs:
        with tempfile.TemporaryDirectory() as folder:
            source = pathlib.Path(folder) / "photos"
            source.mkdir()
            number = photos if where != "cpu" else photos // 4
            for n in range(number):
                photo = packaged[n % len(packaged)]
                shutil.copy(photo, source / f"{n:04}{photo.suffix}")
            command = [explain, source, "--out", f"{folder}/run", "--device", where, "--batch-size", str(batch), *options]
            start = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            name = " ".join([where, *options])
            rows.append((name, batch, number, number / (time.perf_counter() - start)))
    return rows


def render(ours, theirs, whole):
    lines = [
        "| photos a second, 256x256 | batch | forward | PyTorch | forward, gradients, weights | PyTorch | with TF32 | and the maps kept |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for part in ours:
        for batch in part["batches"]:
            n, peer = batch["photos"], theirs[part["precision"], batch["photos"]]
            tf32 = f"{n / theirs['TF32', n]['weights']:.0f}" if part["precision"] == "f32" else ""
            cells = [n / batch["forward"], n / peer["forward"], n / batch["weights"], n / peer["weights"]]
            numbers = " | ".join(f"{cell:.0f}" for cell in cells)
            lines.append(f"| {part['precision']} | {n} | {numbers} | {tf32} | {n / batch['maps']:.0f} |")
    errors = "; ".join(
        f"{part['precision']} {part['largest']:.1e} at most, {part['mean']:.1e} on average" for part in ours
    )
    lines += ["", f"Weights of the packaged photo differ from f64 on the CPU, as shares of their layer's largest, by: {errors}."]
    if whole:
        lines += ["", "| `explain FOLDER --out RUN` on | batch | photos | photos a second |", "| --- | --- | --- | --- |"]
        lines += [f"| {where} | {batch} | {photos} | {rate:.1f} |" for where, batch, photos, rate in whole]
    lines += [
        "",
        f"{datetime.date.today()}, {torch.cuda.get_device_name()}, {os.cpu_count()} cores; medians; torch {torch.__version__}, "
        f"CUDA {torch.version.cuda}, cuDNN {torch.backends.cudnn.version()}.",
    ]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, help="the binary `device`, built for the GPU")
    parser.add_argument("--explain", help="the example `explain`, built for the GPU")
    parser.add_argument("--device", default="cuda:0")
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--photos", type=int, default=480, help="photos of a whole run")
    parser.add_argument("--write", action="store_true", help="render the table into benches/README.md")
    arguments = parser.parse_args()
    mine = ours(arguments.binary, arguments.device, arguments.runs)
    peer = theirs(arguments.runs)
    whole = whole_runs(arguments.explain, arguments.device, arguments.photos) if arguments.explain else []
    table = render(mine, peer, whole)
    print(table)
    if arguments.write:
        page = ROOT / "benches" / "README.md"
        before, rest = page.read_text().split("<!-- device begin -->")
        page.write_text(f"{before}<!-- device begin -->\n{table}\n<!-- device end -->{rest.split('<!-- device end -->')[1]}")


if __name__ == "__main__":
    sys.exit(main())
