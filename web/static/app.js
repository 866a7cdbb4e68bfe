"use strict";
// Everything here only helps: every page works without it. Words come from the page, so that they are translated once.
(() => {
  const $ = (s, r = document) => r.querySelector(s);
  const $$ = (s, r = document) => [...r.querySelectorAll(s)];
  const policy = window.trustedTypes
    ? trustedTypes.createPolicy("app", { createHTML: (s) => s })
    : { createHTML: (s) => s };
  // A document that is parsed runs no script and loads nothing; only nodes from our own server are taken from it.
  const parse = (html) => new DOMParser().parseFromString(policy.createHTML(html), "text/html");
  const get = (url, options = {}) =>
    fetch(url, { credentials: "same-origin", ...options, headers: { "X-Requested-With": "fetch", ...options.headers } });
  const live = $("#live");
  const say = (text) => { live.textContent = text; };
  const store = {
    get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
    set: (key, value) => { try { localStorage.setItem(key, value); } catch { /* full or forbidden: the page still holds it */ } },
    drop: (key) => { try { localStorage.removeItem(key); } catch { /* as above */ } },
    clear: () => { try { Object.keys(localStorage).filter((k) => k.startsWith("alur:")).forEach((k) => localStorage.removeItem(k)); } catch { /* as above */ } },
  };

  $("[data-focus]")?.focus();

  // One send a click, whatever the fingers do.
  const underway = new WeakMap();
  document.addEventListener("submit", (e) => {
    const form = e.target;
    if (underway.has(form)) {
      const button = e.submitter;
      e.preventDefault();
      underway.get(form).finally(() => form.requestSubmit(button));
      return;
    }
    if (!form.matches("[data-once]") || e.defaultPrevented) return;
    if (form.dataset.sent) { e.preventDefault(); return; }
    form.dataset.sent = "1";
    const button = e.submitter;
    if (button) setTimeout(() => button.setAttribute("aria-disabled", "true"), 0);
  });
  addEventListener("pageshow", (e) => {
    if (!e.persisted) return;
    $$("form[data-sent]").forEach((f) => { delete f.dataset.sent; $$("[aria-disabled]", f).forEach((b) => b.removeAttribute("aria-disabled")); });
  });
  $$("form[data-leave]").forEach((f) => f.addEventListener("submit", store.clear));

  // Autosave: what is entered goes to the server by itself; while it is away, to this device.
  const saving = $("form[data-save]");
  if (saving) autosave(saving);
  function autosave(form) {
    const key = "alur:" + form.dataset.save;
    const told = $("[data-saved]", form);
    const away = $("#away");
    const older = $("#older");
    const hold = "hold" in form.dataset;
    let timer = 0, busy = false, again = false, stale = hold;
    const entries = () => Object.fromEntries([...new FormData(form)].filter(([k, v]) => typeof v === "string" && !k.startsWith("csrf") && k !== "idempotency_key" && k !== "revision"));
    // A copy on this device tells which revision it was made from: it never replaces anything newer by itself.
    const kept = copy();
    let base = hold ? (kept ? kept.revision : 0) : Number(form.dataset.revision);
    const remember = () => store.set(key, JSON.stringify({ revision: base, values: entries() }));
    if (kept && !hold && !$(".error-summary")) take(kept);
    form.addEventListener("input", () => { remember(); clearTimeout(timer); timer = setTimeout(save, 1200); });
    form.addEventListener("submit", () => { clearTimeout(timer); remember(); });
    function copy() {
      try {
        const found = JSON.parse(store.get(key));
        if (found && Number.isInteger(found.revision) && found.values && typeof found.values === "object") return found;
      } catch { /* no copy of ours */ }
      store.drop(key);
      return null;
    }
    function take(kept) {
      const differs = Object.entries(kept.values).filter(([name, value]) => form.elements.namedItem(name) && value !== given(form, name));
      if (!differs.length) { store.drop(key); return; }
      if (kept.revision === base) { fill(form, kept.values); save(); return; }
      stale = true;
      form.inert = true;
      $("[data-differs]", older).replaceChildren(...differs.map(([name, value]) => Object.assign(document.createElement("li"), { textContent: words(form, name, value) })));
      older.hidden = false;
      older.focus();
      const decided = (act) => () => { act(); older.hidden = true; form.inert = stale = false; $("input:not([type=hidden]), select, textarea", form)?.focus(); };
      $("[data-use]", older).addEventListener("click", decided(() => { fill(form, kept.values); remember(); setTimeout(save, 0); }));
      $("[data-discard]", older).addEventListener("click", decided(() => { store.drop(key); form.reset(); }));
    }
    addEventListener("online", () => { if (store.get(key)) save(); });
    async function save() {
      if (stale) return;
      if (busy) { again = true; return; }
      busy = true;
      const body = JSON.stringify(entries());
      try {
        const r = await get(form.dataset.save, { method: "PUT", body, headers: { "Content-Type": "application/json", "X-CSRFToken": form.elements.csrf_token.value, "If-Match": '"' + form.elements.revision.value + '"' } });
        if (r.status >= 500) throw new Error(String(r.status));
        const answer = r.headers.get("Content-Type")?.includes("json") ? await r.json() : {};
        away.hidden = true;
        told.classList.toggle("bad", !r.ok);
        told.textContent = answer.words || "";
        if (r.ok) {
          form.elements.revision.value = base = answer.revision;
          if (answer.complete && JSON.stringify(entries()) === body) store.drop(key);
          else remember();
        } else if (r.status === 412 || r.status === 409) {
          stale = true;
          if (r.status === 409) told.textContent = form.dataset.closed;
          remember();
          say(told.textContent);
        }
      } catch {
        remember();
        away.hidden = false;
        told.textContent = "";
        clearTimeout(timer);
        timer = setTimeout(save, 8000);
      } finally {
        busy = false;
        if (again) { again = false; save(); }
      }
    }
  }
  function fill(form, values) {
    for (const [name, value] of Object.entries(values)) {
      const found = form.elements.namedItem(name);
      if (!found) continue;
      if (found instanceof RadioNodeList) found.value = value;
      else if (found.type === "checkbox") found.checked = true;
      else found.value = value;
    }
  }
  // What the server gave for an entry, whatever the browser has put there since.
  function given(form, name) {
    const found = form.elements.namedItem(name);
    if (found instanceof RadioNodeList) return [...found].find((r) => r.defaultChecked)?.value;
    if (found.options) return ([...found.options].find((o) => o.defaultSelected) || found.options[0])?.value;
    return found.type === "checkbox" || found.type === "radio" ? (found.defaultChecked ? found.value : undefined) : found.defaultValue;
  }
  // An entry as a person reads it: its label, and what stands there.
  function words(form, name, value) {
    const found = form.elements.namedItem(name);
    const one = found instanceof RadioNodeList ? [...found].find((r) => r.value === value) || found[0] : found;
    const label = (e) => e?.labels?.[0]?.textContent || "";
    const legend = $("legend", one.closest("fieldset") || document.createElement("p"))?.textContent;
    const text = one.options ? [...one.options].find((o) => o.value === value)?.textContent || value : found === one ? value : label(one);
    return (found === one && legend ? legend + ", " : "") + (found === one ? label(one) : legend || "") + ": " + (text || "–");
  }
  // What was sent and taken is no longer needed here.
  $$("[data-taken]").forEach((e) => store.drop("alur:" + e.dataset.taken));

  // A photo of a phone is made small, and cut to the ratio asked for, before it travels.
  $$("input[type=file][data-shrink]").forEach((input) => {
    input.addEventListener("change", () => {
      const job = shrink(input).finally(() => underway.delete(input.form));
      underway.set(input.form, job);
    });
  });
  async function shrink(input) {
    const file = input.files[0];
    const canvas = $("canvas", input.form);
    const note = $("[data-note]", input.form);
    if (!file || !/^image\/(jpeg|png)$/.test(file.type)) { if (canvas) canvas.hidden = true; if (note) note.textContent = ""; return; }
    let picture;
    try { picture = await createImageBitmap(file, { imageOrientation: "from-image" }); } catch { return; }
    const [rw, rh] = (input.dataset.ratio || "0:0").split(":").map(Number);
    let { width: w, height: h } = picture;
    let x = 0, y = 0;
    const cut = rw && Math.abs(w * rh - h * rw) * 20 > h * rw;
    if (cut) {
      if (w * rh > h * rw) { const n = Math.round((h * rw) / rh); x = (w - n) >> 1; w = n; }
      else { const n = Math.round((w * rh) / rw); y = (h - n) >> 1; h = n; }
    }
    const scale = Math.min(1, 1600 / Math.max(w, h));
    canvas.width = Math.round(w * scale);
    canvas.height = Math.round(h * scale);
    canvas.getContext("2d").drawImage(picture, x, y, w, h, 0, 0, canvas.width, canvas.height);
    canvas.hidden = false;
    note.textContent = "";
    const most = Number(input.dataset.shrink);
    if (!cut && scale === 1 && file.size <= most) return;
    let blob = null;
    for (const quality of [0.87, 0.75, 0.6]) {
      blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
      if (!blob || blob.size <= most) break;
    }
    if (!blob || (!cut && blob.size >= file.size)) return;
    note.textContent = cut ? note.dataset.cut : note.dataset.note;
    const box = new DataTransfer();
    box.items.add(new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }));
    input.files = box.files;
  }

  // A part of the page that is still becoming: asked for again until it says that it is done.
  const part = $("[data-live]");
  if (part) follow(part, 700);
  // What somebody is writing is not taken away by a page that comes anew.
  function typing() { return document.activeElement?.matches("textarea, select, input:not([type=hidden])") ?? false; }
  function follow(box, wait) {
    if (!box.dataset.live) return;
    setTimeout(async () => {
      try {
        const r = await get(box.dataset.live);
        if (r.ok) {
          const fresh = $("[data-live]", parse(await r.text()));
          if (fresh && fresh.textContent !== box.textContent) { box.replaceChildren(...fresh.childNodes); say($("[data-say]", box)?.textContent || ""); }
          if (!fresh || !fresh.dataset.live) { if (box.dataset.then && !typing()) location.assign(box.dataset.then); return; }
        }
      } catch { /* asked again */ }
      follow(box, Math.min(wait * 1.3, 5000));
    }, wait);
  }

  // Drawing a signature with finger, pen or mouse; what was drawn is sent as the file that may be chosen instead.
  $$("[data-drawing]").forEach((field) => {
    const canvas = $("canvas", field), clear = $("[data-clear]", field), file = $("input[type=file]", field);
    if (!canvas.getContext || !window.DataTransfer) return;
    const pen = canvas.getContext("2d");
    let drawn = false, at = null;
    const empty = () => { pen.fillStyle = "#fff"; pen.fillRect(0, 0, canvas.width, canvas.height); drawn = false; };
    const place = (e) => {
      const box = canvas.getBoundingClientRect();
      return [(e.clientX - box.left) * canvas.width / box.width, (e.clientY - box.top) * canvas.height / box.height];
    };
    const stroke = (to) => {
      pen.lineWidth = 5; pen.lineCap = pen.lineJoin = "round"; pen.strokeStyle = "#10233f";
      pen.beginPath(); pen.moveTo(...at); pen.lineTo(...to); pen.stroke();
      at = to; drawn = true;
    };
    canvas.addEventListener("pointerdown", (e) => { canvas.setPointerCapture(e.pointerId); at = place(e); stroke(at); e.preventDefault(); });
    canvas.addEventListener("pointermove", (e) => { if (at) stroke(place(e)); });
    const lift = () => {
      if (!at) return;
      at = null;
      const sending = new Promise((done) => canvas.toBlob((made) => {
        const list = new DataTransfer();
        if (drawn && made) list.items.add(new File([made], "drawing.png", { type: "image/png" }));
        file.files = list.files;
        done();
      }, "image/png"));
      underway.set(field.closest("form"), sending);
      sending.finally(() => underway.delete(field.closest("form")));
    };
    canvas.addEventListener("pointerup", lift);
    canvas.addEventListener("pointercancel", lift);
    $("button", clear).addEventListener("click", () => { empty(); file.value = ""; });
    file.addEventListener("change", empty);
    empty();
    canvas.hidden = clear.hidden = false;
  });

  // Lists of tasks: choosing, keys, and news that never move the row in use.
  const list = $("[data-list]");
  if (list) tasks(list);
  function tasks(list) {
    const form = list.closest("form") || $("form", list);
    const chosen = $("[data-chosen]");
    const all = $("[data-all]");
    const help = $("#keys");
    let at = -1;
    const rows = () => $$("tbody tr", list);
    const boxes = () => $$("tbody input[type=checkbox]", list);
    const count = () => {
      const every = $("[data-every]", list);
      const n = every?.checked ? Number(every.dataset.every) : boxes().filter((b) => b.checked).length;
      if (chosen) chosen.textContent = chosen.dataset.words.replace("#", n);
      $$("[data-needs]").forEach((b) => { b.disabled = n === 0; });
      $$("[data-n]").forEach((b) => { b.textContent = n; });
      const some = boxes().filter((b) => b.checked).length;
      if (all) { all.checked = some > 0 && some === boxes().length; all.indeterminate = some > 0 && !all.checked; }
    };
    list.addEventListener("change", count);
    all?.addEventListener("change", () => { boxes().forEach((b) => { b.checked = all.checked; }); count(); });
    count();
    const go = (step) => {
      const r = rows();
      if (!r.length) return;
      at = Math.max(0, Math.min(r.length - 1, at + step));
      r.forEach((row, i) => row.classList.toggle("cur", i === at));
      $("a", r[at])?.focus();
      r[at].scrollIntoView({ block: "nearest" });
    };
    $("[data-help]")?.addEventListener("click", () => help.showModal());
    document.addEventListener("keydown", (e) => {
      const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName) && e.target.type !== "checkbox";
      if (e.ctrlKey || e.metaKey || e.altKey || typing || help?.open) return;
      const act = {
        j: () => go(1), k: () => go(-1), "/": () => $("input[type=search]")?.focus(), "?": () => help?.showModal(),
        x: () => { const b = at >= 0 && $("input[type=checkbox]", rows()[at]); if (b) { b.checked = !b.checked; count(); } },
        a: () => { const b = at >= 0 ? $("button[data-claim]", rows()[at]) : $("[data-next]"); b?.click(); },
      }[e.key];
      if (act) { e.preventDefault(); act(); }
    });
    const fresh = $("[data-fresh]");
    if (list.dataset.poll) setInterval(async () => {
      if (document.hidden) return;
      try {
        const r = await get(list.dataset.poll);
        if (!r.ok) return;
        const page = parse(await r.text());
        const theirs = new Map($$("tbody tr", page).map((row) => [row.id, row]));
        const ours = new Set(rows().map((row) => row.id));
        for (const row of rows()) {
          const now = theirs.get(row.id);
          row.classList.toggle("gone", !now);
          if (now && !row.contains(document.activeElement)) $$("[data-part]", row).forEach((cell) => {
            const other = $(`[data-part="${cell.dataset.part}"]`, now);
            if (other && other.textContent !== cell.textContent) cell.replaceChildren(...other.childNodes);
          });
        }
        const n = [...theirs.keys()].filter((id) => !ours.has(id)).length;
        if (fresh) { fresh.hidden = n === 0; const a = $("a", fresh); if (n) { a.textContent = a.dataset.words.replace("#", n); } }
      } catch { /* asked again */ }
    }, 15000);
  }
})();
