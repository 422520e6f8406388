// A running server with people before it: each in a browser of their own, and everything that a browser complains about is remembered.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import assert from "node:assert/strict";
import { chromium } from "playwright-core";
import { command, copySample, folder, git, SAMPLE, serve, stop } from "./sample.mjs";

export const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The people of the sample, by what they do. */
export const PEOPLE = {
  author: "Imane Roche",
  joel: "Joel Aster",
  reviewer: "Sunniva Kell",
  publisher: "Tomas Verdier",
  administrator: "Ruth Amadi",
};

const ADDRESSES = {
  "Imane Roche": "imane@lanternworks.example",
  "Joel Aster": "joel@lanternworks.example",
  "Sunniva Kell": "sunniva@lanternworks.example",
  "Tomas Verdier": "tomas@lanternworks.example",
  "Ruth Amadi": "ruth@lanternworks.example",
};

/** A wide desk in the light, with scripts, in English: what a story says nothing of. */
const USUAL = { width: 1280, height: 800, scale: 1, theme: "light", scripts: true, language: "en" };

export class Site {
  /** Starts a server on a copy of the sample. Registers, by name, are served beside it: their files, adopted unless they say otherwise. */
  static async open({ registers = {} } = {}) {
    const data = join(folder("site"), "data");
    const site = new Site(data, await copySample(data));
    for (const [name, register] of Object.entries(registers)) site.#add(name, register);
    const [browser] = await Promise.all([chromium.launch({ executablePath: CHROMIUM, args: FLAGS }), site.start()]);
    site.browser = browser;
    return site;
  }

  constructor(data, bare) {
    Object.assign(this, { data, bare, repositories: [], sessions: {}, clones: {}, requests: [], troubles: [] });
  }

