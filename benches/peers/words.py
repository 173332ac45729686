"""Times the way from games to global explanations beside pandas, in one run, and checks that both say the same.

    python3 -m venv venv && venv/bin/pip install -r benches/peers/requirements.txt
    venv/bin/python benches/peers/words.py [--rows 10000,100000,1000000] [--runs 3] [--write]

The pandas side is how one would write the formulas down: cleaning, score (eq. 3.2), Algorithm 1, global scores three
layers a group. Each side runs in a process of its own, so that its peak memory is its own, and they take turns.
"""
import argparse, datetime, json, os, pathlib, platform, resource, statistics, subprocess, sys, tempfile, time

import numpy as np
import pandas as pd

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Those of the two languages' stop-words that the seeded games hold, and the benches' dictionary (benches/src/words.rs).
STOP_WORDS = {"the", "a", "an", "of", "it", "is", "and", "il", "la", "un", "una", "di", "looks", "like", "maybe", "left"}
DICTIONARY = {"pilaster": "column", "wheels": "wheel", "bell tower": "tower"}
CLUSTER = ["image", "layer", "cluster"]


def read(folder):
    text = {name: "str" for name in ("player", "image", "true_class", "guessed_class", "labels")}
    games = pd.read_csv(f"{folder}/games.csv", dtype=text, keep_default_na=False)
    return games, pd.read_csv(f"{folder}/clusters.csv")


def clean(games):
    """One row a game and final label."""
    rows = games.assign(label=games["labels"].str.lower().str.split(";")).explode("label")
    rows["label"] = rows["label"].replace(DICTIONARY)
    rows = rows.assign(label=rows["label"].str.findall(r"\w+")).explode("label").dropna(subset="label")
    rows["label"] = rows["label"].replace(DICTIONARY)
    label = rows["label"]
    dropped = label.isin(STOP_WORDS) | label.str.isnumeric() | (label.str.len() < 2) | (label == rows["true_class"])
    return rows[~dropped].drop_duplicates(["game", "label"])


def score(rows):
    """One row a cluster and label (eq. 3.2); a game given up counts five hints."""
    given_up = rows["guessed_class"] == ""
    rows = rows.assign(hints=rows["hints_used"].where(~given_up, 5), won=rows["guessed_class"] == rows["true_class"])
    found = rows.groupby(CLUSTER + ["label"], sort=False).agg(n=("game", "size"), hints=("hints", "mean"), won=("won", "any"))
    found["score"] = found["n"] * (1 - found["hints"] / 10) * np.where(found["won"], 1, 0.25)
    return found["score"].reset_index()


def merge(scores, clusters):
    """Algorithm 1: for each cluster the lowest cluster of its layer that it is merged with, and all best labels."""
    highest = scores.groupby(CLUSTER, sort=False)["score"].transform("max")
    best = scores[highest - scores["score"] < 1e-9]
    root = {}

    def find(key):
        while root.setdefault(key, key) != key:
            key = root[key]
        return key

    first = {}
    for image, layer, cluster, label in best[CLUSTER + ["label"]].itertuples(index=False):
        a, b = find((image, layer, cluster)), find(first.setdefault((image, layer, label), (image, layer, cluster)))
        root[max(a, b)] = min(a, b)
    keys = clusters[CLUSTER].itertuples(index=False, name=None)
    return clusters.assign(merged=[find(key)[2] for key in keys]), best


def aggregate(scores, clusters, best):
    """One row a class, group of layers and best label."""
    merged = ["image", "layer", "merged"]
    weights = clusters.groupby(merged, sort=False).agg(weight=("weight_percent", "sum"), of=("class", "first")).reset_index()
    place = clusters[CLUSTER + ["merged"]]
    best = best.merge(place, on=CLUSTER)[merged + ["label"]].drop_duplicates()
    summed = scores.merge(place, on=CLUSTER).groupby(merged + ["label"], sort=False)["score"].sum().reset_index()
    rows = best.merge(summed, on=merged + ["label"]).merge(weights, on=merged)
    rows["group"] = (rows["layer"] - clusters["layer"].min()) // 3
    return rows.groupby(["of", "group", "label"]).agg(score=("score", "sum"), weight=("weight", "mean")).reset_index()


