"""Times this project beside the Python it replaces, step by step, in one run, and prints the ratios.

    python3 -m venv venv && venv/bin/pip install -r benches/peers/requirements.txt
    venv/bin/python benches/peers/run.py [--runs 7] [--write]

Both sides get two threads and take turns, so that a drift of the machine's speed meets both. The Rust side is
the binary `stages`, and for the whole way from a photo to files the example `explain`, beside what the thesis'
notebook does (`notebook.py`) and beside a pass of PyTorch a layer; the feature maps that scikit-learn clusters are
the ones that `stages` dumps. `--write` renders the table into benches/README.md between its markers.
"""
import argparse, datetime, importlib.metadata, json, os, pathlib, platform, statistics, subprocess, sys, tempfile, time

os.environ["OMP_NUM_THREADS"] = "1"  # scikit-learn's t-SNE is fastest so; torch is told its threads below
import numpy as np
import skimage, sklearn, torch
from skimage.filters import gaussian
from sklearn.cluster import AgglomerativeClustering
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from sklearn.metrics import silhouette_score
from safetensors.numpy import load_file
from vgg import SIDE, network

ROOT = pathlib.Path(__file__).resolve().parents[2]
THREADS = 2
LEVELS = (2, 4.5, 8, 13, 20, 30)


def forward(net, x):
    layers, head = net
    with torch.no_grad():
        for layer in layers:
            x = layer(x)
        return head(x)


def attribution(net, x):
    """One forward and one backward pass with the gradients of all activations retained: each activation with its
    gradient gated and pooled."""
    layers, head = net
    kept = []
    for layer in layers:
        x = layer(x)
        if isinstance(layer, torch.nn.ReLU):
            if not x.requires_grad:
                x.requires_grad_(True)
            x.retain_grad()
            kept.append(x)
    logits = head(x)
    logits[0, logits.argmax()].backward()
    return [(a.detach(), ((a > 0) * (a.grad > 0) * a.grad).double().mean((2, 3))) for a in kept]


def pass_a_layer(net, x):
    """The gradients as notebooks take them: a forward and a backward pass for each layer."""
    layers, head = net
    for target in [n for n, layer in enumerate(layers) if isinstance(layer, torch.nn.ReLU)]:
        value = x
        for n, layer in enumerate(layers):
            value = layer(value)
            if n == target:
                value = value.detach().requires_grad_(True)
                activation = value
        logits = head(value)
        (gradient,) = torch.autograd.grad(logits[0, logits.argmax()], activation)
        ((activation > 0) * (gradient > 0) * gradient).double().mean((2, 3))


def clustering(layers):
    """Table 1 onwards with scikit-learn, as the thesis did it; layers = (maps of the kept channels, percents)."""
    for maps, percents in layers:
        rows = maps.reshape(len(maps), -1).astype(np.float64)
        low, high = rows.min(1, keepdims=True), rows.max(1, keepdims=True)
        rows = (rows - low) / np.where(high > low, high - low, 1)
        points = PCA(n_components=min(50, *rows.shape), random_state=0).fit_transform(rows)
        points = TSNE(perplexity=min(30.0, (len(rows) - 1) / 3), random_state=0).fit_transform(points)
        best = max(
            (AgglomerativeClustering(n_clusters=k).fit(points).labels_ for k in range(3, 9)),
            key=lambda labels: silhouette_score(points, labels),
        )
        for cluster in range(best.max() + 1):
            member = best == cluster
            np.tensordot(percents[member], maps[member], 1) / percents[member].sum()


def masks(photo, heat):
    ratio = len(photo) // len(heat)
    for level in LEVELS:
        up = np.kron(heat, np.ones((ratio, ratio)))
        mask = gaussian((up >= np.percentile(up, 100 - level)).astype(float), sigma=24, truncate=1.5)
        (photo * mask[..., None]).astype(np.uint8)


def seconds(step):
    start = time.perf_counter()
    step()
    return time.perf_counter() - start


def rust(*arguments):
    command = ["cargo", "run", "--release", "--quiet", "--bin", "stages", "--", *arguments]
    environment = {**os.environ, "RAYON_NUM_THREADS": str(THREADS)}
    return json.loads(subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True).stdout)


def explain(folder):
    """Seconds and peak memory (MiB) of the example on its packaged network and photo."""
    command = [ROOT / "target" / "release" / "examples" / "explain", "--out", folder]
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = 0
    # The usage that the system reports at the end would count this script's memory, which the child began with.
    while process.poll() is None:
        peak = high_water(process.pid) or peak
        time.sleep(0.005)
    if process.returncode:
        sys.exit(f"explain ended with {process.returncode}")
    return time.perf_counter() - start, peak


def high_water(pid):
    """Peak memory (MiB) of a process so far, where the system tells."""
    try:
        lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
        return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), None)
    except OSError:
        return None


def first_command(folder):
    """Seconds of the README's first command once it is built."""
    command = ["cargo", "run", "--release", "--quiet", "--example", "explain", "--", "--out", folder]
    return seconds(lambda: subprocess.run(command, cwd=ROOT, check=True, capture_output=True))


def notebook(runs):
    """Seconds of the thesis' own way for a photo, without clustering: a process that loads network and photo."""
    script, photo = pathlib.Path(__file__).with_name("notebook.py"), ROOT / "examples" / "assets" / "photos" / "coffee.png"
    with tempfile.TemporaryDirectory() as folder:
        model = f"{folder}/vgg16.keras"
        start = lambda *arguments: subprocess.run([sys.executable, script, *arguments], check=True, capture_output=True)
        start("--save", model)
        return statistics.median(seconds(lambda: start(model, photo)) for _ in range(runs))


