// Proposals, as two authors, their reviewers and plain git work on them: begun by an edit, talked about field by field, published while readers keep
// what they have, and brought up to date where somebody was faster.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { command, folder, git } from "./sample.mjs";
import { PEOPLE, Site } from "./site.mjs";
import { assertFits, decide, decisionButton, draft, named, until } from "./story.mjs";

const { author: IMANE, joel: JOEL, reviewer: SUNNIVA, publisher: TOMAS } = PEOPLE;

const JOURNAL = "refs/countersign/journal";

/** Two authors, and two who may both review and publish. */
const four = (site, how) => Promise.all([IMANE, JOEL, SUNNIVA, TOMAS].map((name) => site.signedIn(name, how)));

const fileOf = (id) => `records/concepts/${id.split(":").pop()}.md`;
const head = (site, ref) => git(site.bare, "rev-parse", ref).trim();
const length = (site, ref) => Number(git(site.bare, "rev-list", "--count", "--first-parent", ref));
const proposalAt = (site, branch) => site.at(`/proposals/${branch}`);
const reviewAt = (site, branch, id) => site.at(`/review/${named(id)}?proposal=${encodeURIComponent(branch)}`);
const updateLink = (page) => page.locator('main .banner a[href*="/update/"]');

describe("three proposals for one record", () => {
  const ID = "lw:concept:open-weight-model";
  const FIRST = {
    title: "Say what open weights do not promise",
    summary: "Open weights let people run, inspect and adapt a model on their own machines, and they promise no licence whatsoever.",
    claim: "Publishing weights makes a model usable without its maker, and reproducible by nobody.",
  };
  const SUGGESTED = "Open weights let people run, inspect and adapt a model on their own machines, whatever else its maker keeps.";
  const SECOND = {
    title: "Say what a date is good for",
    claim: "A downloaded copy stays usable after the maker withdraws it, so its record needs a date, a checksum and a place.",
  };
  const THIRD = {
    title: "Say it to people with machines of their own",
    summary: "Open weights are for people who would rather own their machines than rent an answer from somebody else's.",
    boundary: "Not a model that is reached only through a service, free or not.",
  };
  const SETTLED = "Open weights are for people who run, inspect and adapt a model themselves, whatever else its maker keeps.";

  let site, imane, joel, sunniva, tomas, first, second, third;
  before(async () => {
    site = await Site.open();
    [imane, joel, sunniva, tomas] = await four(site);
  });
  after(async () => {
    await site?.close();
    site?.assertQuiet();
  });

  test("each begins with an edit, and readers keep what they have", async () => {
    first = await propose(imane, site, ID, FIRST.title, { summary: FIRST.summary, "claims[c1].text": FIRST.claim });
    await readersHave(imane, site, ID, "1.1.0", /promise neither a free licence/);
    second = await propose(joel, site, ID, SECOND.title, { "claims[c4].text": SECOND.claim });
    third = await propose(imane, site, ID, THIRD.title, { summary: THIRD.summary, "boundaries[b1].text": THIRD.boundary });
    for (const [page, branch] of [[imane, first], [joel, second], [imane, third]]) await asksForReview(page, site, branch);
    await joel.goto(site.at("/proposals"));
    const titles = await joel.locator(".item h3").allInnerTexts();
    assert.deepEqual(titles.toSorted(), [FIRST.title, SECOND.title, THIRD.title].toSorted());
    await fitsAPhone(joel);
  });

  test("a reader speaks of single fields, and an author takes a suggestion over with one click", async () => {
    await openFromQueue(joel, site, ID, first);
    await says(joel, "Claims, c1, text", { reason: "Reproducible by nobody, or by nobody we know of?" });
    await says(joel, "Summary", { reason: "Too much of a lawyer's sentence.", suggestion: SUGGESTED });
    await takesOver(imane, site, ID, first, ["Reproducible by nobody, or by nobody we know of?", "Too much of a lawyer's sentence."]);
    holds(site, first, ID, [SUGGESTED, FIRST.claim]);
    await wroteIt(joel, site, ID, first);
  });

  test("an approval stands when plain git puts the same text on top of what was published meanwhile", async () => {
    await openFromQueue(sunniva, site, ID, first);
    await approvesTwice(sunniva, site, JOURNAL);
    await hasApproved(sunniva, site, ID, first);
    const [tip, text] = [head(site, first), head(site, `${first}:${fileOf(ID)}`)];
    site.commit(JOEL, { "records/concepts/elsewhere.md": draft("elsewhere", "Elsewhere") }, "Begin a text elsewhere");
    rebase(site, first);
    assert.notEqual(head(site, first), tip);
    assert.equal(head(site, `${first}:${fileOf(ID)}`), text);
    await until("the branch is seen where it was put", async () => {
      await sunniva.goto(proposalAt(site, first));
      return sunniva.locator("details", { hasText: head(site, first) }).count();
    });
    await hasApproved(sunniva, site, ID, first);
  });

  test("the second approval publishes it, once, in its author's name", async () => {
    await openFromQueue(tomas, site, ID, first);
    await approvesTwice(tomas, site, "main");
    await readersHave(tomas, site, ID, "1.1.1", /whatever else its maker keeps/);
    const told = git(site.bare, "log", "-1", "--format=%an%n%B", "main");
    assert.match(told, /^Imane Roche\nrevise lw:concept:open-weight-model 1\.1\.1\n/);
    assert.match(told, /^Authored-by: Imane Roche .*\nAuthored-by: Joel Aster .*\nApproved-by: Sunniva Kell .*\nApproved-by: Tomas Verdier /m);
    await tomas.goto(site.at("/proposals?state=landed"));
    assert.equal(await tomas.locator(".item h3", { hasText: FIRST.title }).count(), 1);
    await fitsAPhone(tomas);
  });

  test("one that began before is behind, comes up to date without a question, and is approved", async () => {
    await isBehind(joel, site, second);
    assert.equal(await joel.locator("fieldset").count(), 0, "nothing is asked");
    await bringsUpToDate(joel);
    holds(site, second, ID, [SECOND.claim, FIRST.claim, SUGGESTED]);
    await bothApprove([sunniva, tomas], site, ID, second);
    await readersHave(tomas, site, ID, "1.1.2", /a date, a checksum and a place/);
  });

  test("one that changed the same field asks what is to stand, and keeps everything else of both", async () => {
    await isBehind(imane, site, third);
    await settles(imane, [/neither a free licence/, /whatever else its maker keeps/, /own their machines/], SETTLED);
    holds(site, third, ID, [SETTLED, THIRD.boundary, FIRST.claim, SECOND.claim]);
    await bothApprove([sunniva, tomas], site, ID, third);
    await readersHave(tomas, site, ID, "1.1.3", /run, inspect and adapt a model themselves/);
    await tomas.goto(site.at("/proposals"));
    assert.equal(await tomas.locator(".item").count(), 0);
  });

  test("git proves all of it", () => {
    command(site.data, "verify", site.bare);
  });
});