  #add(name, { files, adopted = true, branch = "main" }) {
    const bare = join(folder("register"), name);
    git("/", "init", "-q", "--bare", "-b", branch, bare);
    this.commit(PEOPLE.administrator, files, "Begin", bare);
    const keeper = `${PEOPLE.administrator} <${ADDRESSES[PEOPLE.administrator]}>`;
    if (adopted) command(this.data, "adopt", bare, "--as", keeper);
    this.repositories.push(bare);
  }

  async start(listen) {
    const served = await serve(this.data, this.repositories, listen);
    this.child = served.child;
    this.address = served.address;
    this.links = served.links;
  }

  async stopServer() {
    await stop(this.child);
  }

  /** Stops the server and starts it again at the same address. */
  async restart() {
    await this.stopServer();
    await this.start(new URL(this.address).host);
  }

  async close() {
    await this.browser.close();
    await this.stopServer();
  }

  /** Returns the address of a page of the sample register. */
  at(path, repository = SAMPLE) {
    return `${this.address}/${repository}${path}`;
  }

  /** Opens a browser of its own for somebody who is not signed in. */
  async visitor(how = {}) {
    const { width, height, scale, theme, scripts, language, ...more } = { ...USUAL, ...how };
    const context = await this.browser.newContext({
      viewport: { width, height },
      deviceScaleFactor: scale,
      colorScheme: theme,
      javaScriptEnabled: scripts,
      locale: language,
      ...more,
    });
    await context.addCookies([{ name: "countersign-language", value: language, url: this.address }]);
    this.#listen(context);
    context.setDefaultTimeout(10_000);
    return context.newPage();
  }

  /** Opens a browser in which somebody is signed in; each person signs in once, by the button of their link. */
  async signedIn(name, how = {}) {
    this.sessions[name] ??= this.#session(name);
    const cookies = await this.sessions[name];
    const page = await this.visitor(how);
    await page.context().addCookies(cookies);
    return page;
  }

  async #session(name) {
    const page = await this.visitor();
    await this.signIn(page, name);
    const cookies = await page.context().cookies();
    await page.context().close();
    return cookies.filter((cookie) => cookie.name !== "countersign-language");
  }

  /** Signs somebody in as they would themselves: the link is opened, its button pressed. */
  async signIn(page, name) {
    await page.goto(this.address + this.links[name]);
    await page.locator('form[action^="/sign-in/link/"] button.main').click();
    await page.locator('form[action="/sign-out"]').waitFor();
  }

  /** Everything that a page asks for and everything that it complains about. */
  #listen(context) {
    const documents = new Set();
    const trouble = (what) => this.troubles.push(what);
    context.on("request", (request) => {
      this.requests.push(request.url());
      if (request.isNavigationRequest()) documents.add(request.url());
    });
    context.on("console", (message) => {
      // Chromium writes a line for a page that was answered with an error; the page itself is what its story judges.
      const isAnswer = message.text().startsWith("Failed to load resource") && documents.has(message.location().url);
      if (message.type() === "error" && !isAnswer) trouble(`console: ${message.text()} (${message.location().url})`);
    });
    context.on("weberror", (error) => trouble(`script: ${error.error().stack}`));
    context.on("page", (page) => {
      page.on("dialog", (dialog) => {
        trouble(`dialog: ${dialog.message()} (${page.url()})`);
        dialog.dismiss();
      });
    });
    context.addInitScript(() => {
      addEventListener("securitypolicyviolation", (event) =>
        console.error(`content policy: ${event.violatedDirective} forbids ${event.blockedURI} ${event.sample}`),
      );
    });
  }

  /** Lets go of complaints that a story brought about on purpose. */
  forgive(pattern) {
    this.troubles = this.troubles.filter((trouble) => !pattern.test(trouble));
  }

  /** Nothing was asked of anybody else, and no page complained. Called at the end of every file of stories. */
  assertQuiet() {
    const elsewhere = this.requests.filter((url) => !url.startsWith(`${this.address}/`) && !url.startsWith("data:"));
    assert.deepEqual(elsewhere, [], "a request left the server");
    assert.deepEqual(this.troubles, [], "a page complained");
  }

  /** Changes files of a repository with plain git, as its author would, and pushes. */
  commit(name, files, message = "Edit", bare = this.bare) {
    const clone = this.#clone(bare);
    for (const [path, change] of Object.entries(files)) write(clone, path, change);
    git(clone, "add", "-A");
    const address = ADDRESSES[name] ?? "somebody@lanternworks.example";
    git(clone, "-c", `user.name=${name}`, "-c", `user.email=${address}`, "commit", "-q", "-m", message);
    git(clone, "push", "-q", "origin", `HEAD:${git(bare, "symbolic-ref", "HEAD").trim()}`);
    return git(clone, "rev-parse", "HEAD").trim();
  }

  /** Changes files on a branch that begins where the published one stands, and pushes it. */
  propose(name, branch, files, message) {
    const clone = this.#clone(this.bare);
    for (const [path, change] of Object.entries(files)) write(clone, path, change);
    git(clone, "add", "-A");
    git(clone, "-c", `user.name=${name}`, "-c", `user.email=${ADDRESSES[name]}`, "commit", "-q", "-m", message);
    git(clone, "push", "-q", "origin", `HEAD:refs/heads/${branch}`);
  }

  /** A clone of a repository as it stands now. */
  #clone(bare) {
    if (!this.clones[bare]) {
      this.clones[bare] = join(folder("clone"), "clone");
      git("/", "clone", "-q", "--no-local", bare, this.clones[bare]);
    }
    const clone = this.clones[bare];
    if (git(clone, "branch", "-r")) {
      git(clone, "fetch", "-q", "origin", "HEAD");
      git(clone, "reset", "-q", "--hard", "FETCH_HEAD");
    }
    return clone;
  }
}

/** Writes a file; a change may be its text, a function of the text that stands there, or null: then the file goes. */
function write(clone, path, change) {
  const file = join(clone, path);
  if (change === null) return rmSync(file);
  mkdirSync(dirname(file), { recursive: true });
  const before = () => git(clone, "show", `HEAD:${path}`);
  writeFileSync(file, typeof change === "function" ? change(before()) : change);
}
