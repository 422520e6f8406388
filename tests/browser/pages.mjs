// Every page and state of the product, by name, with who sees it and how it is reached: one list for all who must visit everything.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PEOPLE, Site } from "./site.mjs";
import { decide, decisionButton, decisionForm, draft, named, until } from "./story.mjs";

const { author, reviewer, publisher, administrator } = PEOPLE;

const policy = (name) => readFileSync(join(import.meta.dirname, "registers", `${name}.toml`), "utf8");

/** Languages in which states are visited; those that use a text up have one for each. */
const LANGUAGES = ["en", "fr"];

/** Opens a site on which every state can be found. */
export async function everything() {
  const site = await Site.open({
    registers: {
      quiet: { files: { "countersign.toml": policy("quiet") } },
      unread: { files: { "countersign.toml": policy("quiet") }, adopted: false },
    },
  });
  await allowVetoes(site);
  site.commit(author, drafts(), "Begin a text for each state");
  await underWay(site);
  site.commit(administrator, { "countersign.toml": (text) => text.replace("Judges whether a text is right", "Judges whether a text is right and kind") }, "Ask for kindness");
  const page = await site.signedIn(reviewer);
  await until("the last commit is seen", async () => (await page.goto(site.at("/policy-change"))).ok());
  await page.context().close();
  return site;
}

function drafts() {
  const files = { "records/concepts/broken.md": "---\nid: lw:concept:broken\ntitle: [never closed\n---\n\nText.\n" };
  for (const language of LANGUAGES)
    for (const state of ["stale", "conflict", "bulk", "moved", "written", "unsaved"]) files[fileOf(state, language)] = draft(`${state}-${language}`, `A ${state} text (${language})`);
  return files;
}

/** Publishers of the sample may veto from here on. */
async function allowVetoes(site) {
  site.commit(author, { "countersign.toml": (text) => text.replace(/^branch = .*$/m, '$&\nveto = ["publisher"]') }, "Let publishers veto");
  const page = await site.signedIn(administrator);
  await until("the policy waits", async () => (await page.goto(site.at("/policy-change"))).ok());
  await decide(page, "approve:amend");
  await page.context().close();
}

const PROMISE = "lw:concept:open-weight-model";
const INFERENCE = "lw:concept:local-inference";
const inProposal = (page, id, branch) => `/${page}/${named(id)}?proposal=${encodeURIComponent(`proposals/${branch}`)}`;

/** Proposals and releases in every state that they have. */
async function underWay(site) {
  const weights = "records/concepts/open-weight-model.md";
  const inference = "records/concepts/local-inference.md";
  const says = (words) => (text) => text.replace(/^summary: .*$/m, `summary: ${words}`);
  const promise = (text) => text.replace("but does not make it reproducible.", "and reproducible by nobody.");
  site.propose(author, "proposals/promise", { [weights]: promise }, "Say what open weights do not promise\n\nReaders *asked* for it.");
  site.propose(author, "proposals/clash", { [inference]: says("A model on your own machine answers in the dark.") }, "Say how long it lasts");
  const memory = (text) => text.replace("Memory, more than arithmetic,", "Memory alone");
  site.propose(PEOPLE.joel, "proposals/apart", { [inference]: memory }, "Say it shorter");
  site.propose(PEOPLE.joel, "proposals/given-up", { [weights]: says("Nothing at all.") }, "Say nothing");
  const begun = { "records/concepts/begun.md": draft("begun", "Begun") };
  site.propose(author, "proposals/begun", begun, "Begin a text");
  site.commit(PEOPLE.joel, { [inference]: says("A model on your own machine answers, and nobody counts the questions.") }, "Say who counts");
  await talk(site);
  await releases(site);
}

