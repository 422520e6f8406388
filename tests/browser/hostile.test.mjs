// Content is hostile, even ours: FAULTS 86 and 98 in a real browser. A register in which every text that somebody can write tries to run a script, to ask
// for /canary, to lead the reader away, or to turn the reading direction. Every page that a link leads to is visited.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { PEOPLE, Site } from "./site.mjs";
import { decide, decisionButton, decisionForm, until } from "./story.mjs";

/** Breaks out of text, attributes, titles, text areas and scripts, and asks htmx too. */
const PAYLOAD =
  `"'></title></textarea></script><script>canary=1</script><img src=/canary onerror=canary=1><svg onload=canary=1>` +
  `<i hx-get=/canary hx-trigger=load data-hx-get=/canary data-hx-trigger=load>\u202e`;
const STATUS = `" onfocus=canary=1 autofocus <img src=/canary onerror=canary=1>`;
const NAME = `x" onmouseover="canary=1" autofocus onfocus="canary=1`;
const BRANCH = `x"><img/src=/canary/onerror=canary=1>`;
const FILE = `"onfocus=canary=1 autofocus <img src=x onerror=canary=1>`;

const BODY = `
# ${PAYLOAD}

<script>canary=1</script><base href=/canary/><meta http-equiv=refresh content="0;url=/canary"><link rel=stylesheet href=/canary>
<style>@import "/canary"; * { background: url(/canary) }</style><iframe src=/canary srcdoc="<script>parent.canary=1</script>"></iframe>

<form action=/canary method=post id=decide><input autofocus onfocus=canary=1 name=reason><button formaction=/canary>Approve</button></form>

<div hx-get=/canary hx-trigger=load hx-on:load=canary=1 hx-on::after-init=canary=1 data-hx-get=/canary data-hx-trigger=load>text</div>
<p id=live hx-sse:connect=/canary hx-target=body>text</p><button data-key=a data-row>text</button><main id=main hx-get=/canary hx-trigger=load>text</main>

<svg><animate onbegin=canary=1 attributeName=x dur=1s><a xlink:href="javascript:canary=1"><text>x</text></a><foreignObject><img src=/canary onerror=canary=1></foreignObject></svg>
<math><mtext><table><mglyph><style><!--</style><img title="--><img src=/canary onerror=canary=1>"></table></mtext></math>
<details open ontoggle=canary=1><summary>x</summary></details><video src=/canary onerror=canary=1></video><object data=/canary></object><embed src=/canary>

[a link](javascript:canary=1) [another](data:text/html,<script>canary=1</script>) [third](  java\tscript:canary=1) <javascript:canary=1> [fourth](vbscript:canary=1)

![an image](/canary) ![another](https://canary.example/pixel) ![third](data:image/svg+xml,<svg onload=canary=1>) ![" onerror=canary=1](x)

[reference]: javascript:canary=1 "\\" onmouseover=canary=1"

A \u202egnirts that turns round, and one \u2066isolated\u2069, ${PAYLOAD}

\`\`\`html"onclick=canary=1
${PAYLOAD}
\`\`\`

| ${NAME} | b |
|---|---|
| ${PAYLOAD} | [x](javascript:canary=1) |
`;

const yaml = (text) => JSON.stringify(text);

const note = (title, status = STATUS) => `---
title: ${yaml(title)}
status: ${yaml(status)}
version: 0.1.0
${yaml(`key ${PAYLOAD}`)}: ${yaml(PAYLOAD)}
link: "javascript:canary=1"
data: "data:text/html,<script>canary=1</script>"
kind: ${yaml(PAYLOAD)}
list: [${yaml(PAYLOAD)}, "java\\tscript:canary=1", "https://example.org/\\" onclick=canary=1"]
relations:
  - key: ${yaml(PAYLOAD)}
    predicate: ${yaml(PAYLOAD)}
    target: ${yaml(PAYLOAD)}
    statement: ${yaml(PAYLOAD)}
---
${BODY}`;

