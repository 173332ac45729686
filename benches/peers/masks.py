"""Times the game server's masked pictures beside scikit-image, and checks that both make the same pictures.

    python3 -m venv venv && venv/bin/pip install -r benches/peers/requirements.txt
    venv/bin/python benches/peers/masks.py [--side 256] [--runs 3] [--write]

The server's side is `cargo bench -p deep-reveal --bench load -- --masks`: pictures over HTTP, eight asked for at once,
first when each must be made and then when it is kept. The Python side makes the thesis' masks (Algorithm 2: upscale the
map, percentile, Gaussian blur, apply) in one process from the same photos and maps, in memory and, as a server would have
to, also as PNG. Both take turns.
"""
import argparse, datetime, io, json, os, pathlib, platform, statistics, subprocess, sys, tempfile, time

import numpy as np
import PIL, skimage
from PIL import Image
from skimage.filters import gaussian

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEVELS = (2, 4.5, 8, 13, 20, 30)
CONTROL_LEVELS = (20, 30, 40, 55, 70, 85)
RATIOS, SIGMAS = (2, 4, 8, 16, 32), (3, 6, 12, 16, 24)


def server(side, folder):
    command = ["cargo", "bench", "--quiet", "--bench", "load", "--", "--masks"]
    command += ["--photos", "25", "--side", str(side), "--dump", folder]
    return json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)


def read(folder):
    """A photo, its map and the six pictures that the server made of them."""
    image = lambda name: np.asarray(Image.open(folder / name).convert("RGB"))
    source = json.loads((folder / "map.json").read_text())
    heat = np.array(source["values"], np.float32).reshape(source["rows"], source["columns"])
    return image("photo.png"), heat, [image(f"{level}.png") for level in range(6)]


def upscale(heat, height, width):
    """Each pixel takes the cell under its centre."""
    cells = lambda pixels, n: (2 * np.arange(pixels) + 1) * n // (2 * pixels)
    return heat[np.ix_(cells(height, heat.shape[0]), cells(width, heat.shape[1]))]


def masked(photo, heat, level):
    up = upscale(heat, *photo.shape[:2])
    sigma = [np.interp(pixels / cells, RATIOS, SIGMAS) for pixels, cells in zip(photo.shape, heat.shape)]
    shown = (up >= np.percentile(up, 100 - level)).astype(float)
    return (photo * gaussian(shown, sigma=sigma, truncate=1.5)[..., None]).round().astype(np.uint8)


def png(picture):
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def pictures_per_second(rounds, finish):
    start = time.perf_counter()
    for photo, heat, _ in rounds:
        for level in LEVELS:
            finish(masked(photo, heat, level))
    return len(rounds) * len(LEVELS) / (time.perf_counter() - start)


def check(rounds):
    """The largest difference of a colour, over all pictures; control rounds are recognised by their levels."""
    largest = 0
    for photo, heat, theirs in rounds:
        difference = lambda levels: max(
            int(np.abs(masked(photo, heat, level).astype(int) - picture).max()) for level, picture in zip(levels, theirs)
        )
        largest = max(largest, min(difference(LEVELS), difference(CONTROL_LEVELS)))
    assert largest <= 2, f"the pictures differ by up to {largest} of 255"
    return largest


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--side", default="256,512", help="longest sides of the photos, in pixels")
    parser.add_argument("--runs", type=int, default=3, help="runs of each side")
    parser.add_argument("--write", action="store_true", help="render the table into benches/README.md")
    arguments = parser.parse_args()
    lines = [
        "| photos, px | scikit-image, a second | and as PNG | server, made | ratio | server, kept | ratio | mean, KiB |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
        *(measure(int(side), arguments.runs) for side in arguments.side.split(",")),
    ]
    compiler = subprocess.run(["rustc", "--version"], capture_output=True, text=True).stdout.strip()
    lines += [
        "",
        f"{datetime.date.today()}, {os.cpu_count()} cores, medians of {arguments.runs} runs in turn; server and client share the "
        f"cores, the Python side is one process; load average {os.getloadavg()[0]:.1f} at the end; {compiler}; Python {platform.python_version()}, "
        f"scikit-image {skimage.__version__}, numpy {np.__version__}, Pillow {PIL.__version__}.",
    ]
    table = "\n".join(lines)
    print(table)
    if arguments.write:
        write(table)


def measure(side, runs):
    ours, plain, encoded = [], [], []
    for run in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            ours.append(server(side, folder))
            rounds = [read(pathlib.Path(folder) / str(number)) for number in range(ours[-1]["dumped"])]
        if run == 0:
            print(f"{side} px: largest difference {check(rounds)} of 255", file=sys.stderr)
        plain.append(pictures_per_second(rounds, lambda picture: picture))
        encoded.append(pictures_per_second(rounds, png))
    median = lambda name: statistics.median(run[name] for run in ours)
    made, kept, a, b = median("made_per_second"), median("kept_per_second"), statistics.median(plain), statistics.median(encoded)
    return (
        f"| {side} | {a:.0f} | {b:.0f} | {made:,.0f} | {made / b:.0f} | {kept:,.0f} | {kept / b:.0f} "
        f"| {median('mean_bytes') / 1024:.0f} |"
    )


def write(table):
    page = ROOT / "benches" / "README.md"
    begin, end = "<!-- masks begin -->", "<!-- masks end -->"
    before, rest = page.read_text().split(begin)
    page.write_text(f"{before}{begin}\n{table}\n{end}{rest.split(end)[1]}")


if __name__ == "__main__":
    sys.exit(main())
