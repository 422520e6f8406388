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