const SCHEMA = JSON.stringify({
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: PAYLOAD,
  type: "object",
  required: [`must ${PAYLOAD}`],
  properties: { kind: { enum: [`not ${PAYLOAD}`], title: PAYLOAD, description: PAYLOAD } },
});

const POLICY = readFileSync(join(import.meta.dirname, "registers/hostile.toml"), "utf8");

const inString = (text) => yaml(text).slice(1, -1);

const policy = () => POLICY.replaceAll("PAYLOAD", inString(PAYLOAD)).replaceAll("NAME", inString(NAME)).replaceAll("STATUS", inString(STATUS)).replaceAll("BRANCH", inString(BRANCH));

const REGISTER = {
  "countersign.toml": policy(),
  "schemas/note.schema.json": SCHEMA,
  [`notes/${FILE}.md`]: note(`Note ${PAYLOAD}`),
  "notes/bidi.md": note("A \u202etitle that turns round"),
  "notes/broken.md": `---\ntitle: [${PAYLOAD}\nstatus: draft\n---\n${BODY}`,
  "notes/twice.md": `---\ntitle: ${yaml(PAYLOAD)}\ntitle: ${yaml(PAYLOAD)}\n---\n`,
  "plain/one.md": `---\nid: ${yaml(`id ${PAYLOAD.replace("\u202e", "")}`)}\ntitle: ${yaml(PAYLOAD)}\nstatus: ${yaml(STATUS)}\nversion: 1.0.0\n---\n${BODY}`,
  "plain/two.md": `---\nid: plain-two\ntitle: ${yaml(`Two ${PAYLOAD}`)}\nstatus: ${yaml(STATUS)}\nversion: 0.1.0\n---\n${BODY}`,
};

describe("hostile content stays inert", () => {
  let site;
  let page;
  const asked = [];
  before(async () => {
    site = await Site.open({ registers: { hostile: { files: REGISTER, branch: BRANCH } } });
    const bare = site.repositories[0];
    site.commit(NAME, { [`notes/${FILE}.md`]: (text) => `${text}\nMore ${PAYLOAD}\n` }, `Edit ${PAYLOAD}\n\n${PAYLOAD}\n\nRecord: ${PAYLOAD}`, bare);
    page = await site.signedIn(PEOPLE.reviewer);
    page.on("request", (request) => asked.push([request.resourceType(), new URL(request.url()).pathname]));
    await said(site);
    site.commit(PEOPLE.administrator, { "countersign.toml": (text) => `${text}\n# ${PAYLOAD}\n`, "schemas/note.schema.json": `${SCHEMA}\n` }, `Govern ${PAYLOAD}`, bare);
    await until("the changed policy is seen", async () => (await page.goto(site.at("/policy-change", "hostile"))).ok());
  });
  after(async () => {
    await site?.close();
    site?.assertQuiet();
  });

  test("on every page that a link leads to, in every language", async () => {
    const seen = await crawl(page, site, "/hostile/queue");
    console.log(`hostile: ${seen.length} pages visited`);
    for (const part of ["/queue", "/records/", "/review/", "/edit/", "/versions/", "/activity", "/people", "/health", "/policy-change", "/compare/"])
      assert.ok(seen.some((path) => path.includes(part)), `${part} among ${seen.join("\n")}`);
    await page.context().addCookies([{ name: "countersign-language", value: "fr", url: site.address }]);
    for (const path of ["queue", "records", "activity", "people", "health", "hosting", "policy-change"]) await visit(page, site, `/hostile/${path}`);
  });

  test("in what the reader typed or followed: addresses, searches, errors, forms that come back", async () => {
    const typed = encodeURIComponent(PAYLOAD);
    for (const path of [
      `/hostile/records?q=${typed}&collection=${typed}&status=${typed}&page=${typed}`,
      `/hostile/records?${typed}=1&q=javascript:canary=1`,
      `/hostile/${typed.replaceAll("%2F", "")}`,
      `/${typed.replaceAll("%2F", "")}`,
      `/hostile/records/${typed.replaceAll("%2F", "")}`,
      `/hostile/review/${typed.replaceAll("%2F", "")}`,
      `/hostile/new/${typed.replaceAll("%2F", "")}`,
      `/hostile/bulk?item=${typed}&item=notes/bidi.md`,
      `/hostile/versions/plain-two?at=${typed}`,
      `/hostile/compare/plain-two?from=${typed}&to=${typed}`,
      `/hostile/queue?done=${typed}&saved=${typed}&path=${typed}`,
      `/hostile/activity?page=${typed}`,
      `/sign-in?next=${typed}`,
      `/sign-in?next=javascript:canary=1`,
      `/sign-in?next=//canary.example/`,
      `/sign-in/link/${typed.replaceAll("%2F", "")}`,
    ]) await visit(page, site, path);
    await refusedForms(page, site);
  });

  test("and turned letters are shown with their marks", async () => {
    await page.goto(site.at("/records/notes/bidi", "hostile"));
    assert.match(await page.locator(".heading-block h1").innerText(), /U\+202E/);
    assert.match(await page.locator(".body").innerText(), /U\+202E/);
    await page.goto(site.at("/review/notes/bidi", "hostile"));
    const changes = await page.locator(".changes").innerText();
    assert.match(changes, /U\+202E/);
    assert.ok(!/[\u202a-\u202e\u2066-\u2069]/.test(changes));
  });

  test("and nothing was asked for but pages, the server's own files and the stream", () => {
    // A page that the stream tells of a change, as of the policy's above, asks for itself again.
    const pages = new Set(asked.filter(([kind]) => kind === "document").map(([, path]) => path));
    const again = ([kind, path]) => kind === "fetch" && pages.has(path);
    const strange = asked.filter((one) => one[0] !== "document" && !again(one) && !one[1].startsWith("/assets/") && !one[1].endsWith("/live"));
    assert.deepEqual(strange, []);
    assert.deepEqual(asked.filter(([, path]) => path === "/canary"), []);
  });
});

