// Checks certificates with the browser's verifier: a JSON line in (certificate, trust: base64; now), a JSON line out.

import { createInterface } from "node:readline";

import { readTrust, verify } from "../../backend/web/verifier/verify.js";

const bytes = (base64) => new Uint8Array(Buffer.from(base64, "base64"));

for await (const line of createInterface({ input: process.stdin })) {
  const { certificate, trust, now } = JSON.parse(line);
  const list = trust === null ? null : readTrust(bytes(trust));
  process.stdout.write(JSON.stringify(verify(bytes(certificate), list, now)) + "\n");
}
