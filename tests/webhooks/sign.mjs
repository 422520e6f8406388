// Signs what comes on standard input as the hosts do, with packages that are not ours.
import { sign } from "@octokit/webhooks-methods";
import { Webhook } from "standardwebhooks";

const [way, secret, id, seconds] = process.argv.slice(2);
const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const body = Buffer.concat(chunks).toString("utf8");
process.stdout.write(way === "octokit" ? await sign(secret, body) : new Webhook(secret).sign(id, new Date(Number(seconds) * 1000), body));
