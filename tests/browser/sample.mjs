// The sample register, made once by the program itself and copied for every story.
import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const root = resolve(import.meta.dirname, "../..");

/** The program under test: the one the suite was built with, else the newest debug build. */
export const program = process.env.COUNTERSIGN_PROGRAM ?? join(root, "target/debug/countersign");

/** The register's name in addresses. */
export const SAMPLE = "lanternworks";

/** Settings of whoever runs the tests reach neither the program nor git. */
export function environment() {
  const kept = Object.entries(process.env).filter(([name]) => !/^(COUNTERSIGN|GIT)_/.test(name));
  return {
    ...Object.fromEntries(kept),
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_SYSTEM: "/dev/null",
    COUNTERSIGN_LOG: "countersign=warn,warn",
  };
}

/** A folder that is gone when the process ends. */
export function folder(name) {
  const made = mkdtempSync(join(tmpdir(), `countersign-${name}-`));
  process.on("exit", () => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** Copies the sample's data directory; a copy knows its own repository and no other. */
export async function copySample(to) {
  const from = process.env.COUNTERSIGN_SAMPLE ?? (await makeSample(join(folder("sample"), "data")));
  cpSync(from, to, { recursive: true });
  const place = join(to, "repositories", SAMPLE);
  writeFileSync(join(place, "location"), `${join(place, "sample")}\n`);
  return join(place, "sample");
}

/** Makes the sample in a data directory: the program does so when it serves nothing else. */
export async function makeSample(data) {
  const { child } = await serve(data, []);
  await stop(child);
  return data;
}

/** Serves until stopped; returns the address and the sample's sign-in links by name. */
export async function serve(data, repositories, listen = "127.0.0.1:0") {
  if (!existsSync(program)) throw new Error(`${program} is missing; run cargo build`);
  const child = spawn(program, ["--data-dir", data, "serve", "--listen", listen, ...repositories], {
    env: environment(),
    stdio: ["ignore", "pipe", "inherit"],
  });
  process.on("exit", () => child.kill("SIGKILL"));
  const ended = new Promise((_, reject) => child.once("exit", (code) => reject(new Error(`the server ended with ${code}`))));
  ended.catch(() => {});
  const told = announced(child.stdout);
  return { child, ...(await Promise.race([told, ended])) };
}

/** What the program prints when it listens: its address, a link for each person of the sample, a closing sentence; then where to set up what is not. */
function announced(output) {
  const links = {};
  let address;
  return new Promise((resolve) => {
    createInterface({ input: output }).on("line", (line) => {
      const link = line.match(/^ {2}(\S.*?) {2,}.*\/sign-in\/link\/([0-9a-f]+)$/);
      const setUp = line.match(/\/set-up\/[0-9a-f]+$/);
      if (line.startsWith("Countersign is at ")) address = line.slice("Countersign is at ".length);
      else if (link) links[link[1]] = `/sign-in/link/${link[2]}`;
      else if (setUp) links.setUp = setUp[0];
      else resolve({ address, links });
    });
  });
}

/** Stops a server as an operator does, and waits until it is gone. */
export async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((done) => child.once("exit", done));
  child.kill("SIGTERM");
  const patience = setTimeout(() => child.kill("SIGKILL"), 5000);
  await gone;
  clearTimeout(patience);
}

/** Runs plain git, as everybody else has it. */
export function git(where, ...words) {
  return execFileSync("git", words, { cwd: where, env: environment(), encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** Runs a command of the program that must end well. */
export function command(data, ...words) {
  return execFileSync(program, ["--data-dir", data, ...words], { env: environment(), encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}
