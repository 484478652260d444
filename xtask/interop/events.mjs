// Callbacks between this project and the official Node and Python SDKs, both ways.
//
//   cargo xtask interop events
//
// Builds the examples `webhook_receiver` and `seal`, and installs the SDKs (npm `@larksuiteoapi/node-sdk`, PyPI `lark-oapi`)
// in a folder of its own below INTEROP_DIR, unless they are there already.
// Deliveries made with Node's crypto are given to all three receivers; deliveries made by `seal` to the two SDKs. Altered
// ones must be refused by ours. Prints a table; exits with 1 if anything differs from what is expected.

import { execFileSync, spawn } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

if (!process.env.INTEROP_DIR) {
  console.error("INTEROP_DIR is not set; run `cargo xtask interop events`");
  process.exit(2);
}
const work = path.resolve(process.env.INTEROP_DIR, "events");
let examples;

const TOKEN = "interop-verification-token";
const NOW = 1760000600;
const TYPES = ["attendance.user_flow.created_v1", "attendance.user_task.updated_v1"];
const KEYS = ["interop key", "k", "密钥", "x".repeat(100)];

function document(id, type, filler) {
  const header = { event_id: id, token: TOKEN, create_time: "1760000522417", event_type: type, tenant_key: "t", app_id: "cli_1" };
  return JSON.stringify({ schema: "2.0", header, event: { employee_id: "e1", location_name: `北区${filler}`, type: 0 } });
}

function seal(key, text) {
  const iv = crypto.randomBytes(16);
  const cipher = crypto.createCipheriv("aes-256-cbc", crypto.createHash("sha256").update(key).digest(), iv);
  const body = JSON.stringify({ encrypt: Buffer.concat([iv, cipher.update(text, "utf8"), cipher.final()]).toString("base64") });
  const timestamp = String(NOW - 5);
  const nonce = String(crypto.randomInt(1e9));
  const signature = crypto.createHash("sha256").update(timestamp + nonce + key + body).digest("hex");
  return { headers: { "X-Lark-Request-Timestamp": timestamp, "X-Lark-Request-Nonce": nonce, "X-Lark-Signature": signature }, body };
}

function sealByOurs(key, text) {
  const options = ["--encrypt-key", key, "--timestamp", String(NOW - 5)];
  return JSON.parse(execFileSync(path.join(examples, "seal"), options, { input: text, encoding: "utf8" }));
}

// Every length of the last block, twice; both types; all keys.
function deliveries(make, who) {
  return Array.from({ length: 32 }, (_, index) => {
    const key = KEYS[index % KEYS.length];
    const id = `${who}-${index}`;
    return { id, key, type: TYPES[index % 2], ...make(key, document(id, TYPES[index % 2], "x".repeat(index))) };
  });
}

// --- receivers: each takes deliveries of one key and gives the ids that its handler saw ---

async function receiveByOurs(key, list) {
  const calls = path.join(work, `calls-${crypto.randomUUID()}.jsonl`);
  const options = ["--port", "0", "--encrypt-key", key, "--verification-token", TOKEN, "--calls", calls, "--now", String(NOW)];
  const receiver = spawn(path.join(examples, "webhook_receiver"), options, { stdio: ["ignore", "pipe", "inherit"] });
  const port = await new Promise((done, fail) => {
    receiver.stdout.once("data", (line) => done(Number(String(line).trim())));
    receiver.once("exit", () => fail(new Error("webhook_receiver ended")));
  });
  try {
    for (const { headers, body } of list) {
      await fetch(`http://127.0.0.1:${port}/`, { method: "POST", headers: { "Content-Type": "application/json", ...headers }, body });
    }
  } finally {
    receiver.kill();
  }
  return fs.readFileSync(calls, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line).event_id);
}

async function receiveByNode(key, list) {
  const lark = createRequire(path.join(work, "package.json"))("@larksuiteoapi/node-sdk");
  const seen = [];
  const silent = Object.fromEntries(["error", "warn", "info", "debug", "trace"].map((level) => [level, () => {}]));
  const dispatcher = new lark.EventDispatcher({ encryptKey: key, verificationToken: TOKEN, logger: silent });
  dispatcher.register(Object.fromEntries(TYPES.map((type) => [type, (event) => void seen.push(event.event_id)])));
  for (const { headers, body } of list) {
    const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    await dispatcher.invoke(Object.assign(Object.create({ headers: lower }), JSON.parse(body)));
  }
  return seen;
}

