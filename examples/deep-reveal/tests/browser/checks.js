// What can be told of a page without help: the list of what is wrong with it.
const wrong = [];
const name = (e) => e.outerHTML.replace(/\s+/g, " ").slice(0, 120);
const all = (css) => [...document.querySelectorAll(css)];
const shown = (e) => {
  const { width, height } = e.getBoundingClientRect();
  const { visibility, clipPath } = getComputedStyle(e);
  return width > 0 && height > 0 && visibility === "visible" && clipPath === "none";
};

// Structure
if (!document.documentElement.lang) wrong.push("the page has no language");
if (all("h1").length !== 1) wrong.push(`${all("h1").length} first headings`);
all("h1, h2, h3").map((h) => Number(h.localName[1])).forEach((level, i, levels) => {
  if (level > (levels[i - 1] ?? 1) + 1) wrong.push(`a heading ${level} follows a heading ${levels[i - 1]}`);
});
const ids = all("[id]").map((e) => e.id);
ids.filter((id, i) => ids.indexOf(id) !== i).forEach((id) => wrong.push(`two elements are #${id}`));
for (const attribute of ["aria-describedby", "aria-labelledby", "for"]) {
  for (const e of all(`[${attribute}]`)) {
    for (const id of e.getAttribute(attribute).split(" ")) {
      if (!ids.includes(id)) wrong.push(`${attribute} leads nowhere: ${name(e)}`);
    }
  }
}

// Names
all("img:not([alt])").forEach((e) => wrong.push(`no text for ${name(e)}`));
for (const e of all("a, button, input:not([type=hidden]), textarea, select, summary")) {
  const labels = [...(e.labels ?? [])].map((label) => label.textContent).join("");
  const text = e.getAttribute("aria-label") || labels || (e.localName === "input" ? "" : e.textContent);
  if (!text.trim()) wrong.push(`no name for ${name(e)}`);
}

// Sizes: 24 pixels, the label of a box to tick included; links within a sentence may be as high as it.
for (const e of all("a, button, input:not([type=hidden]), textarea, summary")) {
  const target = e.closest("label") ?? e;
  if (!shown(target) || getComputedStyle(target).display === "inline") continue;
  const { width, height } = target.getBoundingClientRect();
  const least = e.closest("main.split") && e.localName === "button" ? 43.9 : 23.9;
  if (width < least || height < least) wrong.push(`${width} by ${height} pixels: ${name(e)}`);
}

// Nothing is wider than the window, other than what can be scrolled.
const page = document.documentElement;
if (page.scrollWidth > page.clientWidth) wrong.push(`the page is ${page.scrollWidth} pixels wide of ${page.clientWidth}`);
for (const e of all("body *")) {
  const { left, right } = e.getBoundingClientRect();
  if (shown(e) && !e.closest(".scroll, .hidden, svg") && (left < -1 || right > page.clientWidth + 1)) {
    wrong.push(`from ${left} to ${right} of ${page.clientWidth} pixels: ${name(e)}`);
  }
}

// Contrast, as WCAG 2 has it: 4.5, or 3 for large text.
const channels = (color) => color.match(/[\d.]+/g).map(Number);
const light = (color) => {
  const [r, g, b] = channels(color).slice(0, 3).map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const behind = (e) => {
  const { backgroundColor } = getComputedStyle(e);
  return (channels(backgroundColor)[3] ?? 1) > 0.99 ? backgroundColor : behind(e.parentElement);
};
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
  const e = texts.currentNode.parentElement;
  if (!texts.currentNode.data.trim() || !shown(e) || e.closest(".hidden, .skip")) continue;
  const { color, fontSize, fontWeight } = getComputedStyle(e);
  const [dark, bright] = [light(color), light(behind(e))].sort((a, b) => a - b);
  const ratio = (bright + 0.05) / (dark + 0.05);
  const size = parseFloat(fontSize);
  const least = size >= 24 || (size >= 18.66 && Number(fontWeight) >= 700) ? 3 : 4.5;
  if (ratio < least) wrong.push(`contrast ${ratio.toFixed(2)} of ${color}: ${name(e)}`);
}
return wrong;