describe("two proposals for one record, without scripts", () => {
  const ID = "lw:concept:local-inference";
  const BEFORE = /without a network, a meter or a witness/;
  const FASTER = "A model on your own machine answers without a network, and nobody counts the questions.";
  const SLOWER = "A model on your own machine answers in the dark, for as long as that machine lasts.";
  const SETTLED = "A model on your own machine answers in the dark, and nobody counts the questions.";
  const SUGGESTED = "When inference is local, confidentiality depends on the device and on what runs there.";
  const MEMORY = "Memory decides which models a small machine can run.";

  let site, imane, joel, sunniva, tomas, faster, slower;
  before(async () => {
    site = await Site.open();
    [imane, joel, sunniva, tomas] = await four(site, { scripts: false });
  });
  after(async () => {
    await site?.close();
    site?.assertQuiet();
  });

  test("each begins with an edit, and readers keep what they have", async () => {
    const claim = "When inference is local, confidentiality depends on the device alone.";
    faster = await propose(imane, site, ID, "Say who counts", { summary: FASTER, "claims[c1].text": claim });
    await readersHave(imane, site, ID, "1.0.1", BEFORE);
    slower = await propose(imane, site, ID, "Say how long it lasts", { summary: SLOWER, "claims[c3].text": MEMORY });
    for (const branch of [faster, slower]) await asksForReview(imane, site, branch);
  });

  test("a reader speaks of single fields, and an author takes a suggestion over with one click", async () => {
    await openFromQueue(joel, site, ID, faster);
    await says(joel, "Summary", { reason: "Who would count them?" });
    await says(joel, "Claims, c1, text", { reason: "Programs tell, too.", suggestion: SUGGESTED });
    await takesOver(imane, site, ID, faster, ["Who would count them?", "Programs tell, too."]);
    holds(site, faster, ID, [SUGGESTED, FASTER]);
    await wroteIt(joel, site, ID, faster);
  });

  test("the one that is slower asks what is to stand, and keeps everything else of both", async () => {
    await bothApprove([sunniva, tomas], site, ID, faster);
    await readersHave(tomas, site, ID, "1.0.2", /nobody counts the questions/);
    await isBehind(imane, site, slower);
    await settles(imane, [BEFORE, /nobody counts the questions/, /as long as that machine lasts/], SETTLED);
    holds(site, slower, ID, [SETTLED, MEMORY, SUGGESTED]);
  });
});

