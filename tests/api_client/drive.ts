// The whole loop by a generated client: list, open, approve, be refused when stale, retry, page. Compiled strictly, so that the types are tried as well.
import {
  compareTexts,
  createRecord,
  decide,
  editFields,
  getContent,
  getRecord,
  getReviewItem,
  getToken,
  listActivity,
  listQueue,
  listRecords,
  listRepositories,
  replaceContent,
} from "./client";
import { createClient } from "./client/client";
import type { Event, Problem, RecordSummary } from "./client";

declare const process: { env: { [name: string]: string | undefined }; exit(code: number): never };

const baseUrl = process.env.BASE!;
const as = (token: string | undefined) => createClient({ baseUrl, auth: () => token });
const ana = as(process.env.ANA);
const ben = as(process.env.BEN);
const repository = "test";

function same<T>(told: T, expected: T, what: string): void {
  const [one, other] = [JSON.stringify(told), JSON.stringify(expected)];
  if (one !== other) throw new Error(`${what}: ${one} is not ${other}`);
}

function there<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new Error(`${what} is not there`);
  return value;
}

type Page<T> = { data?: { items: T[]; next?: string | null } };

/** Follows a list to its end. */
async function all<T>(page: (cursor: string | undefined) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const { items: some, next } = there((await page(cursor)).data, "a page");
    items.push(...some);
    cursor = next ?? undefined;
  } while (cursor !== undefined);
  return items;
}

async function main(): Promise<void> {
  const token = await getToken({ client: ben });
  same(token.data?.scopes, ["read", "decide", "edit", "report"], "scopes");
  const repositories = await listRepositories({ client: ben });
  same(repositories.data?.items.map((one) => one.name), [repository], "repositories");

  const records: RecordSummary[] = await all((cursor) =>
    listRecords({ client: ben, path: { repository }, query: { limit: 1, cursor } }),
  );
  same(records.map((one) => one.id), ["notes/one", "notes/two"], "records");

  await approveAndRetry("notes/one");
  await beRefusedWhenStale("notes/two");
  await write();

  const events: Event[] = await all((cursor) =>
    listActivity({ client: ben, path: { repository }, query: { limit: 2, cursor } }),
  );
  const decisions = events.flatMap((event) => (event.kind === "decision" ? [event.act] : []));
  same(decisions, ["approve"], "decisions made");

  const stranger = await listQueue({ client: as("cs_none"), path: { repository } });
  const problem: Problem = there(stranger.error, "a problem");
  same([problem.status, problem.code], [401, "API-AUTH-002"], "a stranger");
}

async function approveAndRetry(record: string): Promise<void> {
  const path = { repository, record };
  const item = there((await getReviewItem({ client: ben, path })).data, "the item");
  const move = there(item.moves.find((one) => one.you_may), "an open move");
  same(item.authors[0]?.person, "ana", "the author");
  const send = () =>
    decide({
      client: ben,
      path,
      headers: { "If-Match": `"${item.proposed}"`, "Idempotency-Key": "drive-1" },
      body: { decision: "approve", transition: move.transition, base: item.base },
    });
  const first = there((await send()).data, "the decision");
  same([first.outcome, first.status], ["attested", "validated"], "the outcome");
  const again = there((await send()).data, "the decision again");
  same(again, first, "the retry");
}

async function beRefusedWhenStale(record: string): Promise<void> {
  const path = { repository, record };
  const item = there((await getReviewItem({ client: ben, path })).data, "the item");
  const edit = await editFields({
    client: ana,
    path,
    headers: { "If-Match": `"${item.proposed}"` },
    body: { changes: [{ op: "set", field: "definition", value: "Another text." }] },
  });
  const edited = there(edit.data, "the edit");
  const late = await decide({
    client: ben,
    path,
    headers: { "If-Match": `"${item.proposed}"` },
    body: { decision: "approve", transition: "validate", base: null },
  });
  const problem: Problem = there(late.error, "the refusal");
  same([problem.status, problem.code, problem.current], [412, "REV-STALE-001", edited.blob], "the refusal");
  const between = await compareTexts({ client: ben, path, query: { from: item.proposed } });
  same(between.data?.changes.map((one) => one.field), ["definition"], "what changed");
}

async function write(): Promise<void> {
  const begun = await createRecord({
    client: ana,
    path: { repository, collection: "notes" },
    body: { title: "Made by a client" },
  });
  const made = there(begun.data, "the new record");
  const path = { repository, record: made.record };
  const content = await getContent({ client: ana, path });
  const longer = `${content.data}\nMore.\n`;
  const replaced = await replaceContent({
    client: ana,
    path,
    headers: { "If-Match": `"${made.blob}"` },
    body: new Blob([longer]),
  });
  there(replaced.data, "the replaced text");
  const record = await getRecord({ client: ana, path });
  same(record.data?.title, "Made by a client", "the title");
  same(record.response?.headers.get("etag"), `"${replaced.data?.blob}"`, "the tag");
}

main().then(
  () => console.log("the client drove the loop"),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
