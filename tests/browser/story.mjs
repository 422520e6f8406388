// Words that stories are told in: where things are on a page, found by what they do and not by what they are called.
import assert from "node:assert/strict";

/** Waits until something holds, and says what did not. */
export async function until(what, holds, patience = 10_000) {
  const end = Date.now() + patience;
  for (;;) {
    const found = await holds();
    if (found) return found;
    if (Date.now() > end) assert.fail(`never: ${what}`);
    await new Promise((done) => setTimeout(done, 25));
  }
}

/** Returns the part of an address that names a record. */
export const named = (id) => encodeURIComponent(id);

/** Returns the link of a row that leads to a record's review. */
export const reviewLink = (page, id) => page.locator(`main a[href*="/review/${named(id)}"]`).first();

/** Returns the form in which a reader decides. */
export const decisionForm = (page) => page.locator('form[action$="/decisions"]:has(textarea[name="reason"])');

/** Returns the button for a decision: `approve:validate`, `comment`, ... */
export const decisionButton = (page, value) => decisionForm(page).locator(`button[name="decision"][value="${value}"]`);

/** Decides, with a reason where one is given, and waits for the page that follows. */
export async function decide(page, value, reason = "") {
  if (reason) await decisionForm(page).locator('textarea[name="reason"]').fill(reason);
  await Promise.all([page.waitForEvent("framenavigated"), decisionButton(page, value).click()]);
  await page.waitForLoadState();
}

/** Nothing of a page stands beside the screen. */
export async function assertFits(page, where = page.url()) {
  const [inner, all] = await page.evaluate(() => [innerWidth, document.documentElement.scrollWidth]);
  assert.ok(all <= inner, `${where} is ${all} pixels wide on ${inner}`);
}

/** Returns a draft of a concept, like those of the sample. */
export function draft(slug, title) {
  return `---
id: lw:concept:${slug}
kind: concept
slug: ${slug}
status: draft
confidence: speculative
version: 0.1.0
created: 2026-10-20
owner: lw:person:imane-roche
publisher: lw:organization:lanternworks
license: CC-BY-4.0
visibility: public
ai_use: none
disciplines: [editorial-practice]
tags: [claims]
title: ${title}
definition: ${title} is a text that a story of these tests is told about, from its first draft to its version of record.
summary: A short text that is written, judged and published in one day.
scope:
  - key: s1
    text: What a day at the desk asks of a text.
  - key: s2
    text: Who reads it, and who answers.
claims:
  - key: c1
    text: A text that two people read is better than a text that one person read.
  - key: c2
    text: A question in the margin is worth an hour of writing.
boundaries:
  - key: b1
    text: Not a text that anybody quotes.
  - key: b2
    text: Not a text that is kept.
relations:
  - key: r1
    predicate: relatedTo
    target: lw:concept:provenance
    statement: It says where it comes from.
references:
  - key: why
    type: record
    target: lw:publication:why-claims-need-boundaries
    title: Why claims need boundaries
    supports: [c1]
---

## Meaning

${title} begins as a sentence that somebody wrote down.

## Use

Somebody else reads it, and asks what it leaves out.
`;
}