/** People say hostile things, and one text goes all the way, so that there are versions. */
async function said(site) {
  const reviewer = await site.signedIn(PEOPLE.reviewer);
  await until("the texts are seen", async () => (await reviewer.goto(site.at("/review/plain-two", "hostile"))).ok());
  await decide(reviewer, "comment", PAYLOAD);
  await reviewer.goto(site.at("/review/plain-two", "hostile"));
  await decide(reviewer, "approve:validate", PAYLOAD);
  const publisher = await site.signedIn(PEOPLE.publisher);
  await publisher.goto(site.at("/review/plain-two", "hostile"));
  await decide(publisher, "approve:activate", PAYLOAD);
  site.commit(PEOPLE.joel, { "plain/two.md": (text) => `${text}\nAnd more: ${PAYLOAD}\n` }, PAYLOAD, site.repositories[0]);
  await Promise.all([reviewer, publisher].map((page) => page.context().close()));
}

async function crawl(page, site, start) {
  const seen = [];
  const next = [start];
  while (next.length > 0) {
    const path = next.shift();
    if (seen.includes(path)) continue;
    seen.push(path);
    assert.ok(seen.length < 120, "the register has no end");
    await visit(page, site, path);
    const links = await page.evaluate(leadsTo);
    for (const link of links.map((href) => new URL(href))) {
      assert.ok(["http:", "https:"].includes(link.protocol), link.href);
      if (link.origin === site.address && link.pathname.startsWith("/hostile")) next.push(link.pathname + link.search);
    }
  }
  return seen;
}

/** Runs in the page: where its links lead, and its forms that only ask. */
function leadsTo() {
  const asking = [...document.querySelectorAll('form[method="get"]')].map((form) => `${form.action}?${new URLSearchParams(new FormData(form))}`);
  return [...document.querySelectorAll("a[href]")].map((one) => one.href).concat(asking);
}

