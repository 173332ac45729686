// Small comforts. Every page works without them.
(() => {
  "use strict";
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  document.documentElement.classList.add("js");

  /** Shows a picture softly once it is there, instead of line by line. */
  function arrive(root) {
    for (const picture of root.querySelectorAll(".stage > img")) {
      const show = () => picture.classList.add("here");
      if (picture.complete) show();
      else ["load", "error"].forEach((event) => picture.addEventListener(event, show, { once: true }));
    }
  }

  /** A second click while the first is on its way sends nothing; the server would ignore it anyway. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented) return;
    if (form.dataset.sent) event.preventDefault();
    else form.dataset.sent = "1";
  });
  addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset.sent;
  });

  /** "Show more" in place: the new picture is loaded first, then takes the old one's place. */
  async function more(form) {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.querySelector("main[data-live]");
    const before = document.querySelector("main[data-live]");
    if (!answer.ok || !found || !before) throw new Error("another page");
    // Pictures load only in the document that is shown.
    const next = document.importNode(found, true);
    const picture = next.querySelector(".stage > img");
    picture.classList.add("here");
    await picture.decode();
    const swap = () => {
      const status = before.querySelector("[data-status]");
      const text = next.querySelector("[data-status]").textContent;
      // The status stays in the page while its text changes: that is what is read out.
      next.querySelector("[data-status]").replaceWith(status);
      before.replaceWith(next);
      document.title = page.title;
      watch(next);
      const button = next.querySelector("button.more");
      if (button) button.focus({ preventScroll: true });
      status.textContent = text;
    };
    if (document.startViewTransition && !still) document.startViewTransition(swap);
    else swap();
  }

  function watch(root) {
    arrive(root);
    const form = root.querySelector("form[data-more]");
    if (!form) return;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (form.dataset.sent) return;
      form.dataset.sent = "1";
      // Whatever went wrong, the plain way shows it: the same step twice is one step.
      more(form).catch(() => form.submit());
    });
  }

  /** Words as chips: a comma, a semicolon or Enter puts one down, Backspace takes the last one back. */
  function words(form) {
    const input = form.querySelector("input[name=label]");
    const list = form.querySelector("[data-chips]");
    const says = form.querySelector("[data-says]");
    const add = form.querySelector("[data-add]");
    const say = (text, label) => {
      says.textContent = form.dataset[text].replace("{label}", label);
      // What can be seen in the list is only read out.
      says.classList.toggle("hidden", text === "added" || text === "removed");
    };
    const chips = () => [...list.querySelectorAll("input")];
    const same = (a, b) => a.localeCompare(b, undefined, { sensitivity: "accent" }) === 0;
    form.querySelector("[data-plain]").hidden = true;
    input.removeAttribute("maxlength");
    add.hidden = false;

    function changed() {
      list.hidden = !list.children.length;
      input.required = !list.children.length;
    }
    function remove(chip) {
      const label = chip.querySelector("input").value;
      chip.remove();
      changed();
      say("removed", label);
      input.focus();
      return label;
    }
    function put(label) {
      if ([...label].length > Number(form.dataset.chars)) return say("long", label), false;
      if (chips().some((chip) => same(chip.value, label))) return say("twice", label), true;
      if (chips().length >= Number(form.dataset.most)) return say("full", label), false;
      const chip = document.createElement("li");
      const text = document.createElement("span");
      const field = document.createElement("input");
      const button = document.createElement("button");
      text.textContent = label;
      Object.assign(field, { type: "hidden", name: "label", value: label });
      Object.assign(button, { type: "button", textContent: "×" });
      button.setAttribute("aria-label", form.dataset.remove.replace("{label}", label));
      button.addEventListener("click", () => remove(chip));
      chip.append(text, field, button);
      list.append(chip);
      changed();
      return say("added", label), true;
    }
    /** Puts down what was typed; what cannot be put down stays in the field. */
    function take() {
      const labels = input.value.split(/[,;\n]/).map((label) => label.trim().replace(/\s+/g, " ")).filter(Boolean);
      input.value = labels.filter((label) => !put(label)).join(", ");
      changed();
      return !input.value;
    }

    input.addEventListener("input", () => { if (/[,;]/.test(input.value)) take(); });
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Enter" && input.value.trim()) {
        event.preventDefault();
        take();
      } else if (event.key === "Backspace" && !event.repeat && !input.value && list.lastElementChild) {
        event.preventDefault();
        input.value = remove(list.lastElementChild);
      }
    });
    add.addEventListener("click", () => { take(); input.focus(); });
    form.addEventListener("submit", (event) => {
      if (event.submitter && event.submitter.name === "skip") return;
      if (!take()) {
        event.preventDefault();
        input.focus();
        return;
      }
      // The empty field would be one more label.
      input.disabled = true;
      setTimeout(() => { input.disabled = false; });
    });
    take();
  }

  watch(document);
  document.querySelectorAll("form[data-words]").forEach(words);
})();
