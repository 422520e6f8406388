// Writing, as editors do it: with what the rules say while they type, with lists they rearrange, and without losing a word to a lost connection, an
// ended session or a server that starts again.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { git } from "./sample.mjs";
import { PEOPLE, Site } from "./site.mjs";
import { draft, named, until } from "./story.mjs";

const { author } = PEOPLE;

const fileOf = (slug) => `records/concepts/${slug}.md`;
const address = (slug) => `/edit/${named(`lw:concept:${slug}`)}`;
const slugs = ["typing", "offline", "restart", "session", "rows", "rows-plain", "whole", "whole-plain", "picture", "picture-plain", "closing"];

let site;
before(async () => {
  site = await Site.open();
  const files = Object.fromEntries(slugs.map((slug) => [fileOf(slug), draft(slug, `A text about ${slug}`)]));
  site.commit(author, files, "Begin texts to write on");
  const page = await site.signedIn(author);
  await until("the texts are seen", async () => (await page.goto(site.at(address("closing")))).ok());
  await page.context().close();
});
after(async () => {
  await site?.close();
  site?.assertQuiet();
});

async function writer(slug, how) {
  const page = await site.signedIn(author, how);
  await page.goto(site.at(address(slug)));
  return page;
}

const field = (page, name) => page.locator(`[name="field:${name}"]:not([type=hidden])`);
const button = (page, value) => page.locator(`button[name="act"][value="${value}"]`);
const kept = (page) => page.locator('[data-kept][data-says="kept"]').waitFor();
const patch = (path) => git(site.bare, "diff", "-U0", "main~1", "main", "--", path).split("\n").filter((line) => /^[+-](?![+-])/.test(line));

describe("typing", () => {
  test("shows the text as readers will see it, and what the rules find", async () => {
    const page = await writer("typing");
    await field(page, "body").fill("## Meaning\n\nA **bold** sentence.\n");
    await page.locator("#preview-text strong", { hasText: "bold" }).waitFor();
    await field(page, "definition").fill("Too short.");
    const told = page.locator(".input", { has: field(page, "definition") }).locator(".told .finding.blocking");
    await told.waitFor();
    await field(page, "claims[c1].text").fill("Short.");
    await page.locator(".row .told .finding").first().waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.name), "field:claims[c1].text");
    await page.context().close();
  });

  test("does the same by a button without scripts", async () => {
    const page = await writer("typing", { scripts: false });
    await page.locator("form", { has: page.locator('[value="discard"]') }).locator("button").click();
    await field(page, "body").fill("## Meaning\n\nA **plain** sentence.\n");
    await field(page, "definition").fill("Too short.");
    await page.locator("[data-preview]").click();
    await page.locator("#preview-text strong", { hasText: "plain" }).waitFor();
    assert.equal(await field(page, "definition").inputValue(), "Too short.");
    assert.ok((await page.locator(".input", { has: field(page, "definition") }).locator(".finding.blocking").count()) > 0);
    await page.context().close();
  });

  test("finds the records that a field could name", async () => {
    const page = await writer("typing");
    await field(page, "relations[r1].target").pressSequentially("x");
    await field(page, "relations[r1].target").fill("provenance");
    await page.locator('datalist option[value="lw:concept:provenance"]').waitFor({ state: "attached" });
    await field(page, "relations[r1].target").fill("lw:concept:web-ring");
    await until("the record's title", async () => (await page.locator(".named", { hasText: "Web ring" }).count()) === 1);
    await field(page, "relations[r1].target").fill("lw:concept:nobody");
    await page.locator(".row .finding", { hasText: "lw:concept:nobody" }).waitFor();
    await page.context().close();
  });
});

// One red dot.
const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==";

describe("a picture", () => {
  for (const [slug, how] of [["picture", {}], ["picture-plain", { scripts: false }]]) {
    test(`is added, shown and saved with its text${how.scripts === false ? " without scripts" : ""}`, async () => {
      const page = await writer(slug, how);
      await field(page, "definition").fill("A definition that was typed before the picture was added to the text.");
      const file = { name: `${slug}.png`, mimeType: "image/png", buffer: Buffer.from(PNG, "base64") };
      await page.locator("#upload").setInputFiles(file);
      await button(page, "attach").click();
      await page.locator("#attaching .refused, #attaching .refusal, #attaching [role=alert]", { hasText: "FIL-TEXT-001" }).first().waitFor();
      await page.locator("#upload").setInputFiles(file);
      await page.locator("#upload-words").fill("A red dot");
      await button(page, "attach").click();
      const shown = page.locator(`#preview-text img[alt="A red dot"]`);
      await shown.waitFor();
      await until("the picture is drawn", () => shown.evaluate((img) => img.complete && img.naturalWidth === 1));
      assert.match(await field(page, "body").inputValue(), new RegExp(`!\\[A red dot\\]\\(/media/${slug}\\.png\\)`));
      assert.match(await field(page, "definition").inputValue(), /typed before the picture/);
      await page.locator("form#writing button.main").click();
      await page.locator(`.attached a`, { hasText: `media/${slug}.png` }).waitFor();
      const names = git(site.bare, "diff", "--name-only", "main~1", "main").trim().split("\n");
      assert.deepEqual(names, [`media/${slug}.png`, fileOf(slug)]);
      await page.context().close();
    });
  }
});