async function talk(site) {
  const [joel, second, third] = await Promise.all([PEOPLE.joel, reviewer, publisher].map((name) => site.signedIn(name)));
  await until("the last proposal is seen", async () => (await joel.goto(site.at("/proposals/proposals/begun"))).ok());
  await joel.goto(site.at("/proposals/proposals/given-up"));
  await decide(joel, "close", "Somebody said it better.");
  await second.goto(site.at("/proposals/proposals/promise"));
  await decide(second, "comment", "Is this *true* of all of them? @imane");
  const asking = second.locator("details", { has: second.locator("#assignee") });
  await asking.locator("summary").first().click();
  await asking.locator("#assignee").selectOption({ index: 1 });
  await asking.locator("#due").fill("2030-01-31");
  await Promise.all([second.waitForEvent("framenavigated"), second.locator('form:has(#assignee) button[value="assign"]').click()]);
  await second.goto(site.at(inProposal("review", PROMISE, "promise")));
  const topic = second.locator('details.topic:has(textarea[name^="suggestion "])').first();
  await topic.locator("summary").click();
  await topic.locator('textarea[name^="reason "]').fill("Or by nobody we know of?");
  await topic.locator('textarea[name^="suggestion "]').fill("Publishing weights makes a model usable without its maker.");
  await topic.locator('button[name="field"]').click();
  await second.locator(".remark").first().waitFor();
  await third.goto(site.at(inProposal("review", PROMISE, "promise")));
  await decide(third, "veto", "A lawyer should read it first.");
  for (const page of [joel, second, third]) await page.context().close();
}

/** One release that waits for its day, and one that was given up. */
async function releases(site) {
  const page = await site.signedIn(publisher);
  for (const [title, due] of [["Winter", "2030-01-31T09:00"], ["Autumn", ""]]) {
    await page.goto(site.at("/plan"));
    await page.locator("#title").fill(title);
    await page.locator("#text").fill("What readers get next.");
    if (due) await page.locator("#due").fill(due);
    for (const one of (await page.locator('[name="member"]').all()).slice(0, 2)) await one.check();
    await page.locator("form.form button.main").click();
    await page.waitForURL((url) => url.pathname.includes("/releases/"));
  }
  await page.locator("#reason").fill("Winter has it.");
  await Promise.all([page.waitForEvent("framenavigated"), page.locator('button[value="cancel"]').click()]);
  await page.context().close();
}

const fileOf = (state, language) => `records/concepts/${state}-${language}.md`;
const idOf = (state, language) => `lw:concept:${state}-${language}`;

/** Opens an address and insists on its answer. */
const at = (path, status = 200, register) => async (page, site) => {
  const answer = await page.goto(register === "" ? site.address + path : site.at(path, register));
  if (answer.status() !== status) throw new Error(`${page.url()} answered ${answer.status()} instead of ${status}`);
};

/** Sends a form and insists on the answer to it. */
async function send(page, button, status) {
  const [answer] = await Promise.all([page.waitForResponse((answer) => answer.request().method() === "POST"), button.click()]);
  if (answer.status() !== status) throw new Error(`${answer.url()} answered ${answer.status()} instead of ${status}`);
  await page.waitForLoadState();
}

const submitOf = (page, action) => page.locator(`form[method="post"][action*="${action}"] button.main`).first();

const review = (id) => `/review/${named(id)}`;
const record = (id) => `/records/${named(id)}`;