async function visit(page, site, path) {
  await page.goto(site.address + path);
  await assertInert(page);
}

/** Nothing ran, nothing will, and the page is the one that was asked for. */
async function assertInert(page) {
  const url = page.url();
  await page.evaluate(() => document.querySelectorAll("details").forEach((part) => (part.open = true)));
  // Time for what htmx does on load and for a meta refresh of no seconds.
  await page.waitForTimeout(30);
  assert.equal(page.url(), url);
  assert.deepEqual(await page.evaluate(suspects), [], url);
}

/** Runs in the page: everything that could act and is not the page's own. */
function suspects() {
  const found = [];
  if (window.canary !== undefined) found.push("the canary sang");
  const isActing = (name, attribute, value) => {
    // A button of the page itself that leads back to a place of the same page.
    if (name === "button" && attribute === "formaction" && value.startsWith("#")) return false;
    if (name === "img" || /^(data|srcdoc|style|formaction|srcset|background|poster|ping)$/i.test(attribute)) return attribute !== "alt";
    return /^(href|src|action|xlink:href)$/i.test(attribute) && /^\s*(\/canary|java|vb|data)/i.test(value);
  };
  const own = new Set(["html", "head", "meta", "title", "link", "script"]);
  for (const one of document.querySelectorAll("*")) {
    const inHead = one.closest("head") !== null;
    const name = one.localName;
    for (const { name: attribute, value } of one.attributes) {
      const isOwnHtmx = one.matches("div#live, main#main[class]") && one.parentElement === document.body;
      if (/^on/i.test(attribute)) found.push(`${name} ${attribute}`);
      if (/^(data-)?hx-/i.test(attribute) && !isOwnHtmx && !(one.matches("form") && attribute === "hx-morph-skip")) found.push(`${name} ${attribute}`);
      if (isActing(name, attribute, value))
        found.push(`${name} ${attribute}=${value}`);
    }
    if (!inHead && (own.has(name) ? name !== "html" && name !== "head" : /^(style|base|iframe|frame|object|embed|applet|video|audio|svg|math|noscript|template)$/.test(name)))
      found.push(one.outerHTML.slice(0, 200));
  }
  for (const script of document.scripts) if (!script.getAttribute("src")?.startsWith("/assets/")) found.push(script.outerHTML);
  if (document.querySelectorAll("base, meta[http-equiv]").length > 0) found.push("a base or a refresh");
  return found;
}

async function refusedForms(page, site) {
  const send = async (button, status) => {
    const [answer] = await Promise.all([page.waitForResponse((answer) => answer.request().method() === "POST"), button.click()]);
    await page.waitForLoadState();
    assert.equal(answer.status(), status);
    await assertInert(page);
  };
  await page.goto(site.at("/review/notes/bidi", "hostile"));
  await decisionForm(page).locator('[name="path"]').evaluate((input, text) => (input.value = text), PAYLOAD);
  await decisionForm(page).locator("textarea").fill(PAYLOAD);
  await send(decisionButton(page, "comment"), 403);
  const author = await site.signedIn(PEOPLE.author);
  await author.goto(site.at("/new/notes", "hostile"));
  for (const name of ["title", "slug"]) await author.locator(`[name="${name}"]`).fill(PAYLOAD.replaceAll("\u202e", ""));
  await Promise.all([author.waitForEvent("framenavigated"), author.locator('form[action*="/new/"] button.main').click()]);
  await assertInert(author);
  await author.context().close();
  const visitor = await site.visitor();
  await visitor.goto(`${site.address}/sign-in`);
  await visitor.locator("form.form").evaluate((form) => (form.noValidate = true));
  await visitor.locator("#address").fill(PAYLOAD);
  await visitor.locator("#password").fill(PAYLOAD);
  await Promise.all([visitor.waitForEvent("framenavigated"), visitor.locator("form.form button.main").click()]);
  await assertInert(visitor);
  await visitor.context().close();
}