const PYTHON = `
import json, sys
import lark_oapi as lark
from lark_oapi.core.model import RawRequest
job = json.load(sys.stdin)
seen = []
builder = lark.EventDispatcherHandler.builder(job["key"], job["token"], lark.LogLevel.CRITICAL)
for kind in job["types"]:
    builder = builder.register_p2_customized_event(kind, lambda event: seen.append(event.header.event_id))
handler = builder.build()
for delivery in job["list"]:
    request = RawRequest()
    request.uri = "/"
    request.headers = delivery["headers"]
    request.body = delivery["body"].encode()
    handler.do(request)
print(json.dumps(seen))
`;

async function receiveByPython(key, list) {
  const input = JSON.stringify({ key, token: TOKEN, types: TYPES, list });
  const python = path.join(work, "venv", "bin", "python");
  const lines = execFileSync(python, ["-c", PYTHON], { input, encoding: "utf8" }).trim().split("\n");
  return JSON.parse(lines.at(-1));
}

// --- the run ---

function build() {
  const options = ["build", "--quiet", "--package", "attendance-api", "--no-default-features", "--features", "webhook"];
  const made = ["--example", "webhook_receiver", "--example", "seal", "--message-format", "json"];
  const lines = execFileSync("cargo", [...options, ...made], { encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "inherit"] });
  const programs = lines.split("\n").filter(Boolean).map((line) => JSON.parse(line).executable).filter(Boolean);
  return path.dirname(programs[0]);
}

function install() {
  fs.mkdirSync(work, { recursive: true });
  if (!fs.existsSync(path.join(work, "package.json"))) {
    fs.writeFileSync(path.join(work, "package.json"), '{"private":true}');
    execFileSync("npm", ["install", "--silent", "--no-audit", "--no-fund", "@larksuiteoapi/node-sdk"], { cwd: work, stdio: "inherit" });
  }
  if (!fs.existsSync(path.join(work, "venv"))) {
    execFileSync("python3", ["-m", "venv", path.join(work, "venv")], { stdio: "inherit" });
    execFileSync(path.join(work, "venv", "bin", "pip"), ["install", "--quiet", "lark-oapi"], { stdio: "inherit" });
  }
}

async function collect(receive, list) {
  const seen = [];
  for (const key of KEYS) {
    seen.push(...(await receive(key, list.filter((delivery) => delivery.key === key))));
  }
  return seen;
}

function alter(delivery, index) {
  const altered = structuredClone(delivery);
  const flip = (text, at) => text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);
  if (index % 3 === 0) altered.body = flip(altered.body, 20 + index);
  if (index % 3 === 1) altered.headers["X-Lark-Signature"] = flip(altered.headers["X-Lark-Signature"], index);
  if (index % 3 === 2) altered.headers["X-Lark-Request-Nonce"] += "1";
  return altered;
}

examples = build();
install();
const theirs = deliveries(seal, "theirs");
const ours = deliveries(sealByOurs, "ours");
const rows = [
  ["Node's crypto", "our receiver", receiveByOurs, theirs, theirs.length],
  ["Node's crypto", "Node SDK", receiveByNode, theirs, theirs.length],
  ["Node's crypto", "Python SDK", receiveByPython, theirs, theirs.length],
  ["our seal", "Node SDK", receiveByNode, ours, ours.length],
  ["our seal", "Python SDK", receiveByPython, ours, ours.length],
  ["our seal", "our receiver", receiveByOurs, ours, ours.length],
  ["altered", "our receiver", receiveByOurs, theirs.map(alter), 0],
];
let failures = 0;
for (const [maker, receiver, receive, list, expected] of rows) {
  const seen = await collect(receive, list);
  const good = seen.length === expected && new Set(seen).size === expected;
  failures += good ? 0 : 1;
  console.log(`${good ? "ok    " : "FAILED"}  ${maker.padEnd(14)} -> ${receiver.padEnd(13)} ${seen.length} of ${list.length} handled, expected ${expected}`);
}
console.log(`${rows.length - failures} passed, ${failures} failed`);
process.exit(failures ? 1 : 0);