/** Name, reader (nobody: null) and way of every state. */
export const STATES = [
  ["sign-in", null, at("/sign-in", 200, "")],
  ["sign-in, refused", null, refusedAtTheDoor],
  ["a sign-in link", null, (page, site) => at(site.links[author], 200, "")(page, site)],
  ["a sign-in link, used up", null, at(`/sign-in/link/${"0".repeat(64)}`, 404, "")],
  ["signed out", null, signedOut],
  ["the registers", reviewer, at("/", 200, "")],
  ["the queue", reviewer, at("/queue")],
  ["the queue of an author", author, at("/queue")],
  ["the queue, empty", reviewer, at("/queue", 200, "quiet")],
  ["records", reviewer, at("/records")],
  ["records, filtered", reviewer, at("/records?q=register&status=active")],
  ["records, none fits", reviewer, at("/records?q=nothinglikethis")],
  ["records, a view kept", reviewer, viewKept],
  ["records, none yet", reviewer, at("/records", 200, "quiet")],
  ["a record, active", reviewer, at(record("lw:concept:provenance"))],
  ["a record, changed outside review", reviewer, at(record("lw:concept:version-of-record"))],
  ["a record, superseded", reviewer, at(record("lw:concept:semantic-version"))],
  ["a record, a draft seen by an author", author, at(record("lw:concept:editorial-claim"))],
  ["a record, quarantined", reviewer, at(record("concepts/broken"), 200)],
  ["a review, as its author", author, at(review("lw:concept:editorial-claim"))],
  ["a review, as a reviewer", reviewer, at(review("lw:concept:editorial-claim"))],
  ["a review of a change outside review", reviewer, at(review("lw:concept:version-of-record"))],
  ["a review, with findings and a discussion", reviewer, at(review("lw:publication:against-silent-edits"))],
  ["a review, to be published", publisher, at(review("lw:concept:model-licence"))],
  ["a review, refused", reviewer, refusedDecision],
  ["a review, stale", reviewer, staleDecision],
  ["proposals", reviewer, at("/proposals")],
  ["proposals, closed", reviewer, at("/proposals?state=closed")],
  ["proposals, none published", reviewer, at("/proposals?state=landed")],
  ["proposals, none yet", reviewer, at("/proposals", 200, "quiet")],
  ["a proposal, with talk and a veto", reviewer, at("/proposals/proposals/promise")],
  ["a proposal, as its author", author, at("/proposals/proposals/promise")],
  ["a proposal, of a new text", reviewer, at("/proposals/proposals/begun")],
  ["a proposal, behind", author, at("/proposals/proposals/clash")],
  ["a proposal, closed", PEOPLE.joel, at("/proposals/proposals/given-up")],
  ["a proposal, refused", reviewer, refusedComment],
  ["a review in a proposal, with a veto", reviewer, at(inProposal("review", PROMISE, "promise"))],
  ["a review in a proposal, as who vetoed", publisher, at(inProposal("review", PROMISE, "promise"))],
  ["a review in a proposal, with a suggestion to its author", author, at(inProposal("review", PROMISE, "promise"))],
  ["a proposal brought up to date, with a clash", author, at("/update/proposals/clash")],
  ["a proposal brought up to date, with a clash and no answer", author, refusedUpdate],
  ["a proposal brought up to date, without a question", PEOPLE.joel, at("/update/proposals/apart")],
  ["the form of a record in a proposal", author, at(inProposal("edit", PROMISE, "promise"))],
  ["the form of a record in a proposal, with findings", author, brokenInProposal],
  ["releases", publisher, at("/releases")],
  ["releases, none yet", reviewer, at("/releases", 200, "quiet")],
  ["a release, planned", publisher, at("/releases/winter")],
  ["a release, given up", reviewer, at("/releases/autumn")],
  ["the plan of a release", publisher, at("/plan")],
  ["the plan of a release, changed", publisher, at("/plan?release=winter")],
  ["the plan of a release, refused", publisher, refusedPlan],
  ["the policy changes", administrator, at("/policy-change")],
  ["the form of a record", author, at(`/edit/${named("lw:concept:editorial-claim")}`)],
  ["the form of a record, with findings and rows", author, written],
  ["the form of a record, with text that is not saved", author, unsaved],
  ["the form of a record, as text", author, asText],
  ["the form of a record, in conflict", author, conflict],
  ["the form of a new record", author, at("/new/concepts")],
  ["the form of a new record, refused", author, refusedBeginning],
  ["a version", reviewer, at(`/versions/${named("lw:concept:provenance")}?at=1.0.0`)],
  ["two versions compared", reviewer, compared],
  ["what happened", reviewer, at("/activity")],
  ["what a reviewer is told", reviewer, at("/inbox")],
  ["what an author is told", author, at("/inbox")],
  ["what is told, nothing yet", reviewer, at("/inbox", 200, "quiet")],
  ["how somebody is told", reviewer, at("/account/telling", 200, "")],
  ["how somebody is told, with a feed", reviewer, feedMade],
  ["the end of letters, by a link that is none", null, at("/unsubscribe?address=a@b.example&token=0", 404, "")],
  ["people and policy", reviewer, at("/people")],
  ["health", administrator, at("/health")],
  ["the git host, before it tells", reviewer, at("/hosting")],
  ["the git host, as a secret is made", administrator, secretMade],
  ["who is told", reviewer, at("/targets")],
  ["a target, before anybody said where it is", administrator, at("/targets/website")],
  ["a target, as its secret is made", administrator, targetSet],
  ["a target, after a test that failed", administrator, targetTried],
  ["several texts at once", reviewer, at(bulkOf("en"))],
  ["what became of several texts", reviewer, report],
  ["a register before it is adopted", reviewer, at("/queue", 403, "unread")],
  ["setting a register up", null, (page, site) => at(site.links.setUp, 200, "")(page, site)],
  ["setting a register up, refused", null, setUpRefused],
  ["the account and its sessions", reviewer, at("/account", 200, "")],
  ["the account's tokens", reviewer, at("/account/tokens", 200, "")],
  ["the list of keys", reviewer, keysOpen],
  ["the question before a key decides", reviewer, questionOpen],
  ["not found", reviewer, at("/records/no-such-record", 404)],
  ["forbidden", author, at("/queue", 403, "quiet")],
  ["too large", reviewer, tooLarge],
];

