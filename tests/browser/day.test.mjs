// The reviewer's day, from the link in the morning to the new version in the evening.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { PEOPLE, Site } from "./site.mjs";
import { assertFits, decide, decisionButton, draft, named, reviewLink, until } from "./story.mjs";

const ways = [];
for (const theme of ["light", "dark"])
  for (const width of [1280, 390])
    for (const scripts of [true, false]) ways.push({ theme, width, scripts });

const told = ({ theme, width, scripts }) => `${theme}, ${width} pixels, ${scripts ? "with" : "without"} scripts`;

describe("the reviewer's day: a draft is read, sent back, mended, approved, and published by another", () => {
  let site;
  before(async () => {
    site = await Site.open();
    const drafts = ways.map((_, number) => [`records/concepts/day-${number}.md`, draft(`day-${number}`, `The day ${number}`)]);
    site.commit(PEOPLE.author, Object.fromEntries(drafts), "Begin a text for each day");
  });
  after(async () => {
    await site?.close();
    site?.assertQuiet();
  });

  for (const [number, way] of ways.entries()) {
    test(told(way), async () => {
      const id = `lw:concept:day-${number}`;
      const reviewer = await morning(site, PEOPLE.reviewer, way);
      await open(reviewer, site, id);
      await readsTheText(reviewer, `The day ${number}`, way);
      await decide(reviewer, "comment", "I have begun to read this.");
      await open(reviewer, site, id);
      assert.match(await reviewer.locator(".discussion").innerText(), /I have begun to read this\./);
      await decide(reviewer, "request_changes", "Who reads it first?");

      await authorMends(site, id, way);

      await open(reviewer, site, id);
      assert.match(await reviewer.locator(".discussion").innerText(), /Who reads it first\?/);
      await decide(reviewer, "approve:validate", "Now it says so.");
      await reviewer.goto(site.at(`/review/${named(id)}`));
      assert.equal(await decisionButton(reviewer, "approve:activate").count(), 0, "nobody does both acts");

      const publisher = await morning(site, PEOPLE.publisher, way);
      await open(publisher, site, id);
      await decide(publisher, "approve:activate");
      await recordIsPublished(publisher, site, id);
      await Promise.all([reviewer, publisher].map((page) => page.context().close()));
    });
  }
});

describe("the day's first half in French", () => {
  let site;
  before(async () => {
    site = await Site.open();
    site.commit(PEOPLE.author, { "records/concepts/jour.md": draft("jour", "Une journée") }, "Begin");
  });
  after(async () => {
    await site?.close();
    site?.assertQuiet();
  });

  for (const scripts of [true, false]) {
    test(`is chosen at the foot of a page and kept on every page after it, ${scripts ? "with" : "without"} scripts`, async () => {
      const page = await morning(site, PEOPLE.reviewer, { scripts, language: "en" });
      const english = await page.locator("main").innerText();
      await page.locator('button[name="language"][value="fr"]').click();
      await page.waitForLoadState();
      assert.match(page.url(), /\/queue$/, "the page that was read is shown again");
      assert.notEqual(await page.locator("main").innerText(), english);
      await isFrench(page);
      await open(page, site, "lw:concept:jour");
      await isFrench(page);
      await decide(page, "comment", "À relire demain.");
      await isFrench(page);
      await open(page, site, "lw:concept:jour");
      await decide(page, "request_changes", "Il manque une phrase.");
      await isFrench(page);
      await open(page, site, "lw:concept:jour");
      assert.match(await page.locator(".discussion").innerText(), /À relire demain\.[^]*Il manque une phrase\./);
      await page.context().close();
    });
  }
});

async function isFrench(page) {
  assert.equal(await page.locator("html").getAttribute("lang"), "fr");
  await assertFits(page);
}

/** Somebody opens their link, presses its button, and stands before the queue. */
async function morning(site, name, way) {
  const page = await site.visitor(way);
  await site.signIn(page, name);
  await page.goto(site.address);
  assert.match(page.url(), /\/queue$/);
  assert.equal(await page.locator("h1").count(), 1);
  await assertFits(page);
  return page;
}

/** Opens a text from the queue by its row. */
async function open(page, site, id) {
  await until(`${id} is on the queue`, async () => {
    await page.goto(site.at("/queue"));
    return reviewLink(page, id).count();
  });
  await reviewLink(page, id).click();
  await page.waitForURL((url) => url.pathname.includes("/review/"));
  await assertFits(page);
}

async function readsTheText(page, title, way) {
  assert.equal(await page.locator("h1").innerText(), title);
  const changes = page.locator(".changes");
  assert.match(await changes.innerText(), /begins as a sentence that somebody wrote down/);
  assert.ok((await changes.locator("ins").count()) > 3, "what is new is marked");
  const paper = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const brightness = Number(paper.match(/\d+/)[0]);
  assert.equal(brightness > 128, way.theme === "light", `the paper is ${paper}`);
}

async function authorMends(site, id, way) {
  const author = await site.signedIn(PEOPLE.author, way);
  await author.goto(site.at(`/edit/${named(id)}`));
  await assertFits(author);
  const body = author.locator("textarea.body");
  await body.fill(`${await body.inputValue()}\nThe reviewer reads it first.\n`);
  await author.locator('form[action*="/edit/"] button.main').click();
  await author.waitForURL((url) => !url.pathname.includes("/edit/"));
  await author.context().close();
}

async function recordIsPublished(page, site, id) {
  await page.goto(site.at(`/records/${named(id)}`));
  const badge = page.locator(".badge-line .status");
  assert.ok((await badge.getAttribute("class")).includes("published"));
  assert.match(await badge.innerText(), /v?1\.0\.0/);
  assert.match(await page.locator(".body").innerText(), /The reviewer reads it first\./);
  await page.locator(`.history a[href*="/versions/"]`).first().click();
  assert.match(await page.locator("main").innerText(), /1\.0\.0/);
  await assertFits(page);
}
