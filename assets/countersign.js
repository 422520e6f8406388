// What a page does beyond what it says: keys, selections, and looking again. Every page is whole without this file.
//
// Pages declare, this file acts. An element's data-key is pressed for its reader: a link is followed, a button is pressed after one question, a field
// is entered. Rows to walk through carry data-row on the link that opens them.
"use strict";

(() => {
  const page = document.documentElement;
  page.dataset.scripted = "";

  // ---- Looking again -------------------------------------------------------------------------------------------------------------------------

  // A form in which something was typed is the reader's until it is sent: what the server has to say goes around it.
  document.addEventListener("input", (event) => {
    event.target.form?.setAttribute("hx-morph-skip", "");
  });

  // What comes back from elsewhere (the door, when the session ended) or as an error is not this page: what stands here stays.
  document.addEventListener("htmx:before:swap", (event) => {
    const answer = event.detail.ctx?.response?.raw;
    if (answer && (answer.redirected || !answer.ok)) event.preventDefault();
  });

  // A page about one text is not changed under its reader's eyes: it says that there is another, and the reader looks again.
  const asking = document.querySelector("main[data-look='ask']");
  document.addEventListener("look", async () => {
    if (!asking) return;
    const answer = await fetch(location.href, { headers: { accept: "text/html" } }).catch(() => null);
    if (!answer?.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (wording(fresh.querySelector("main")) !== first) {
      document.getElementById("look-again").hidden = false;
    }
  });
  const first = asking && wording(asking);

  // What a page says, without its forms and without the time of day.
  function wording(main) {
    if (!main) return "";
    const copy = main.cloneNode(true);
    for (const part of copy.querySelectorAll("form, time, [data-apart]")) part.remove();
    return copy.textContent.replace(/\s+/g, " ");
  }

  // A connection that is lost is said, quietly; what is on the page stays.
  const connection = document.getElementById("connection");
  document.addEventListener("htmx:sse:error", () => connection && (connection.hidden = false));
  document.addEventListener("htmx:sse:after:connection", () => connection && (connection.hidden = true));
  // A stream that was cut is sought again by its extension; one that was never had, because the server was away just then, is sought here.
  const live = document.getElementById("live");
  for (const failure of ["htmx:error", "htmx:response:error"]) {
    live?.addEventListener(failure, (event) => {
      if (event.target !== live || live._htmx?.sse) return;
      connection.hidden = false;
      setTimeout(() => live.dispatchEvent(new Event("seek")), 2000);
    });
  }

  // ---- Selecting -----------------------------------------------------------------------------------------------------------------------------

  function tell() {
    const chosen = document.querySelectorAll("input[data-select]:checked").length;
    for (const count of document.querySelectorAll("[data-selected]")) count.textContent = chosen;
    for (const bar of document.querySelectorAll("[data-selection]")) bar.toggleAttribute("data-empty", chosen === 0);
  }
  document.addEventListener("change", (event) => {
    if (event.target.matches("input[data-select-all]")) {
      for (const box of document.querySelectorAll("input[data-select]")) box.checked = event.target.checked;
    }
    tell();
  });
  document.addEventListener("htmx:after:swap", tell);
  tell();

  // ---- Writing -------------------------------------------------------------------------------------------------------------------------------

  // What is typed is sent to be kept; the answer is the page again, of which the parts that are fresh are taken: the preview, and what the rules find.
  // While nothing can be sent it stays in this browser, under its writer, its page and its proposal, and goes as soon as it can.
  const writing = document.getElementById("writing");
  if (writing) write(writing);

  function write(form) {
    const PAUSE = 700;
    const AGAIN = 4000;
    const store = `countersign-unsent ${form.dataset.keep} ${location.pathname} ${form.elements.namedItem("proposal")?.value ?? ""}`;
    let typed = 0;
    let kept = 0;
    let sending = false;
    let leaving = false;
    let timer = 0;

    const later = (pause) => {
      clearTimeout(timer);
      timer = setTimeout(keep, pause);
    };
    form.addEventListener("input", (event) => {
      if (event.target.matches("[data-suggest]")) suggest(event.target);
      typed += 1;
      say("typing");
      later(PAUSE);
    });
    addEventListener("online", () => typed > kept && keep());
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && part());
    addEventListener("pagehide", part);

    // The last words before somebody goes.
    function part() {
      if (leaving || typed === kept) return;
      const body = filled("keep");
      stash(body);
      if (navigator.onLine && navigator.sendBeacon(form.action, body)) drop();
    }

    async function keep() {
      if (sending || leaving) return;
      sending = true;
      const state = typed;
      const body = filled("keep");
      const [answer, page] = await post(body);
      sending = false;
      if (leaving) return;
      if (answer?.ok) {
        kept = state;
        drop();
        refresh(page);
        say(typed > kept ? "typing" : "kept");
        if (typed > kept) later(PAUSE);
        return;
      }
      stash(body);
      if (answer?.status === 403 && adopt(page)) return later(0);
      if (!answer) say("lost");
      else if (answer.status === 401) say("ended");
      else say("refused");
      later(AGAIN);
    }

    async function post(body) {
      const answer = await fetch(form.action, { method: "POST", body, headers: { accept: "text/html" } }).catch(() => null);
      const text = answer && (await answer.text().catch(() => null));
      if (!answer || text === null) return [null, null];
      return [answer, new DOMParser().parseFromString(text, "text/html")];
    }

    function filled(act, button) {
      // A file goes with its own button.
      const typed = [...new FormData(form, button)].filter(([, value]) => typeof value === "string");
      const fields = new URLSearchParams(typed);
      fields.set("act", act);
      return fields;
    }

    // A form of an earlier session is given this session's own tokens.
    function adopt(page) {
      const fresh = page.getElementById("writing");
      const token = (of) => of?.elements.namedItem("csrf");
      if (!token(fresh) || token(fresh).value === token(form).value) return false;
      for (const name of ["csrf", "token"]) {
        const [mine, theirs] = [form, fresh].map((of) => of.elements.namedItem(name));
        if (mine && theirs) mine.value = theirs.value;
      }
      return true;
    }

    function refresh(page) {
      for (const part of document.querySelectorAll("[data-fresh][id]")) {
        const fresh = page.getElementById(part.id);
        const [before, after] = [part.innerHTML, fresh?.innerHTML ?? ""];
        if (before !== after) part.replaceChildren(...(fresh?.childNodes ?? []));
      }
    }

    function say(what) {
      const place = form.querySelector("[data-kept]");
      if (place.dataset.says === what) return;
      place.dataset.says = what;
      const words = document.getElementById("kept-words").querySelector(`[data-when="${what}"]`);
      place.replaceChildren(words.cloneNode(true));
    }

    function stash(body) {
      try {
        localStorage.setItem(store, body.toString());
      } catch {
        // Where nothing may be stored, the text lasts as long as the page.
      }
    }

    function drop() {
      try {
        localStorage.removeItem(store);
      } catch {
        // Nothing was stored.
      }
    }

    // What could not be sent the last time goes first; the page then comes with it.
    async function unsent() {
      let body = null;
      try {
        body = localStorage.getItem(store);
      } catch {
        return;
      }
      if (!body) return;
      const fields = new URLSearchParams(body);
      for (const name of ["csrf", "token"]) {
        const mine = form.elements.namedItem(name);
        const isOfText = name === "csrf" || fields.get("from") === form.elements.namedItem("from")?.value;
        if (mine && isOfText) fields.set(name, mine.value);
      }
      fields.set("act", "keep");
      const [answer] = await post(fields);
      if (!answer?.ok) return say(answer ? "refused" : "lost");
      drop();
      if (typed === kept) location.reload();
    }
    unsent();

    // Rows come, go and move without the page being left; whoever pressed a button stays at it.
    form.addEventListener("submit", async (event) => {
      const button = event.submitter;
      const [act, path] = (button?.value ?? "").split(/:(.*)/s);
      if (button?.hasAttribute("data-preview")) {
        event.preventDefault();
        await keep();
        document.getElementById("preview").focus();
        return;
      }
      if (!["add", "remove", "up", "down"].includes(act)) {
        leaving = true;
        clearTimeout(timer);
        setTimeout(() => (leaving = false), 5000);
        return;
      }
      event.preventDefault();
      const list = [...form.querySelectorAll("fieldset.rows")].indexOf(button.closest("fieldset.rows"));
      const state = typed;
      const [answer, page] = await post(filled(button.value, button));
      const fresh = answer?.ok && page.getElementById("writing");
      if (!fresh) return say(answer ? (answer.status === 401 ? "ended" : "refused") : "lost");
      if (typed !== state) return say("typing");
      refresh(page);
      form.replaceChildren(...fresh.childNodes);
      kept = typed;
      say("kept");
      const here = form.querySelectorAll("fieldset.rows")[list];
      const same = [...form.querySelectorAll("button[name=act]")].find((other) => other.value === button.value);
      const row = same ?? [...form.querySelectorAll("button[name=act]")].find((other) => path && other.value.endsWith(`:${path}`));
      const rows = here?.querySelectorAll(":scope > .row") ?? [];
      const last = rows[rows.length - 1];
      const inputs = last?.querySelectorAll("input:not([type=hidden]), textarea, select") ?? [];
      // A key that the server proposed is not what one wants to type.
      if (act === "add") ([...inputs].find((input) => !input.value) ?? inputs[0])?.focus();
      else if (act === "remove") here?.focus();
      else row?.focus();
    });

    // Records that a field could name, by what is typed into it.
    let asked = 0;
    async function suggest(field) {
      const question = (asked += 1);
      await new Promise((done) => setTimeout(done, 200));
      const options = field.list;
      const isChosen = [...(options?.options ?? [])].some((option) => option.value === field.value);
      if (question !== asked || !options || isChosen) return;
      const address = `${form.dataset.suggestions}?q=${encodeURIComponent(field.value)}`;
      const answer = await fetch(address).catch(() => null);
      if (!answer?.ok || answer.redirected || question !== asked) return;
      const found = new DOMParser().parseFromString(`<datalist>${await answer.text()}</datalist>`, "text/html");
      options.replaceChildren(...found.querySelectorAll("option"));
    }
  }

  // ---- Keys ----------------------------------------------------------------------------------------------------------------------------------

  const SWITCH = "countersign-keys";
  const help = document.getElementById("keys");
  const box = document.getElementById("use-keys");
  if (box) {
    box.checked = stored() !== "off";
    box.addEventListener("change", () => {
      try {
        localStorage.setItem(SWITCH, box.checked ? "on" : "off");
      } catch {
        // Where nothing may be stored the choice lasts as long as the page.
      }
    });
  }
  function stored() {
    try {
      return localStorage.getItem(SWITCH);
    } catch {
      return null;
    }
  }

  let before = "";
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.key === "Escape" && event.target.matches("input, textarea, select")) event.target.blur();
    if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog")) return;
    if (box && !box.checked && event.key !== "?") return;
    const sequence = before ? `${before} ${event.key}` : event.key;
    before = "";
    if (event.key === "g" && sequence === "g") {
      before = "g";
      setTimeout(() => (before = ""), 1500);
    } else if (event.key === "?") {
      help?.togglePopover();
    } else if (event.key === "j" || event.key === "k") {
      walk(event.key === "j" ? 1 : -1);
    } else if (event.key === "x") {
      document.activeElement.closest("li")?.querySelector("input[data-select]")?.click();
    } else if (!press(sequence)) {
      return;
    }
    event.preventDefault();
  });

  function walk(step) {
    const rows = [...document.querySelectorAll("a[data-row]")];
    const here = rows.findIndex((row) => row.closest("li, tr").contains(document.activeElement));
    const next = rows[here < 0 ? (step > 0 ? 0 : rows.length - 1) : here + step];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }

  function press(key) {
    // Where there is nothing to search on the page, the list of records is where one searches.
    const meant = document.querySelector(`[data-key="${CSS.escape(key)}"]`) ?? (key === "/" && document.querySelector('[data-key="g r"]'));
    if (!meant) return false;
    const reason = meant.value === "request_changes" && meant.form.elements.reason;
    if (reason && !reason.value.trim()) reason.focus();
    else if (meant.matches("button")) ask(meant);
    else if (meant.matches("a")) meant.click();
    else meant.focus();
    return true;
  }

  // A key is pressed by accident more easily than a button: it asks once.
  const question = document.getElementById("question");
  function ask(button) {
    if (!question || button.disabled) return;
    question.querySelector("[data-question]").textContent = button.textContent.trim();
    question.returnValue = "";
    question.onclose = () => {
      if (question.returnValue === "yes") button.form.requestSubmit(button);
      else button.focus();
    };
    question.showModal();
  }
})();