async function viewKept(page, site) {
  await at("/records?q=register&status=active")(page, site);
  await page.locator("#view-name").fill("Active registers");
  await page.locator(".save-view button").click();
  await page.locator('.views a[aria-current="page"]').waitFor();
}

async function secretMade(page, site) {
  await at("/hosting")(page, site);
  await page.locator('button[value="make"]').click();
  await page.locator("#made").waitFor();
}

async function targetSet(page, site) {
  await at("/targets/website")(page, site);
  await page.locator("#in-address").fill("https://builds.invalid/hook");
  await page.locator('button[value="save"]').click();
  await page.locator("#made, #deliveries").first().waitFor();
}

async function targetTried(page, site) {
  await targetSet(page, site);
  await at("/targets/website")(page, site);
  await page.locator('button[value="test"]').click();
  await page.locator("details").first().waitFor();
}

/** Nobody is named, so nobody could approve anything. */
async function setUpRefused(page, site) {
  await at(site.links.setUp, 200, "")(page, site);
  await page.evaluate(() => [...document.forms].forEach((form) => (form.noValidate = true)));
  await send(page, page.locator("main button.main"), 422);
}

async function refusedAtTheDoor(page, site) {
  await at("/sign-in", 200, "")(page, site);
  await page.locator("#address").fill("nobody@lanternworks.example");
  await page.locator("#password").fill("not the password");
  await send(page, submitOf(page, "/sign-in"), 401);
}

async function signedOut(page, site) {
  await site.signIn(page, author);
  await page.locator('form[action="/sign-out"] button').click();
  await page.locator('form[action="/sign-out"]').waitFor({ state: "detached" });
}

async function refusedDecision(page, site) {
  await at(review("lw:concept:editorial-claim"))(page, site);
  await send(page, decisionButton(page, "request_changes"), 422);
}

async function staleDecision(page, site, language) {
  await at(review(idOf("stale", language)))(page, site);
  site.commit(author, { [fileOf("stale", language)]: (text) => `${text}\nOne sentence more.\n` }, "Say more");
  await decisionForm(page).locator("textarea").fill("Words that are not lost.");
  await send(page, decisionButton(page, "approve:validate"), 409);
}

/** A comment that says nothing. */
async function refusedComment(page, site) {
  await at("/proposals/proposals/promise")(page, site);
  await send(page, decisionButton(page, "comment"), 422);
}