def features(rows, top=6):
    classes = {}
    for (name, _), group in rows.assign(grid=(rows["score"] / 1e-9).round()).groupby(["of", "group"]):
        group = group.sort_values(["grid", "label"], ascending=[False, True]).head(top)
        classes.setdefault(name, []).append(group[["label", "score", "weight"]].values.tolist())
    return classes


def pandas_side(folder):
    """What the child process does and prints."""
    start = time.perf_counter()
    games, clusters = read(folder)
    after_reading = time.perf_counter()
    scores = score(clean(games))
    clusters, best = merge(scores, clusters)
    classes = features(aggregate(scores, clusters, best))
    end = time.perf_counter()
    seconds = {"read": after_reading - start, "clean_to_global": end - after_reading}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mib": peak, "classes": classes}))


def child(command):
    environment = {**os.environ, "RAYON_NUM_THREADS": "1"}
    return json.loads(subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True).stdout)


def same(ours, theirs):
    """The largest difference of all scores and weights; labels and their order must be the same."""
    assert ours.keys() == theirs.keys(), "other classes"
    largest = 0.0
    for name in ours:
        for a, b in zip(ours[name], theirs[name], strict=True):
            assert [f[0] for f in a] == [f[0] for f in b], f"{name}: {a} against {b}"
            largest = max([largest, *(abs(x - y) for f, g in zip(a, b) for x, y in zip(f[1:], g[1:]))])
    return largest


def measure(rows, runs, rust):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([rust, folder, "--make", str(rows)], check=True)
        ours, theirs = [], []
        for _ in range(runs):
            ours.append(child([rust, folder]))
            theirs.append(child([sys.executable, __file__, "--side", folder]))
        intervals = child([rust, folder, "--resamples", "1000"])["seconds"]["clean_to_global"]
    difference = same(ours[0]["classes"], theirs[0]["classes"])
    assert difference < 1e-6, f"the two differ by {difference}"
    median = lambda side, step: statistics.median(run["seconds"][step] for run in side)
    a, b = median(ours, "clean_to_global"), median(theirs, "clean_to_global")
    c, d = median(ours, "read"), median(theirs, "read")
    peaks = [max(run["peak_mib"] for run in side) for side in (ours, theirs)]
    return (
        f"| {rows:,} | {a:.4f} | {b:.3f} | 1/{b / a:.0f} | {intervals:.4f} | {c:.4f} | {d:.3f} "
        f"| {peaks[0]:.0f} | {peaks[1]:.0f} |"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", default="10000,100000,1000000", help="numbers of games")
    parser.add_argument("--runs", type=int, default=3, help="runs of each side")
    parser.add_argument("--write", action="store_true", help="render the table into benches/README.md")
    parser.add_argument("--side", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.side:
        return pandas_side(arguments.side)
    build = ["cargo", "build", "--release", "--quiet", "--bin", "words"]
    subprocess.run(build, cwd=ROOT, check=True)
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    rust = str(target / "release" / ("words.exe" if os.name == "nt" else "words"))
    lines = [
        "| games | cleaning to global, s | pandas, s | ratio | with intervals, s | reading, s | pandas, s | peak, MiB | pandas, MiB |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        *(measure(int(rows), arguments.runs, rust) for rows in arguments.rows.split(",")),
    ]
    compiler = subprocess.run(["rustc", "--version"], capture_output=True, text=True).stdout.strip()
    lines += [
        "",
        f"{datetime.date.today()}, {os.cpu_count()} cores, one thread each side, medians of {arguments.runs} runs in turn; "
        f"{compiler}; Python {platform.python_version()}, pandas {pd.__version__}, numpy {np.__version__}. "
        "Intervals: 1,000 bootstrap resamples a score, which the pandas side does not make.",
    ]
    table = "\n".join(lines)
    print(table)
    if arguments.write:
        write(table)


def write(table):
    page = ROOT / "benches" / "README.md"
    begin, end = "<!-- words begin -->", "<!-- words end -->"
    before, rest = page.read_text().split(begin)
    page.write_text(f"{before}{begin}\n{table}\n{end}{rest.split(end)[1]}")


if __name__ == "__main__":
    sys.exit(main())
