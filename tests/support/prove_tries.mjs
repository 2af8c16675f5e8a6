// Looks keys up with the browser's trie walk: a JSON line in (root, key, nodes: hexadecimal), a JSON line out.

import { createInterface } from "node:readline";

import { hexed, unhexed } from "../../backend/web/verifier/bytes.js";
import { Nodes, ProofInvalid } from "../../backend/web/verifier/tries.js";

function looked({ root, key, nodes: given }) {
  const nodes = new Nodes(given.map(unhexed));
  try {
    const value = nodes.valueAt(unhexed(root), unhexed(key));
    return { value: value === null ? null : hexed(value), idle: nodes.hasIdle };
  } catch (fault) {
    if (fault instanceof ProofInvalid) return { invalid: true };
    throw fault;
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(JSON.stringify(looked(JSON.parse(line))) + "\n");
}