async function refusedUpdate(page, site) {
  await at("/update/proposals/clash")(page, site);
  await page.evaluate(() => [...document.forms].forEach((form) => (form.noValidate = true)));
  await send(page, page.locator("form.clashes button.main"), 409);
}

async function brokenInProposal(page, site) {
  await at(inProposal("edit", PROMISE, "promise"))(page, site);
  await page.locator('[name="field:definition"]').fill("Too short.");
  await page.locator(".told .finding").first().waitFor();
}

/** A plan without a text to let out. */
async function refusedPlan(page, site) {
  await at("/plan")(page, site);
  await page.locator("#title").fill("Nothing");
  await send(page, page.locator("form.form button.main"), 422);
}

async function feedMade(page, site) {
  await at("/account/telling", 200, "")(page, site);
  await send(page, page.locator('form[action="/account/feed"] button').first(), 200);
}

async function written(page, site, language) {
  await at(`/edit/${named(idOf("written", language))}`)(page, site);
  await page.locator('[name="field:definition"]').fill("Too short.");
  await send(page, page.locator('button[value="add:claims"]'), 200);
  await page.locator('[name="field:claims[+1].text"]').waitFor();
  await page.locator(".told .finding").first().waitFor();
}

async function unsaved(page, site, language) {
  await at(`/edit/${named(idOf("unsaved", language))}`)(page, site);
  await page.locator('[name="field:title"]').fill("A title that is not saved");
  await page.locator('[data-kept][data-says="kept"]').waitFor();
  await at(`/edit/${named(idOf("unsaved", language))}`)(page, site);
  await page.locator(".unsaved").waitFor();
}

async function asText(page, site, language) {
  await at(`/edit/${named(idOf("unsaved", language))}`)(page, site);
  await page.locator('button[value="text"]').click();
  await page.locator('textarea[name="text"]').waitFor();
}

async function conflict(page, site, language) {
  await at(`/edit/${named(idOf("conflict", language))}`)(page, site);
  site.commit(PEOPLE.joel, { [fileOf("conflict", language)]: (text) => text.replace(/^title: .*$/m, "title: What somebody else calls it") }, "Call it otherwise");
  await page.locator('[name="field:title"]').fill("What I call it");
  await send(page, submitOf(page, "/edit/"), 409);
}

async function refusedBeginning(page, site) {
  await at("/new/concepts")(page, site);
  await page.locator('[name="title"]').fill("Provenance");
  await page.locator('[name="id"]').fill("lw:concept:provenance");
  await send(page, submitOf(page, "/new/"), 422);
}

async function compared(page, site) {
  await at(record("lw:concept:provenance"))(page, site);
  await page.locator("form.compare button").click();
  await page.waitForURL((url) => url.pathname.includes("/compare/"));
}

/** The address of the texts of one language that wait for a reviewer. */
function bulkOf(language) {
  return `/bulk?item=${fileOf("bulk", language)}&item=${fileOf("moved", language)}`;
}

async function report(page, site, language) {
  await at(bulkOf(language))(page, site);
  site.commit(author, { [fileOf("moved", language)]: (text) => `${text}\nOne sentence more.\n` }, "Say more");
  await send(page, submitOf(page, "/bulk"), 200);
}

async function keysOpen(page, site) {
  await at("/queue")(page, site);
  await page.keyboard.press("?");
  await page.locator("#keys:popover-open").waitFor();
}

async function questionOpen(page, site) {
  await at(`/bulk?item=records/technologies/llama-cpp.md`)(page, site);
  await page.keyboard.press("a");
  await page.locator("#question[open]").waitFor();
}

async function tooLarge(page, site) {
  await at(review("lw:concept:editorial-claim"))(page, site);
  // Lines, for a single word of two megabytes takes a browser's breath.
  await decisionForm(page).locator("textarea").evaluate((area) => (area.value = `${"x".repeat(99)}\n`.repeat(22_000)));
  await send(page, decisionButton(page, "comment"), 413);
}
