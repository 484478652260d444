// Carries the scenario out with the official Node SDK, and prints operation and result.
//
// usage: node scenario.mjs BASE_URL APP_ID APP_SECRET [FOLDER WITH node_modules]     (needs @larksuiteoapi/node-sdk)

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [base, appId, appSecret, folder = process.cwd()] = process.argv.slice(2);
const lark = createRequire(folder + "/")("@larksuiteoapi/node-sdk");
const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5ErkJggg==",
  "base64",
);

/** The value with `$name` replaced by what was kept under that name. */
function filled(value, kept) {
  if (typeof value === "string" && value.startsWith("$")) return kept[value.slice(1)];
  if (Array.isArray(value)) return value.map((one) => filled(one, kept));
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, filled(one, kept)]));
  }
  return value;
}

const find = (value, path) => path.split(".").reduce((inner, step) => inner?.[step], value);
const camel = (name) => name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());

async function read(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

/** Nothing if the step went as expected, or what is wrong. */
async function carryOut(client, step, kept) {
  const [resource, method] = step.op.split(".").map(camel);
  const payload = {
    path: filled(step.path ?? {}, kept),
    params: filled(step.query ?? {}, kept),
    data: step.file ? { [step.file]: PIXEL } : filled(step.body ?? {}, kept),
  };
  let answer;
  try {
    answer = await client.attendance.v1[resource][method](payload);
  } catch (error) {
    answer = error.response?.data ?? { code: -1, msg: String(error) };
  }
  if (step.bytes) return PIXEL.equals(await read(answer.getReadableStream())) ? null : "other bytes";
  // An upload answers its data without the envelope.
  const data = step.file ? answer : answer?.data;
  const code = step.file ? 0 : answer?.code;
  if (code !== (step.code ?? 0)) return `code ${code}, ${answer?.msg}`;
  if (step.code) return answer.msg.includes(step.msg) ? null : `text ${answer.msg}`;
  for (const [path, expected] of Object.entries(step.expect ?? {})) {
    const found = find(data, path);
    if (found !== filled(expected, kept)) return `${path} is ${found}`;
  }
  for (const [name, path] of Object.entries(step.keep ?? {})) kept[name] = find(data, path);
  return null;
}

const silent = () => {};
const logger = { error: silent, warn: silent, info: silent, debug: silent, trace: silent };
const client = new lark.Client({ appId, appSecret, domain: base, logger });
const steps = JSON.parse(readFileSync(new URL("scenario.json", import.meta.url), "utf8"));
const kept = {};
let failed = 0;
for (const step of steps) {
  const wrong = await carryOut(client, step, kept).catch((error) => String(error));
  if (wrong) failed += 1;
  console.log(step.op.padEnd(50), wrong ?? (step.code ? `ok (refused: ${step.msg})` : "ok"));
}
const operations = new Set(steps.map((step) => step.op)).size;
console.log(`${operations} operations, ${steps.length} calls, ${failed} failed`);
process.exit(failed ? 1 : 0);
