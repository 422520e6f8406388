// What readers have, as anybody's browser shows it: each kind of page in both themes and at both widths, on paper, and in a register that speaks French.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { judge } from "./axe.mjs";
import { Site } from "./site.mjs";
import { assertFits, until } from "./story.mjs";

const FRENCH = "phares";

/** Themes and widths, each once. */
const LOOKS = [
  { theme: "light", width: 1280 },
  { theme: "dark", width: 390 },
];

/** What a page is, and where it stands; those of the sample, then those of the French register. */
const PAGES = [
  ["the first page", "", undefined],
  ["a collection", "concepts/", undefined],
  ["a record", "concepts/provenance/", undefined],
  ["a version that is not the last", "concepts/provenance/v/1.0.0/", undefined],
  ["a record that another one takes the place of", "concepts/semantic-version/", undefined],
  ["a record that has ended", "concepts/web-ring/", undefined],
  ["a record with records that name it", "people/imane-roche/", undefined],
  ["the first page, in French", "", FRENCH],
  ["a record, in French", "phares/rive/", FRENCH],
  ["a record that has ended, in French", "phares/digue/", FRENCH],
];

const lighthouse = (title, status) => `---
title: ${title}
summary: Un feu, et qui le tient.
status: ${status}
version: 1.2.0
---

Le feu brûle de la tombée du jour à l'aube.
`;

describe("what readers have", () => {
  let site;
  before(async () => {
    const policy = readFileSync(join(import.meta.dirname, "registers", "french.toml"), "utf8");
    const files = {
      "countersign.toml": policy,
      "phares/rive.md": lighthouse("Le phare de la rive", "active"),
      "phares/digue.md": lighthouse("Le feu de la digue", "retired"),
    };
    site = await Site.open({ registers: { [FRENCH]: { files } } });
    const page = await site.visitor();
    await until("both registers are open to readers", async () => {
      const found = await Promise.all(["", FRENCH].map((register) => page.request.get(at(site, "", register || undefined))));
      return found.every((answer) => answer.ok());
    });
    await page.context().close();
  });
  after(async () => {
    await site?.close();
    site?.assertQuiet();
  });

  for (const [name, path, register] of PAGES) {
    test(`${name}: axe finds nothing wrong, and nothing stands beside the screen`, async () => {
      const page = await site.visitor();
      assert.ok((await page.goto(at(site, path, register))).ok());
      assert.equal(await page.locator("html").getAttribute("lang"), register ? "fr" : "en");
      assert.deepEqual(await judge(page, LOOKS), []);
      for (const width of [320, 640]) {
        await page.setViewportSize({ width, height: 640 });
        await assertFits(page, `at ${width} pixels, ${page.url()}`);
      }
      await page.context().close();
    });
  }

  test("a record on paper is its text, how it is cited and where its links lead, in ink on white", async () => {
    const page = await site.visitor({ theme: "dark" });
    await page.goto(at(site, "concepts/provenance/"));
    await page.emulateMedia({ media: "print" });
    assert.ok(await page.getByText("/concepts/provenance/v/1.2.0/").first().isVisible());
    const link = page.locator("main a[href^='https://www.w3.org/TR/prov-o/']");
    assert.match(await link.evaluate((one) => getComputedStyle(one, "::after").content), /w3\.org\/TR\/prov-o/);
    const [ink, paper] = await page.evaluate(() => [getComputedStyle(document.querySelector("main p")).color, getComputedStyle(document.documentElement).colorScheme]);
    assert.equal(paper, "light", "a page is printed as it looks in the light, whatever the screen is");
    assert.ok(brightness(ink) < 128, ink);
    await page.context().close();
  });

  test("a page asks for nothing but its own files, and needs no script", async () => {
    const page = await site.visitor({ scripts: false });
    const asked = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(at(site, "concepts/provenance/"));
    assert.ok(await page.getByRole("heading", { name: "Provenance" }).first().isVisible());
    assert.deepEqual(
      asked.filter((path) => !path.startsWith("/lanternworks/public/")),
      [],
    );
    assert.equal(await page.locator("script:not([type='application/ld+json'])").count(), 0);
    await page.context().close();
  });
});

function at(site, path, register) {
  return site.at(`/public/${path}`, register);
}

/** Returns how bright a colour is, of 255. */
function brightness(colour) {
  const [red, green, blue] = colour.match(/[\d.]+/g).map(Number);
  return (red + green + blue) / 3;
}