describe("what was typed and not saved", () => {
  test("is back after the server was stopped and started", async () => {
    const page = await writer("restart");
    await field(page, "title").fill("A title before the restart");
    await kept(page);
    await page.context().close();
    await site.restart();
    const again = await writer("restart");
    assert.equal(await field(again, "title").inputValue(), "A title before the restart");
    await again.locator(".unsaved").waitFor();
    const other = await site.signedIn(PEOPLE.joel);
    await other.goto(site.at(address("restart")));
    assert.equal(await field(other, "title").inputValue(), "A text about restart");
    await other.context().close();
    await again.locator('.unsaved button[value="discard"]').click();
    await until("the text as it stands", async () => (await field(again, "title").inputValue()) === "A text about restart");
    assert.equal(await again.locator(".unsaved").count(), 0);
    await again.context().close();
  });

  test("waits in the browser while there is no connection, and goes once there is", async () => {
    const page = await writer("offline");
    await page.context().setOffline(true);
    await field(page, "title").fill("A title without a connection");
    await page.locator('[data-kept][data-says="lost"]').waitFor();
    assert.ok(await page.evaluate(() => Object.keys(localStorage).some((key) => key.startsWith("countersign-unsent"))));
    await page.context().setOffline(false);
    await kept(page);
    assert.ok(await page.evaluate(() => !Object.keys(localStorage).some((key) => key.startsWith("countersign-unsent"))));
    site.forgive(/ERR_INTERNET_DISCONNECTED|Failed to load resource|Failed to fetch/);
    await page.reload();
    assert.equal(await field(page, "title").inputValue(), "A title without a connection");
    await page.context().close();
  });

  test("goes with the last words when the page is closed", async () => {
    const page = await writer("closing");
    await field(page, "title").fill("The last words");
    await page.goto(site.at("/queue"));
    // The last words travel while the next page is read already.
    await until("the last words", async () => {
      await page.goto(site.at(address("closing")));
      return (await field(page, "title").inputValue()) === "The last words";
    });
    await page.context().close();
  });

  test("outlives its session", async () => {
    const page = await site.visitor();
    await site.signIn(page, author);
    await page.goto(site.at(address("session")));
    const cookies = await page.context().cookies();
    await page.context().clearCookies();
    await page.context().addCookies(cookies.filter((cookie) => cookie.name === "countersign-language"));
    await field(page, "title").fill("A title after the session");
    await page.locator('[data-kept][data-says="ended"]').waitFor();
    const door = await page.context().newPage();
    await site.signIn(door, author);
    await kept(page);
    assert.equal(await field(page, "title").inputValue(), "A title after the session");
    await page.locator("#writing .writing-acts button.main").click();
    await page.locator(".notice").waitFor();
    assert.deepEqual(patch(fileOf("session")), ["-title: A text about session", "+title: A title after the session"]);
    site.forgive(/Failed to load resource/);
    await page.context().close();
  });
});

for (const scripts of [true, false]) {
  const slug = scripts ? "rows" : "rows-plain";
  test(`items are added, moved and removed ${scripts ? "with" : "without"} scripts, and git sees these lines alone`, async () => {
    const page = await writer(slug, { scripts });
    await button(page, "add:claims").click();
    await field(page, "claims[+1].text").waitFor();
    if (scripts) assert.equal(await page.evaluate(() => document.activeElement.name), "field:claims[+1].text");
    assert.equal(await field(page, "claims[+1].key").inputValue(), "c3");
    await field(page, "claims[+1].text").fill("A claim that was written in a row of its own.");
    await button(page, "up:claims[c2]").click();
    await until("the second claim is first", async () => (await button(page, "up:claims[c2]").count()) === 0);
    if (scripts) assert.ok(await page.evaluate(() => document.activeElement.value?.endsWith(":claims[c2]")));
    await button(page, "remove:boundaries[b1]").click();
    await field(page, "boundaries[b1].text").waitFor({ state: "detached" });
    await page.locator("#writing .writing-acts button.main").click();
    await page.locator(".notice").waitFor();
    assert.deepEqual(patch(fileOf(slug)).toSorted(), [
      "+  - key: c1",
      "+  - key: c3",
      "+    text: A claim that was written in a row of its own.",
      "+    text: A text that two people read is better than a text that one person read.",
      "-  - key: b1",
      "-  - key: c1",
      "-    text: A text that two people read is better than a text that one person read.",
      "-    text: Not a text that anybody quotes.",
    ].toSorted());
    await page.context().close();
  });
}

for (const scripts of [true, false]) {
  const slug = scripts ? "whole" : "whole-plain";
  test(`the whole text is edited ${scripts ? "with" : "without"} scripts, and takes along what was typed into fields`, async () => {
    const page = await writer(slug, { scripts });
    await field(page, "title").fill("Typed as a field");
    await button(page, "text").click();
    const text = page.locator('textarea[name="text"]');
    const source = await text.inputValue();
    assert.ok(source.includes("title: Typed as a field"), source);
    await text.fill(source.replace("tags: [claims]", "tags: [claims] # as written"));
    await button(page, "fields").click();
    await page.locator(".refusal", { hasText: "WEB-EDIT-003" }).waitFor();
    await page.locator("#writing .writing-acts button.main").click();
    await page.locator(".notice").waitFor();
    assert.deepEqual(patch(fileOf(slug)).toSorted(), [
      "+tags: [claims] # as written",
      "+title: Typed as a field",
      "-tags: [claims]",
      `-title: A text about ${slug}`,
    ].toSorted());
    await page.goto(site.at(address(slug)));
    assert.equal(await page.locator(".unsaved").count(), 0);
    await page.context().close();
  });
}
