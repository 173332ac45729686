"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const by = id => document.getElementById(id);
  const photos = data.photos.map(p => ({
    number: p[0], name: p[1], explained: data.names[p[2]], predicted: data.names[p[3]], truth: data.names[p[4]],
    probability: p[5], right: p[6], width: p[7][0] || 1, height: p[7][1] || 1, layers: p[8], folder: p[9], reason: p[10],
  }));
  // Cards made at a time: enough for a large screen.
  const CHUNK = 72;
  let shown = [], made = 0, open = null, openLayer = "";

  const make = (name, className, text) => {
    const node = document.createElement(name);
    if (className) node.className = className;
    if (text !== undefined) node.textContent = text;
    return node;
  };
  const percent = v => `${v.toFixed(1)}\u00a0%`;
  const pad = (n, digits) => String(n).padStart(digits, "0");
  const file = (photo, kind) => `thumbs/${pad(Math.floor(photo.number / 1000), 3)}/${pad(photo.number, 6)}.${kind}`;
  const sources = photo => data.embedded ? data.embedded[photo.number] : [file(photo, "jpg"), file(photo, "png")];

  // The photo with the heatmap of a layer: one strip holds those of all layers, with a row of cells around each.
  const picture = (photo, layer, node) => {
    node.replaceChildren();
    const [small, heat] = sources(photo);
    const add = (source, className) => {
      const image = make("img", className);
      image.alt = "";
      image.loading = "lazy";
      image.decoding = "async";
      image.src = source;
      node.append(image);
      return image;
    };
    node.style.aspectRatio = `${photo.width}/${photo.height}`;
    add(small);
    if (!layer || !photo.layers[layer]) return node;
    const image = add(heat, "heat");
    const place = data.layers.findIndex(l => String(l[0]) === layer);
    image.style.height = `${100 * data.layers.length * data.rows / data.cells}%`;
    image.style.top = `${-100 * (place * data.rows + 1) / data.cells}%`;
    return node;
  };

  const bar = weights => {
    const node = make("span", "bar");
    for (const weight of weights) {
      const piece = make("i");
      piece.style.width = `${Math.min(weight, 100)}%`;
      node.append(piece);
    }
    return node;
  };

  const verdict = photo => photo.reason !== null ? "failed" : photo.right === null ? "unknown" : photo.right ? "right" : "wrong";

  const card = (photo, layer) => {
    const item = make("li", photo.reason !== null ? "failed" : "");
    const link = make(photo.reason !== null ? "div" : "a", "card");
    const frame = make("span", "frame");
    const shape = make("span", "picture");
    if (photo.reason !== null) {
      shape.textContent = photo.reason;
    } else {
      picture(photo, layer, shape);
      // As large as fits a frame of 4:3.
      shape.style.width = `${Math.min(75 * photo.width / photo.height, 100)}%`;
      link.href = photo.folder ? `${photo.folder}/anv.html` : `#${photo.number}`;
    }
    frame.append(shape);
    link.append(frame);
    if (photo.reason === null) {
      link.append(bar(photo.layers[layer] || []));
      const row = make("span", "row");
      row.append(make("b", "", photo.predicted), make("span", "", percent(photo.probability / 10)));
      const small = make("span", "small");
      const kind = verdict(photo);
      if (kind === "wrong") small.append(make("span", "wrong", "✗ "), `shows ${photo.truth} · `);
      if (kind === "right") small.append(make("span", "right", "✓ "));
      if (photo.explained !== photo.predicted) small.append(`explained as ${photo.explained} · `);
      small.append(photo.name);
      small.title = photo.name;
      link.append(row, small);
    } else {
      const small = make("span", "small", photo.name);
      small.title = photo.name;
      link.append(small);
    }
    item.append(link);
    return item;
  };

  const more = () => {
    const layer = by("layer").value;
    const next = shown.slice(made, made + CHUNK);
    made += next.length;
    by("photos").append(...next.map(photo => card(photo, layer)));
  };

  const filter = () => {
    const cls = by("class").value, kind = by("verdict").value, part = by("name").value.trim().toLowerCase();
    shown = photos.filter(p =>
      (!cls || p.explained === cls || p.truth === cls || p.predicted === cls)
      && (!kind || verdict(p) === kind)
      && (!part || p.name.toLowerCase().includes(part)));
    const order = by("order").value;
    const sure = p => p.probability === null ? -1 : p.probability;
    if (order === "sure") shown.sort((a, b) => sure(b) - sure(a));
    if (order === "unsure") shown.sort((a, b) => sure(a) - sure(b));
    made = 0;
    by("photos").replaceChildren();
    by("count").textContent = shown.length === photos.length ? `${photos.length} photos` : `${shown.length} of ${photos.length} photos`;
    if (!shown.length) by("photos").append(make("li", "none", "No photo is like this."));
    more();
  };

  // ---- One photo: every layer, and how to draw all of it.

  const quoted = text => /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

  const choose = layer => {
    openLayer = layer;
    picture(open, layer, by("large"));
    for (const button of by("layers").querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.value === layer));
  };

  const detail = photo => {
    open = photo;
    by("title").replaceChildren(photo.predicted, make("small", "", photo.name));
    by("large").style.setProperty("--ratio", photo.width / photo.height);
    const shows = photo.truth === undefined ? "" : photo.right ? `, which it shows` : `, it shows ${photo.truth}`;
    by("facts").textContent = `Predicted ${photo.predicted} with ${percent(photo.probability / 10)}${shows}. Explained: ${photo.explained}. ${photo.width} × ${photo.height} pixels.`;
    const odd = !/^[\x20-\x7e]+$/.test(photo.name) || photo.name.includes("\\");
    by("command").textContent = `cargo run --release --example explain -- ${quoted(data.run)} --draw ${odd ? photo.number : quoted(photo.name)}`;
    by("layers").replaceChildren(...data.layers.map(([number, name]) => {
      const item = make("li"), button = make("button"), weights = photo.layers[number] || [];
      button.type = "button";
      button.value = String(number);
      button.append(picture(photo, String(number), make("span", "picture")), make("span", "", `${number} ${name}`), bar(weights),
        make("em", "", weights.length ? percent(weights.reduce((a, b) => a + b, 0)) : "none"));
      button.addEventListener("click", () => choose(String(number)));
      item.append(button);
      return item;
    }));
    const last = data.layers.length ? String(data.layers[data.layers.length - 1][0]) : "";
    choose(by("layer").value || openLayer || last);
    if (!by("detail").open) by("detail").showModal();
  };

  const route = () => {
    const photo = photos.find(p => `#${p.number}` === location.hash && p.reason === null);
    if (photo) detail(photo); else if (by("detail").open) by("detail").close();
  };

  by("close").addEventListener("click", () => by("detail").close());
  by("detail").addEventListener("click", event => { if (event.target === by("detail")) by("detail").close(); });
  by("detail").addEventListener("close", () => { if (location.hash) history.replaceState(null, "", location.pathname + location.search); });
  addEventListener("hashchange", route);

  // ---- Filters.

  const option = (select, value, text) => { const node = make("option", "", text); node.value = value; select.append(node); };
  const counts = new Map();
  for (const photo of photos)
    for (const name of new Set([photo.explained, photo.truth, photo.predicted]))
      if (name !== undefined) counts.set(name, (counts.get(name) || 0) + 1);
  option(by("class"), "", "all");
  for (const name of [...counts.keys()].sort((a, b) => a.localeCompare(b))) option(by("class"), name, `${name} (${counts.get(name)})`);
  option(by("layer"), "", "photo alone");
  for (const [number, name] of data.layers) option(by("layer"), String(number), `${number} ${name}`);
  if (data.layers.length) by("layer").value = String(data.layers[data.layers.length - 1][0]);
  for (const kind of ["right", "wrong", "unknown", "failed"]) {
    const count = photos.filter(p => verdict(p) === kind).length;
    const node = by("verdict").querySelector(`[value=${kind}]`);
    if (count) node.textContent += ` (${count})`; else node.remove();
  }
  by("tools").addEventListener("input", filter);
  by("tools").addEventListener("submit", event => event.preventDefault());
  new IntersectionObserver(entries => { if (entries.some(e => e.isIntersecting) && made < shown.length) more(); }, { rootMargin: "1200px" })
    .observe(by("end"));
  filter();
  route();
})();
