"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const by = id => document.getElementById(id);
  const dialog = by("detail");
  const [width, height] = data.photo;
  // Every picture in reading order: column by column.
  const all = data.layers.flatMap((layer, l) =>
    layer.clusters.map((cluster, c) => ({ layer, cluster, l, c, id: `layer${layer.number}.cluster${c}` })));
  let open = null;

  const percent = v => v > 0 && v < 0.05 ? "<\u00a00.1\u00a0%" : `${v.toFixed(1)}\u00a0%`;
  const make = (name, attributes = {}, text) => {
    const svg = ["svg", "circle", "path", "text", "title"].includes(name);
    const node = svg ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    if (text !== undefined) node.textContent = text;
    return node;
  };

  // ---- Reveal masks: the cells of each level come with the page, the blur is done here.

  // The cell under each pixel's centre.
  const slots = (cells, pixels) =>
    Int32Array.from({ length: pixels }, (_, i) => Math.floor((2 * i + 1) * cells / (2 * pixels)));

  // A Gaussian over tiled cells as a few weights of cells for each pixel.
  const band = (cells, pixels, sigma) => {
    const slot = slots(cells, pixels);
    const radius = Math.floor(data.truncate * sigma + 0.5);
    const kernel = [];
    for (let t = -radius; t <= radius; t++) kernel.push(radius ? Math.exp(-0.5 * (t / sigma) ** 2) : 1);
    const sum = kernel.reduce((a, b) => a + b);
    return Array.from(slot, (_, pixel) => {
      const weights = new Map();
      for (let t = -radius; t <= radius; t++) {
        const cell = slot[Math.min(Math.max(pixel + t, 0), pixels - 1)];
        weights.set(cell, (weights.get(cell) || 0) + kernel[t + radius] / sum);
      }
      return [...weights];
    });
  };

  const blur = (shown, rows, columns, across, along) => {
    const lines = new Float64Array(rows * width);
    for (let r = 0; r < rows; r++)
      for (let x = 0; x < width; x++)
        for (const [c, w] of along[x]) if (shown[r * columns + c]) lines[r * width + x] += w;
    const mask = new Float64Array(height * width);
    for (let y = 0; y < height; y++)
      for (const [r, w] of across[y])
        for (let x = 0; x < width; x++) mask[y * width + x] += w * lines[r * width + x];
    return mask;
  };

  // One mask a level: `uri` holds for each cell the first level that shows it, times `step`.
  const masks = async (uri, step, levels, sigma) => {
    const image = new Image();
    image.src = uri;
    await image.decode();
    const [columns, rows] = [image.naturalWidth, image.naturalHeight];
    const canvas = make("canvas", { width: columns, height: rows });
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(image, 0, 0);
    const pixels = context.getImageData(0, 0, columns, rows).data;
    const first = Array.from({ length: rows * columns }, (_, i) => Math.round(pixels[4 * i] / step));
    const across = band(rows, height, sigma[0]), along = band(columns, width, sigma[1]);
    return Array.from({ length: levels }, (_, level) => blur(first.map(f => f <= level), rows, columns, across, along));
  };

  // Black, as opaque as the mask hides: over the photo this is photo times mask.
  const curtain = mask => {
    const canvas = make("canvas", { width, height });
    const picture = new ImageData(width, height);
    for (let i = 0; i < mask.length; i++) picture.data[4 * i + 3] = Math.round(255 * (1 - Math.min(mask[i], 1)));
    canvas.getContext("2d").putImageData(picture, 0, 0);
    return canvas;
  };

  const showMasks = async entry => {
    by("masks").replaceChildren(...data.levels.map(level => {
      const item = make("li");
      item.append(make("span", { class: "photo", role: "img", "aria-label": `The strongest ${level} % of the photo` }),
        make("p", {}, `strongest ${level} %`));
      return item;
    }));
    try {
      const { first, sigma, words } = entry.cluster;
      const made = await masks(first, data.step, data.levels.length, sigma);
      const seen = words ? await masks(words.seen, 255, 1, sigma) : [];
      if (open !== entry) return;
      by("seen").replaceChildren(...seen.map(curtain));
      by("masks").querySelectorAll(".photo").forEach((place, i) => place.append(curtain(made[i])));
    } catch (e) {
      if (open === entry) by("masks").replaceChildren(make("li", {}, "This browser cannot draw the masks."));
    }
  };

  // ---- Charts

  const chart = (w, h, label) => make("svg", { viewBox: `0 0 ${w} ${h}`, role: "img", "aria-label": label });

  const scatter = entry => {
    const { layer, cluster } = entry, kept = layer.kept;
    if (!kept.length) return make("p", { class: "explain" }, "There is no embedding for this layer.");
    const mine = new Set(cluster.channels), dropped = new Set(layer.dropped.flatMap(d => d.channels));
    const w = 440, h = 250, pad = 10;
    const span = i => { const v = kept.map(k => k[i]); return [Math.min(...v), Math.max(...v)]; };
    const [[x0, x1], [y0, y1]] = [span(2), span(3)];
    const scale = Math.min((w - 2 * pad) / (x1 - x0 || 1), (h - 2 * pad) / (y1 - y0 || 1));
    const svg = chart(w, h, `${kept.length} feature maps, ${mine.size} of them in this group`);
    const kind = c => mine.has(c) ? "this" : dropped.has(c) ? "drop" : "other";
    const order = { drop: 0, other: 1, this: 2 };
    for (const [c, p, x, y] of [...kept].sort((a, b) => order[kind(a[0])] - order[kind(b[0])])) {
      const dot = make("circle", {
        class: `dot ${kind(c)}`, r: mine.has(c) ? 4 : 3,
        cx: (w / 2 + (x - (x0 + x1) / 2) * scale).toFixed(1), cy: (h / 2 - (y - (y0 + y1) / 2) * scale).toFixed(1),
      });
      dot.append(make("title", {}, `map ${c}: ${percent(p)}`));
      svg.append(dot);
    }
    return svg;
  };

  const silhouette = ({ layer }) => {
    const points = layer.silhouette;
    if (!points.length) return make("p", { class: "explain" }, "Too few feature maps to compare numbers of groups.");
    const w = 440, h = 150, left = 34, bottom = 24, top = 18;
    const values = points.map(p => p[1]);
    const low = Math.min(0, ...values), high = Math.max(0.1, ...values);
    const x = i => left + 12 + i * (w - left - 40) / Math.max(points.length - 1, 1);
    const y = v => top + (high - v) / (high - low) * (h - top - bottom);
    const svg = chart(w, h, points.map(([k, s]) => `${k} groups: ${s.toFixed(2)}`).join(", "));
    svg.append(make("path", { class: "axis", d: `M${left} ${y(low)}H${w}M${left} ${y(high)}H${w}` }),
      make("text", { x: left - 6, y: y(high) + 4, "text-anchor": "end" }, high.toFixed(2)),
      make("text", { x: left - 6, y: y(low) + 4, "text-anchor": "end" }, low.toFixed(low ? 2 : 0)),
      make("path", { class: "line", d: points.map((p, i) => `${i ? "L" : "M"}${x(i)} ${y(p[1])}`).join("") }));
    points.forEach(([k, s], i) => {
      const chosen = k === layer.best_k;
      const dot = make("circle", { class: chosen ? "dot chosen" : "dot", r: chosen ? 6 : 3.5, cx: x(i), cy: y(s) });
      dot.append(make("title", {}, `${k} groups: ${s.toFixed(3)}`));
      svg.append(dot, make("text", { class: chosen ? "on" : "", x: x(i), y: h - 6, "text-anchor": "middle" }, k));
      if (chosen) svg.append(make("text", { class: "on", x: x(i), y: y(s) - 10, "text-anchor": "middle" }, s.toFixed(2)));
    });
    return svg;
  };

  const channels = ({ layer, cluster }) => {
    const share = new Map(layer.kept.map(k => [k[0], k[1]]));
    const sorted = [...cluster.channels].sort((a, b) => (share.get(b) || 0) - (share.get(a) || 0) || a - b);
    const most = share.get(sorted[0]) || 1;
    return sorted.map(c => {
      const item = make("li");
      const bar = make("i");
      bar.style.width = `${100 * (share.get(c) || 0) / most}%`;
      item.append(make("span", {}, `map ${c}`), make("b", {}, `${(share.get(c) || 0).toFixed(2)} %`), bar);
      return item;
    });
  };

  // ---- People's words

  const games = counts => {
    const all = counts.reduce((a, b) => a + b);
    return ["Won", "Lost", "Given up"].map((name, i) => {
      const item = make("li"), bar = make("i");
      bar.style.setProperty("--share", all ? counts[i] / all : 0);
      item.append(make("span", {}, name), bar, make("b", {}, counts[i]));
      return item;
    });
  };

  const piece = member => {
    const node = make("i", { class: `piece mark${member.mark}` });
    node.style.backgroundColor = member.color;
    return node;
  };

  const labelBars = words => words.labels.map(({ label, score, best, parts }) => {
    const item = make("li"), bar = make("div");
    parts.forEach((part, i) => {
      if (!(part > 0)) return;
      const node = piece(words.members[i]);
      node.style.width = `${part}%`;
      node.title = words.members.length > 1 ? words.members[i].name : "";
      bar.append(node);
    });
    bar.append(make("span", {}, score));
    item.append(make("span", { title: label, class: best ? "best" : "" }, label), bar);
    return item;
  });

  const showWords = ({ words }) => {
    by("called").textContent = words ? words.title : "none yet";
    by("called").className = words && words.labels.length ? "given" : "";
    by("people").hidden = by("seen-part").hidden = !words;
    if (!words) return;
    const count = words.games.reduce((a, b) => a + b);
    by("seen-text").textContent = `The strongest ${percent(words.share)} of the photo: ` +
      (count ? `as much as ${words.hints.toFixed(1)} hints reveal, the average of the games.` : "what a player would see first.");
    by("games-title").textContent = count === 1 ? "1 game" : count ? `${count} games` : "No game was played";
    by("games").replaceChildren(...count ? games(words.games) : []);
    by("labels-text").hidden = !words.labels.length;
    by("labels").replaceChildren(...words.labels.length ? labelBars(words) : [make("li", { class: "none" }, words.title)]);
    by("members").replaceChildren(...words.members.length > 1 && words.labels.length ? words.members.map(member => {
      const item = make("li");
      item.append(piece(member), make("span", {}, member.name));
      return item;
    }) : []);
  };

  // ---- The detail

  const show = entry => {
    open = entry;
    const { layer, cluster, c } = entry;
    const title = by("detail-title");
    title.textContent = `Layer ${layer.number}, picture ${c + 1} of ${layer.clusters.length}`;
    title.append(make("small", {}, `${layer.name} · ${layer.channels} feature maps of ${layer.size[0]} × ${layer.size[1]}`));
    by("large").src = by(entry.id).querySelector("img").src;
    showWords(cluster);
    by("weight").textContent = percent(cluster.weight);
    by("weight-of").textContent = `of this layer's evidence for “${data.class}”`;
    by("maps-title").textContent = cluster.channels.length === 1 ? "1 feature map" : `${cluster.channels.length} feature maps`;
    by("channels").replaceChildren(...channels(entry));
    by("channels").scrollTop = 0;
    by("scatter").replaceChildren(scatter(entry));
    by("silhouette").replaceChildren(silhouette(entry));
    by("previous").disabled = all[0] === entry;
    by("next").disabled = all[all.length - 1] === entry;
    if (!dialog.open) { dialog.showModal(); dialog.scrollTop = 0; title.focus(); }
    showMasks(entry);
  };

  const follow = () => {
    const entry = all.find(e => `#${e.id}` === location.hash);
    if (entry) { if (entry !== open) show(entry); }
    else if (dialog.open) dialog.close();
  };

  const go = step => {
    const entry = all[all.indexOf(open) + step];
    if (entry) history.replaceState(null, "", `#${entry.id}`), show(entry);
  };

  const setHeat = () => {
    const strength = by("opacity").value;
    by("large").style.opacity = by("heat").checked ? strength / 100 : 0;
    by("opacity-value").textContent = `${strength} %`;
  };

  dialog.addEventListener("close", () => {
    const last = open;
    open = null;
    if (location.hash) history.replaceState(null, "", location.pathname + location.search);
    if (last) by(last.id).focus();
  });
  dialog.addEventListener("click", event => { if (event.target === dialog) dialog.close(); });
  by("close").addEventListener("click", () => dialog.close());
  by("previous").addEventListener("click", () => go(-1));
  by("next").addEventListener("click", () => go(1));
  by("heat").addEventListener("change", setHeat);
  by("opacity").addEventListener("input", () => { by("heat").checked = true; setHeat(); });
  dialog.addEventListener("keydown", event => {
    if (event.target.type === "range" || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      event.preventDefault();
      go(event.key === "ArrowRight" ? 1 : -1);
    }
  });
  // Arrow keys walk over the pictures: up and down in a layer, left and right between layers.
  document.querySelector(".layers").addEventListener("keydown", event => {
    const here = all.find(e => e.id === event.target.id);
    const [across, down] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] || [0, 0];
    if (!here || event.altKey || event.ctrlKey || event.metaKey || !(across || down)) return;
    let l = here.l + across;
    while (data.layers[l] && !data.layers[l].clusters.length) l += across;
    const count = data.layers[l] ? data.layers[l].clusters.length : 0;
    const target = all.find(e => e.l === l && e.c === Math.min(here.c + down, count - 1));
    if (target) { event.preventDefault(); by(target.id).focus(); }
  });
  // Following the link itself would scroll the page behind to the picture.
  document.querySelector(".layers").addEventListener("click", event => {
    const link = event.target.closest("a.tile");
    const entry = link && all.find(e => e.id === link.id);
    if (!entry || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (location.hash !== `#${entry.id}`) history.pushState(null, "", `#${entry.id}`);
    show(entry);
  });
  addEventListener("hashchange", follow);
  setHeat();
  follow();
})();
