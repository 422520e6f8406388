// Open pages stay true by themselves, and never at the cost of who reads or types on them.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { PEOPLE, Site } from "./site.mjs";
import { decisionForm, draft, named, reviewLink, until } from "./story.mjs";

describe("an open page", () => {
  let site;
  before(async () => {
    site = await Site.open();
    site.commit(PEOPLE.author, { "records/concepts/kept.md": draft("kept", "A text to keep") }, "Begin");
    const page = await site.signedIn(PEOPLE.reviewer);
    await until("the first text is seen", async () => (await page.goto(site.at(`/review/${named("lw:concept:kept")}`))).ok());
    await page.context().close();
  });
  after(async () => {
    await site?.close();
    site?.assertQuiet();
  });

  test("shows a commit made with plain git in under a second, without a reload, at the same scroll place", async () => {
    const page = await opened(site, "/queue", { height: 400 });
    await page.evaluate(() => scrollTo(0, 300));
    const times = [];
    for (const number of [1, 2, 3, 4, 5]) {
      const pushed = push(site, number);
      await reviewLink(page, `lw:concept:live-${number}`).waitFor({ state: "attached" });
      times.push(Date.now() - pushed);
    }
    times.sort((a, b) => a - b);
    console.log(`live: a push was on the open queue after ${times.join(", ")} ms`);
    assert.ok(times[2] < 1000, `the middle of ${times} ms`);
    await assertSame(page);
    assert.equal(await page.evaluate(() => scrollY), 300);
    await page.context().close();
  });

  test("keeps the text that is being typed, its focus and its caret", async () => {
    const page = await opened(site, "/records?q=live");
    const field = page.locator("#q");
    await field.fill("half a wo");
    await page.keyboard.press("ArrowLeft");
    push(site, 6);
    await page.locator(`main a[href*="${named("lw:concept:live-6")}"]`).first().waitFor();
    await page.keyboard.type("X");
    assert.equal(await field.inputValue(), "half a wXo");
    await assertSame(page);
    await page.context().close();
  });

  test("of one text does not change under its reader: it says so, and the typed reason survives", async () => {
    const page = await opened(site, `/review/${named("lw:concept:kept")}`);
    const reason = decisionForm(page).locator("textarea");
    await reason.fill("Half a reason");
    const before = await page.locator(".changes").innerText();
    const seen = await decisionForm(page).locator('[name="proposed"]').inputValue();
    site.commit(PEOPLE.author, { "records/concepts/kept.md": (text) => `${text}\nA sentence that came later.\n` }, "Say more");
    await page.locator("#look-again").waitFor({ state: "visible" });
    assert.equal(await page.locator(".changes").innerText(), before);
    assert.equal(await decisionForm(page).locator('[name="proposed"]').inputValue(), seen);
    assert.equal(await reason.inputValue(), "Half a reason");
    await assertSame(page);
    await page.locator("#look-again a").click();
    await page.getByText("A sentence that came later.").first().waitFor();
    await page.context().close();
  });

  test("stays as it is with what was typed when the session ended meanwhile", async () => {
    const page = await site.visitor();
    await site.signIn(page, PEOPLE.publisher);
    await page.goto(site.at("/records"));
    await mark(page);
    await page.locator("#q").fill("what I was looking for");
    const other = await page.context().newPage();
    await other.goto(site.at("/queue"));
    await other.locator('form[action="/sign-out"] button').click();
    await other.locator('form[action="/sign-out"]').waitFor({ state: "detached" });
    push(site, 7);
    // Longer than a stream goes without asking whether its reader may still listen.
    await page.waitForTimeout(6000);
    assert.equal(await page.locator("#q").inputValue(), "what I was looking for");
    assert.equal(await page.locator("table.records").count(), 1);
    assert.equal(await page.locator("#password").count(), 0);
    assert.equal(await page.locator(`a[href*="${named("lw:concept:live-7")}"]`).count(), 0, "whoever signed out reads nothing new");
    await assertSame(page);
    await page.context().close();
    site.forgive(/status of 40[13]/);
  });

  test("comes back by itself when the server was away while it was loading", async () => {
    const page = await site.signedIn(PEOPLE.reviewer);
    const stream = /\/live\?/;
    let refused = 0;
    await page.route(stream, (route) => (++refused, route.abort("connectionrefused")));
    await page.goto(site.at("/queue"));
    await mark(page);
    await page.locator("#connection").waitFor({ state: "visible" });
    await until("a second refusal", async () => refused > 1);
    await page.unroute(stream);
    push(site, 9);
    await reviewLink(page, "lw:concept:live-9").waitFor({ state: "attached" });
    await page.locator("#connection").waitFor({ state: "hidden" });
    await assertSame(page);
    await page.context().close();
    site.forgive(/htmx:error|ERR_CONNECTION_REFUSED/);
  });

  test("comes back by itself when the server was restarted", async () => {
    const page = await opened(site, "/queue");
    await site.stopServer();
    await page.locator("#connection").waitFor({ state: "visible" });
    await site.start(new URL(site.address).host);
    push(site, 8);
    await reviewLink(page, "lw:concept:live-8").waitFor({ state: "attached", timeout: 20_000 });
    await page.locator("#connection").waitFor({ state: "hidden" });
    await assertSame(page);
    await page.context().close();
    site.forgive(/htmx:sse:error|ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/);
  });
});

/** Opens a page for the reviewer, waits until it listens, and marks its window: a reload would lose the mark. */
async function opened(site, path, how) {
  const page = await site.signedIn(PEOPLE.reviewer, how);
  await page.goto(site.at(path));
  // Set by the extension when the stream was answered; a server stopped before that leaves a page that never had one, which is another story.
  await page.waitForFunction(() => document.getElementById("live")._htmx?.sse);
  await mark(page);
  return page;
}

async function mark(page) {
  await page.evaluate(() => (window.marked = true));
}

async function assertSame(page) {
  assert.equal(await page.evaluate(() => window.marked), true, "the page was loaded again");
}

/** Pushes a draft, and returns when the push was done. */
function push(site, number) {
  site.commit(PEOPLE.author, { [`records/concepts/live-${number}.md`]: draft(`live-${number}`, `The live text ${number}`) }, "Begin");
  return Date.now();
}
