// Every page and state, visited once in English and once in French: axe finds nothing wrong in either theme and at either width, with everything
// unfolded; nothing stands beside a screen of 320 pixels or a window at 200 %; nothing on the page jumped while it loaded.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { judge } from "./axe.mjs";
import { everything, STATES } from "./pages.mjs";
import { assertFits } from "./story.mjs";

/** Themes and widths are the same in both languages, so French needs no look twice; its words are longer, so it needs the narrow ones. */
const LOOKS = {
  en: [
    { theme: "light", width: 1280 },
    { theme: "dark", width: 1280 },
    { theme: "dark", width: 390 },
  ],
  fr: [
    { theme: "dark", width: 1280 },
    { theme: "light", width: 390 },
  ],
};

/** A screen of 320 pixels, and a window of 1280 at 200 %. */
const NARROW = [320, 640];

/** What Chromium adds up for everything that moved without being asked to. */
const MAX_SHIFT = 0.01;

/** Bytes in a second, at which a list is drawn several times before its end is there. */
const SLOW = 4000;

let site;
let judged = 0;
let shifted = 0;
before(async () => {
  site = await everything();
});
after(async () => {
  await site?.close();
  console.log(`states: ${STATES.length} in two languages, judged ${judged} times by axe; the largest layout shift is ${shifted.toFixed(4)}`);
  site?.assertQuiet();
});

for (const language of Object.keys(LOOKS)) {
  describe(`axe finds nothing wrong, nothing stands beside the screen, nothing jumps, ${language}`, () => {
    for (const [name, reader, open] of STATES) {
      test(name, async () => {
        // Nothing fades: a colour is judged as it stays.
        const how = { language, reducedMotion: "reduce" };
        const page = await (reader ? site.signedIn(reader, how) : site.visitor(how));
        await open(page, site, language);
        assert.equal(await page.locator("html").getAttribute("lang"), language);
        await assertStill(page);
        assert.deepEqual(await judge(page, LOOKS[language]), []);
        judged += LOOKS[language].length;
        await assertNarrow(page);
        await page.context().close();
      });
    }
  });
}

test("a list that arrives slowly stays where it is", async () => {
  const [, reader, open] = STATES.find(([name]) => name === "records");
  const page = await site.signedIn(reader, { reducedMotion: "reduce" });
  await open(page, site, "en");
  const network = await page.context().newCDPSession(page);
  await network.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: SLOW, uploadThroughput: -1 });
  await page.reload();
  await assertStill(page);
  await page.context().close();
});

test("axe does find what is wrong", async () => {
  const page = await site.visitor();
  await page.setContent('<title>x</title><main><img src="data:,"><button></button><p style="color: #999">pale</p></main>');
  const found = (await judge(page, [{ theme: "light", width: 1280 }])).map((line) => line.split(" ")[2].slice(0, -1));
  for (const rule of ["image-alt", "button-name", "color-contrast", "html-has-lang"]) assert.ok(found.includes(rule), `${rule} among ${found}`);
  await page.context().close();
});

async function assertStill(page) {
  const shift = await page.evaluate(moved);
  shifted = Math.max(shifted, shift);
  assert.ok(shift < MAX_SHIFT, `the page moved by ${shift}`);
}

/** Runs in the page: what moved since it began to load, and not because somebody pressed something. */
async function moved() {
  await document.fonts.ready;
  return new Promise((done) => {
    const observer = new PerformanceObserver((list) => done(sum(list)));
    const sum = (list) => list.getEntries().reduce((all, entry) => all + (entry.hadRecentInput ? 0 : entry.value), 0);
    observer.observe({ type: "layout-shift", buffered: true });
    setTimeout(() => done(0), 100);
  });
}

async function assertNarrow(page) {
  for (const width of NARROW) {
    await page.setViewportSize({ width, height: 640 });
    await assertFits(page, `at ${width} pixels, ${page.url()}`);
  }
}