/** Edits what readers have, and comes to the page of the proposal that holds it; returns its branch. */
async function propose(page, site, id, title, texts) {
  await page.goto(site.at(`/records/${named(id)}`));
  await page.locator('main a[href*="/edit/"]').click();
  for (const [name, text] of Object.entries(texts)) await page.locator(`[name="field:${name}"]:not([type=hidden])`).fill(text);
  await page.locator("#summary").fill(title);
  const save = page.locator("#writing .writing-acts button.main");
  assert.equal(await save.innerText(), "Save as a proposal");
  await save.click();
  await page.waitForURL((url) => url.pathname.includes("/proposals/"));
  assert.equal(await page.locator("h1").innerText(), title);
  const shown = await textToBe(page.locator(".proposed-record"));
  for (const text of Object.values(texts)) assert.ok(shown.includes(text), `${text}: ${shown}`);
  await fitsAPhone(page);
  return new URL(page.url()).pathname.split("/proposals/").slice(1).join("/proposals/");
}

/** Returns a marked text without what goes. */
async function textToBe(marked) {
  return marked.evaluate((element) => {
    const copy = element.cloneNode(true);
    for (const gone of copy.querySelectorAll("del, .unseen")) gone.remove();
    return copy.textContent.replace(/\s+/g, " ");
  });
}

async function asksForReview(page, site, branch) {
  await page.goto(proposalAt(site, branch));
  await page.locator('#decide button[value="submit"]').click();
  await page.locator(".notice").waitFor();
  assert.equal(await page.locator('#decide button[value="submit"]').count(), 0);
}

async function readersHave(page, site, id, version, text) {
  await page.goto(site.at(`/records/${named(id)}`));
  assert.equal(await page.locator(".badge-line .status").innerText(), `active v${version}`);
  assert.match(await page.locator("main").innerText(), text);
}

/** Finds a proposed text on the queue, and opens its review. */
async function openFromQueue(page, site, id, branch) {
  const row = page.locator(`main a[href$="/review/${named(id)}?proposal=${encodeURIComponent(branch)}"]`).first();
  await until(`${branch} is on the queue`, async () => {
    await page.goto(site.at("/queue"));
    return row.count();
  });
  await row.click();
  await page.waitForURL((url) => url.pathname.includes("/review/"));
  await assertFits(page);
}

/** Opens what can be said of a field, says it, and suggests another text where one is given. */
async function says(page, field, texts) {
  const topic = page.locator("details.topic", { has: page.getByText(`Say something about ${field}`, { exact: true }) });
  await topic.locator("summary").click();
  for (const [name, text] of Object.entries(texts)) await topic.locator(`textarea[name^="${name} "]`).fill(text);
  await topic.locator('button[name="field"]').click();
  const remark = page.locator(".remark", { hasText: texts.reason });
  await remark.waitFor();
  assert.ok((await remark.locator(".remark-head").innerText()).includes(`on ${field}`));
  assert.equal(await remark.locator(".suggestion").count(), texts.suggestion ? 1 : 0);
  assert.equal(await page.locator('form[action$="/accept"]').count(), 0, "nobody takes over their own");
}

