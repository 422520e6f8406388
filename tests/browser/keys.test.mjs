// A day without a mouse.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { PEOPLE, Site } from "./site.mjs";
import { decisionForm, draft, named, reviewLink, until } from "./story.mjs";

describe("with the keyboard alone", () => {
  let site;
  before(async () => {
    site = await Site.open();
    const drafts = ["one", "two"].map((name) => [`records/concepts/keys-${name}.md`, draft(`keys-${name}`, `The keys ${name}`)]);
    site.commit(PEOPLE.author, Object.fromEntries(drafts), "Begin");
    const page = await site.signedIn(PEOPLE.reviewer);
    await until("the texts are seen", async () => (await page.goto(site.at("/queue")), reviewLink(page, "lw:concept:keys-two").count()));
    await page.context().close();
  });
  after(async () => {
    await site?.close();
    site?.assertQuiet();
  });

  test("a text is found with j and k, opened with Enter, and approved with a, which asks once", async () => {
    const page = await at(site, "/queue");
    const rows = await page.locator("a[data-row]").count();
    await page.keyboard.press("j");
    assert.equal(await rowOf(page), 0);
    await page.keyboard.press("j");
    assert.equal(await rowOf(page), 1);
    await page.keyboard.press("k");
    assert.equal(await rowOf(page), 0);
    const wanted = `/review/${named("lw:concept:keys-one")}`;
    for (let step = 0; step < rows && !(await page.evaluate(() => document.activeElement.href)).endsWith(wanted); step++) await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.pathname.endsWith(wanted));

    await page.keyboard.press("a");
    await page.locator("#question[open]").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("#question[open]").waitFor({ state: "detached" });
    assert.ok(page.url().endsWith(wanted), "Escape decides nothing");

    await page.keyboard.press("a");
    await page.locator("#question[open]").waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.searchParams.has("done"));
    await page.goto(site.at(`/records/${named("lw:concept:keys-one")}`));
    assert.match(await page.locator(".badge-line .status").getAttribute("class"), /approved/);
    await page.context().close();
  });

  test("c leads to the reason, Escape out of it, / to the search, g q to the queue, g r to the records, ? to the list of all keys", async () => {
    const page = await at(site, `/review/${named("lw:concept:keys-two")}`);
    await page.keyboard.press("c");
    assert.equal(await focused(page), "reason");
    await page.keyboard.type("ja?");
    assert.equal(await decisionForm(page).locator("textarea").inputValue(), "ja?", "what is typed is text");
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await page.locator("#keys:popover-open").waitFor();
    await page.keyboard.press("Escape");
    assert.equal(await page.locator("#keys:popover-open").count(), 0);
    await page.keyboard.press("g");
    await page.keyboard.press("q");
    await page.waitForURL((url) => url.pathname.endsWith("/queue"));
    await page.keyboard.press("g");
    await page.keyboard.press("r");
    await page.waitForURL((url) => url.pathname.endsWith("/records"));
    await page.keyboard.press("/");
    assert.equal(await focused(page), "q");
    await page.context().close();
  });

  test("single keys can be turned off for good, and ? still tells how to turn them on", async () => {
    const page = await at(site, "/queue");
    await page.keyboard.press("?");
    await page.locator("#use-keys").focus();
    await page.keyboard.press("Space");
    await page.keyboard.press("Escape");
    for (let visit = 0; visit < 2; visit++) {
      for (const key of ["j", "g", "r"]) await page.keyboard.press(key);
      assert.equal(await rowOf(page), -1);
      assert.match(page.url(), /\/queue$/);
      await page.goto(site.at("/queue"));
    }
    await page.keyboard.press("?");
    await page.locator("#keys:popover-open").waitFor();
    await page.context().close();
  });

  for (const [name, path] of [
    ["the queue", "/queue"],
    ["a review", `/review/${named("lw:concept:keys-two")}`],
    ["a record", `/records/${named("lw:concept:provenance")}`],
    ["the records", "/records"],
    ["people and policy", "/people"],
  ]) {
    test(`Tab reaches everything on ${name}, in reading order, and what has the focus is seen`, async () => {
      const page = await at(site, path);
      await page.evaluate(() => document.querySelectorAll("details").forEach((part) => (part.open = true)));
      const all = await page.evaluate(reachable);
      const met = [];
      for (let step = 0; step < all + 20; step++) {
        await page.keyboard.press("Tab");
        const place = await page.evaluate(focusedPlace);
        if (!place || met.includes(place.index)) break;
        assert.ok(place.seen, `${place.what} is not seen with the focus`);
        met.push(place.index);
      }
      assert.deepEqual(met, Array.from({ length: all }, (_, index) => index));
      await page.context().close();
    });
  }
});

async function at(site, path) {
  const page = await site.signedIn(PEOPLE.reviewer);
  await page.goto(site.at(path));
  return page;
}

/** The row in which the focus is, or -1. */
const rowOf = (page) => page.evaluate(() => [...document.querySelectorAll("a[data-row]")].indexOf(document.activeElement));

const focused = (page) => page.evaluate(() => document.activeElement.id);

/** Runs in the page: numbers everything that Tab should reach, in reading order. */
function reachable() {
  const able = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  const shown = [...document.querySelectorAll(able)].filter((one) => one.checkVisibility() && !one.disabled && one.tabIndex >= 0);
  shown.forEach((one, index) => (one.dataset.order = index));
  return shown.length;
}

/** Runs in the page: which of them has the focus, and whether it can be seen there. */
function focusedPlace() {
  const one = document.activeElement;
  if (!one || one === document.body || !one.dataset.order) return null;
  const box = one.getBoundingClientRect();
  const style = getComputedStyle(one);
  const inside = box.bottom > 0 && box.top < innerHeight && box.width > 0;
  const marked = style.outlineStyle !== "none" || one.matches(".skip");
  return { index: Number(one.dataset.order), what: one.outerHTML.slice(0, 120), seen: inside && marked };
}