def torch_peak():
    """Peak memory (MiB) of a process that does one pass with retained gradients."""
    command = [sys.executable, __file__, "--one-pass"]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=7, help="runs of each side")
    parser.add_argument("--write", action="store_true", help="render the table into benches/README.md")
    parser.add_argument("--one-pass", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    torch.set_num_threads(THREADS)

    net, x = network(), torch.rand(1, 3, SIDE, SIDE)
    if arguments.one_pass:
        attribution(net, x)
        print(high_water("self"))
        return
    subprocess.run(["cargo", "build", "--release", "--quiet", "--examples"], cwd=ROOT, check=True)
    with tempfile.TemporaryDirectory() as folder:
        rust("--runs", "1", "--dump", folder)
        dumped = load_file(f"{folder}/kept.safetensors")
    layers = [
        (dumped[f"layer{n:02}.maps"], dumped[f"layer{n:02}.percents"])
        for n in range(1, 14)
        if f"layer{n:02}.maps" in dumped and len(dumped[f"layer{n:02}.maps"]) > 8
    ]
    photo, heat = np.random.default_rng(0).integers(0, 256, (512, 512, 3), np.uint8), np.random.rand(16, 16)
    steps = {
        "forward": lambda: forward(net, x),
        "attribution": lambda: attribution(net, x),
        "masks": lambda: masks(photo, heat),
    }
    for step in steps.values():
        step()
    ours, theirs = {}, {}
    for _ in range(arguments.runs):
        for name, value in rust("--runs", "1").items():
            ours.setdefault(name, []).append(value)
        for name, step in steps.items():
            theirs.setdefault(name, []).append(seconds(step))
        with tempfile.TemporaryDirectory() as folder:
            whole, peak = explain(f"{folder}/whole")
            ours.setdefault("whole", []).append(whole)
            ours.setdefault("explain_mib", []).append(peak)
            ours.setdefault("command", []).append(first_command(f"{folder}/command"))
    theirs["clustering"] = [seconds(lambda: clustering(layers)) for _ in range(2)]
    layerwise = statistics.median(seconds(lambda: pass_a_layer(net, x)) for _ in range(3))
    theirs["layerwise"] = [layerwise + statistics.median(theirs["clustering"])]
    theirs["whole"] = [notebook(3) + statistics.median(theirs["clustering"])]
    ours["layerwise"] = ours["whole"]
    theirs["explain_mib"] = [torch_peak()]
    table = render({k: statistics.median(v) for k, v in ours.items()}, {k: statistics.median(v) for k, v in theirs.items()})
    print(table)
    if arguments.write:
        write(table)


ROWS = [
    ("forward", "VGG-16 forward, 256x256", "PyTorch"),
    ("attribution", "forward + gated gradients of 13 layers", "PyTorch, retained gradients"),
    ("clustering", "threshold, PCA, t-SNE, Ward, silhouettes, merge of 13 layers", "scikit-learn"),
    ("masks", "six reveal masks, 512x512, applied", "numpy + scikit-image"),
    ("whole", "`explain`: photo and network from disk to all files", "a process of the thesis' way, Keras + scikit-learn; no files"),
    ("layerwise", "the same", "PyTorch, a pass a layer + scikit-learn; no files"),
    ("command", "the README's first command, built", None),
]


def render(ours, theirs):
    lines = ["| step | against | ours, s | theirs, s | ratio |", "| --- | --- | --- | --- | --- |"]
    for name, title, peer in ROWS:
        if peer is None:
            lines.append(f"| {title} | | {ours[name]:.4f} | | |")
            continue
        a, b = ours[name], theirs[name]
        ratio = f"{a / b:.2f}" if a > b / 10 else f"1/{b / a:.0f}"
        lines.append(f"| {title} | {peer} | {a:.4f} | {b:.3f} | {ratio} |")
    lines += [
        "",
        f"{datetime.date.today()}, {os.cpu_count()} cores ({cpu()}), two threads each side, medians of one run; {versions()}. "
        f"Peak memory: `explain` {ours['explain_mib']:.0f} MiB, a Python process with one pass {theirs['explain_mib']:.0f} MiB.",
    ]
    return "\n".join(lines)


def versions():
    compiler = subprocess.run(["rustc", "--version"], capture_output=True, text=True).stdout.strip()
    packages = f"torch {torch.__version__}, scikit-learn {sklearn.__version__}, scikit-image {skimage.__version__}, numpy {np.__version__}, tensorflow-cpu {importlib.metadata.version('tensorflow-cpu')}"
    return f"{compiler}; Python {platform.python_version()}, {packages}"


def cpu():
    try:
        text = pathlib.Path("/proc/cpuinfo").read_text()
        return next(line.split(":")[1].strip() for line in text.splitlines() if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or "unknown processor"


def write(table, name="table"):
    page = ROOT / "benches" / "README.md"
    text = page.read_text()
    begin, end = f"<!-- {name} begin -->", f"<!-- {name} end -->"
    before, rest = text.split(begin)
    page.write_text(f"{before}{begin}\n{table}\n{end}{rest.split(end)[1]}")


if __name__ == "__main__":
    sys.exit(main())