/** Reads what was said, takes the one suggestion over, and is not its only author any more. */
async function takesOver(page, site, id, branch, said) {
  await page.goto(reviewAt(site, branch, id));
  for (const words of said) await page.locator(".remark", { hasText: words }).waitFor();
  const before = length(site, branch);
  await page.locator('form[action$="/accept"] button').click();
  await page.locator(".suggestion-state", { hasText: "The text says so now." }).waitFor();
  assert.equal(length(site, branch), before + 1);
  const told = git(site.bare, "log", "-1", "--format=%an%n%B", branch);
  assert.match(told, /^Imane Roche\n[^]*^Co-authored-by: Joel Aster <joel@lanternworks\.example>$/m);
}

/** Somebody who wrote a text may not approve it. */
async function wroteIt(page, site, id, branch) {
  await page.goto(reviewAt(site, branch, id));
  assert.match(await page.locator("#decide .may-not").innerText(), /^You wrote this text/);
  assert.equal(await decisionButton(page, "approve:revise").count(), 0);
}

/** An approval of a text stands, and nothing on the page says that it moved. */
async function hasApproved(page, site, id, branch) {
  await page.goto(reviewAt(site, branch, id));
  assert.match(await page.locator("#decide").innerText(), /You have approved this text already/);
  assert.equal(await page.locator("main .banner").count(), 0);
}

/** Presses the button twice, as people do; it counts once. */
async function approvesTwice(page, site, ref) {
  const before = length(site, ref);
  await decisionButton(page, "approve:revise").dblclick();
  // The second press may break off what the first began, and begins it again: the address tells where that ended.
  await until("the page goes on", () => !new URL(page.url()).pathname.includes("/review/"));
  await page.locator(".notice").waitFor();
  assert.equal(length(site, ref), before + 1);
}

async function bothApprove(pages, site, id, branch) {
  for (const page of pages) {
    await openFromQueue(page, site, id, branch);
    await decide(page, "approve:revise");
  }
}

/** Puts a proposal on top of what is published, in a clone, and forces it upon the repository. */
function rebase(site, branch) {
  const clone = join(folder("rebase"), "clone");
  git("/", "clone", "-q", "--no-local", "-b", branch, site.bare, clone);
  git(clone, "-c", "user.name=Joel Aster", "-c", "user.email=joel@lanternworks.example", "rebase", "-q", "origin/main");
  git(clone, "push", "-q", "--force", "origin", `HEAD:${branch}`);
}

/** A proposal says that it is behind, and leads to where it is brought up to date. */
async function isBehind(page, site, branch) {
  await page.goto(proposalAt(site, branch));
  assert.match(await page.locator("main .banner").innerText(), /^Behind what is published/);
  await fitsAPhone(page);
  await updateLink(page).click();
  await page.waitForURL((url) => url.pathname.includes("/update/"));
  await fitsAPhone(page);
}

async function bringsUpToDate(page) {
  await page.locator("form.clashes button.main").click();
  await page.waitForURL((url) => url.pathname.includes("/proposals/"));
  assert.equal(await updateLink(page).count(), 0);
}

/** Sees three texts of the one field that both sides changed, and writes a fourth. */
async function settles(page, texts, text) {
  const question = page.locator("fieldset");
  assert.equal(await question.count(), 1, "the rest comes together by itself");
  const shown = await question.locator(".clash-text").allInnerTexts();
  assert.equal(shown.length, texts.length);
  for (const [number, pattern] of texts.entries()) assert.match(shown[number], pattern);
  await question.locator("textarea").fill(text);
  await question.locator('input[value="new"]').check();
  await bringsUpToDate(page);
}

/** Plain git shows these texts on a branch, however they are folded there. */
function holds(site, branch, id, texts) {
  const file = git(site.bare, "show", `${branch}:${fileOf(id)}`).replace(/\s+/g, " ");
  for (const text of texts) assert.ok(file.includes(text), `${text}: ${file}`);
}

/** What fits the desk fits a phone, too. */
async function fitsAPhone(page) {
  const desk = page.viewportSize();
  await page.setViewportSize({ width: 390, height: 844 });
  await assertFits(page);
  await page.setViewportSize(desk);
}
