// What the page is like for eyes, lines and devices that are not the usual ones.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { PEOPLE, Site } from "./site.mjs";
import { assertFits, decide, named } from "./story.mjs";

/** All that a first visit may weigh, in bytes on the line. */
const MAX_WEIGHT = 100 * 1024;

const REVIEW = `/review/${named("lw:concept:version-of-record")}`;

describe("the pages", () => {
  let site;
  before(async () => {
    site = await Site.open();
  });
  after(async () => {
    await site?.close();
    site?.assertQuiet();
  });

  for (const [name, path] of [["the sign-in page", "/sign-in"], ["the queue", "/lanternworks/queue"], ["a review", `/lanternworks${REVIEW}`]]) {
    test(`weigh under 100 KB in all at a first visit: ${name}`, async () => {
      const page = name === "the sign-in page" ? await site.visitor() : await site.signedIn(PEOPLE.reviewer);
      const parts = await weigh(page, site.address + path);
      const all = Object.values(parts).reduce((sum, bytes) => sum + bytes, 0);
      const told = Object.entries(parts).map(([part, bytes]) => `${part} ${(bytes / 1024).toFixed(1)}`);
      console.log(`weight: ${name} is ${(all / 1024).toFixed(1)} KB: ${told.join(", ")}`);
      assert.ok(all < MAX_WEIGHT, `${all} bytes`);
      await page.context().close();
    });
  }

  test("move nothing for whoever asked for less motion", async () => {
    const page = await site.signedIn(PEOPLE.reviewer, { reducedMotion: "reduce" });
    for (const path of ["/queue", REVIEW]) {
      await page.goto(site.at(path));
      assert.deepEqual(await page.evaluate(moving), []);
    }
    await page.context().close();
  });

  test("keep their marks where colours are forced: edges of buttons, lines under and through changed words, shapes of statuses", async () => {
    const page = await site.signedIn(PEOPLE.reviewer, { forcedColors: "active" });
    await page.goto(site.at(REVIEW));
    assert.ok(await page.evaluate(() => matchMedia("(forced-colors: active)").matches));
    const lines = (tag) => page.locator(`.changes ${tag}`).evaluateAll((all) => [...new Set(all.map((one) => getComputedStyle(one).textDecorationLine))]);
    assert.deepEqual(await lines("ins"), ["underline"]);
    assert.deepEqual(await lines("del"), ["line-through"]);
    const edges = await page.locator("main button:visible").evaluateAll((all) => all.filter((one) => getComputedStyle(one).borderTopStyle === "none").map((one) => one.textContent));
    assert.deepEqual(edges, []);
    const shape = await page.locator(".status").first().evaluate((one) => getComputedStyle(one, "::before").backgroundColor);
    assert.notEqual(shape, "rgba(0, 0, 0, 0)");
    await decide(page, "comment", "Said without colours.");
    await page.context().close();
  });

  test("can be used at 200 %, on a screen of twice the points", async () => {
    const page = await site.signedIn(PEOPLE.reviewer, { width: 640, height: 400, scale: 2 });
    for (const path of ["/queue", REVIEW]) {
      await page.goto(site.at(path));
      await assertFits(page);
    }
    await decide(page, "comment", "Said from close up.");
    await page.context().close();
  });
});

/** Returns the bytes that came over the line, by kind, until the page was still. */
async function weigh(page, url) {
  const kinds = {};
  const parts = {};
  const line = await page.context().newCDPSession(page);
  await line.send("Network.enable");
  line.on("Network.responseReceived", ({ requestId, type }) => (kinds[requestId] = type.toLowerCase()));
  line.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const kind = kinds[requestId] ?? "other";
    parts[kind] = (parts[kind] ?? 0) + encodedDataLength;
  });
  await page.goto(url);
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(500);
  return parts;
}

/** Runs in the page: everything that would fade or move. */
function moving() {
  const seconds = (list) => list.split(",").some((time) => parseFloat(time) > 0);
  return [...document.querySelectorAll("*")]
    .filter((one) => seconds(getComputedStyle(one).transitionDuration) || getComputedStyle(one).animationName !== "none")
    .map((one) => one.outerHTML.slice(0, 80));
}
