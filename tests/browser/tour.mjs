// Makes the pictures of docs/tour.md and of the README, from the sample, by real people's acts: node tests/browser/tour.mjs
//
// Every picture is what somebody sees who does what its name says; nothing is drawn or pasted.
import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import { PEOPLE, Site } from "./site.mjs";
import { decisionButton, decisionForm, draft, named, until } from "./story.mjs";

const { author, reviewer, publisher } = PEOPLE;

const images = resolve(import.meta.dirname, "../../docs/images");

/** The most that a picture may weigh: a tour is read over a telephone too. */
const MAX_BYTES = 150 * 1024;

const review = (id) => `/review/${named(id)}`;
const record = (id) => `/records/${named(id)}`;

/** Name, reader, how they look at it, and what they do to see it. */
const PICTURES = [
  ["tour-01-queue", reviewer, {}, (page, site) => page.goto(site.at("/queue"))],
  ["tour-02-review", reviewer, {}, (page, site) => page.goto(site.at(review("lw:concept:version-of-record")))],
  ["tour-03-decision", publisher, {}, decision],
  ["tour-04-changed-since", reviewer, {}, changedSince],
  ["tour-05-several", reviewer, {}, several],
  ["tour-06-record", reviewer, {}, (page, site) => page.goto(site.at(record("lw:concept:provenance")))],
  ["tour-07-compare", reviewer, {}, compare],
  ["tour-08-search", reviewer, {}, (page, site) => page.goto(site.at("/records?q=claim"))],
  ["tour-09-phone", publisher, { theme: "dark", width: 390, height: 800 }, (page, site) => page.goto(site.at("/queue"))],
  ["tour-10-people", reviewer, { language: "fr" }, (page, site) => page.goto(site.at("/people"))],
];

const sharper = (text) => text.replace("which has no author who maintains it.", "which has no author who maintains it and nobody who answers for it.");

const site = await Site.open();
try {
  for (const [name, person, how, open] of PICTURES) {
    const page = await site.signedIn(person, { reducedMotion: "reduce", ...how });
    await open(page, site);
    await take(page, name);
    if (name === "tour-02-review") await take(page, "review");
    await page.context().close();
  }
} finally {
  await site.close();
}
site.assertQuiet();

async function take(page, name) {
  const path = join(images, `${name}.png`);
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path, caret: "hide" });
  const bytes = statSync(path).size;
  console.log(`${name}.png: ${Math.ceil(bytes / 1024)} KB`);
  if (bytes > MAX_BYTES) throw new Error(`${name}.png is too large`);
}

/** What the rules found, who must approve, and what a reader may decide. */
async function decision(page, site) {
  await page.goto(site.at(review("lw:publication:against-silent-edits")));
  await page.locator("#decision").evaluate((heading) => heading.scrollIntoView({ block: "center" }));
}

/** Somebody else pushes while the reviewer writes; the decision is not taken for a text that was not read. */
async function changedSince(page, site) {
  await page.goto(site.at(review("lw:concept:editorial-claim")));
  await decisionForm(page).locator("textarea").fill("Clear, and each claim has its source.");
  site.commit(author, { "records/concepts/editorial-claim.md": sharper }, "Say what a claim is not");
  await decisionButton(page, "approve:validate").click();
  await page.locator(".banner.wrong").waitFor();
}

async function several(page, site) {
  const paths = ["one", "two"].map((slug) => `records/concepts/margin-${slug}.md`);
  site.commit(author, { [paths[0]]: draft("margin-one", "Marginal note"), [paths[1]]: draft("margin-two", "Running head") }, "Begin two terms");
  const bulk = `/bulk?${paths.map((path) => `item=${path}`).join("&")}`;
  await until("both texts are seen", async () => (await page.goto(site.at(bulk)), (await page.locator(".ballot").count()) === 2));
}

async function compare(page, site) {
  await page.goto(site.at(record("lw:concept:provenance")));
  await page.locator("form.compare button").click();
  await page.waitForURL((url) => url.pathname.includes("/compare/"));
}
