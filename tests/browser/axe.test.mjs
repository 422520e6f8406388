// Every page and state is judged by axe: in English and French, in both themes, at a desk's and a telephone's width, with everything unfolded.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import axe from "axe-core";
import { everything, STATES } from "./pages.mjs";

const RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"];

const LOOKS = [
  { theme: "light", width: 1280 },
  { theme: "dark", width: 1280 },
  { theme: "dark", width: 390 },
  { theme: "light", width: 390 },
];

let site;
let judged = 0;
before(async () => {
  site = await everything();
});
after(async () => {
  await site?.close();
  console.log(`axe: ${STATES.length} states, ${judged} times judged`);
  site?.assertQuiet();
});

for (const language of ["en", "fr"]) {
  describe(`axe finds nothing wrong, ${language}`, () => {
    for (const [name, reader, open] of STATES) {
      test(name, async () => {
        // Nothing fades: a colour is judged as it stays.
        const how = { language, reducedMotion: "reduce" };
        const page = await (reader ? site.signedIn(reader, how) : site.visitor(how));
        await open(page, site, language);
        assert.equal(await page.locator("html").getAttribute("lang"), language);
        const found = await judge(page);
        await page.context().close();
        assert.deepEqual(found, []);
      });
    }
  });
}

/** Returns what is wrong in any look, once each. */
async function judge(page) {
  await page.evaluate(() => document.querySelectorAll("details").forEach((part) => (part.open = true)));
  await page.evaluate(axe.source);
  const found = new Set();
  for (const { theme, width } of LOOKS) {
    await page.emulateMedia({ colorScheme: theme });
    await page.setViewportSize({ width, height: 800 });
    for (const line of await page.evaluate(look, RULES)) found.add(`${theme} ${width} ${line}`);
    judged += 1;
  }
  return [...found];
}

/** Runs in the page. */
async function look(rules) {
  const { violations } = await axe.run(document, { runOnly: rules, resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")}: ${node.failureSummary.replace(/\s+/g, " ")}`));
}
