// Runs every story on one sample. `node run.mjs NAME...` runs those files alone; what a story prints is printed.
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { folder, makeSample } from "./sample.mjs";

const here = import.meta.dirname;
const wanted = process.argv.slice(2);
const files = readdirSync(here)
  .filter((file) => file.endsWith(".test.mjs"))
  .filter((file) => wanted.length === 0 || wanted.some((name) => file.startsWith(name)))
  .map((file) => join(here, file));

process.env.COUNTERSIGN_SAMPLE ??= await makeSample(join(folder("sample"), "data"));
const tests = spawn(process.execPath, ["--test", "--test-concurrency=2", "--test-reporter=spec", ...files], { stdio: "inherit" });
tests.once("exit", (code) => process.exit(code ?? 1));
