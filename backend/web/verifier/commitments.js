/** Heads, manifest roots and evidence: the same as in `backend/domain/commitments.py`. */

import { compare, equal, keccak, sha256, word } from "./bytes.js";

const text = new TextEncoder();
const [LEAF, BRANCH] = [Uint8Array.of(0), Uint8Array.of(1)];

/** The head of a history after one more record. */
export function nextHead(head, record) {
  const { step, participantNo, parcels, evidence, at } = record;
  return keccak(head, word(step), word(participantNo), word(parcels), evidence, word(at));
}

/** Whether a parcel stands at an index of the manifest with that root. */
export function isMember(root, index, parcelId, proof) {
  let node = keccak(word(index, 1), parcelId);
  for (const sister of proof) node = compare(node, sister) < 0 ? keccak(node, sister) : keccak(sister, node);
  return equal(node, root);
}

export const evidenceLeaf = (documentRoot) => sha256(LEAF, documentRoot);

/** The leaf of a field: its salt, and the canonical JSON (RFC 8785) of its path and value. */
export function fieldLeaf({ salt, path, value }) {
  return sha256(LEAF, salt, text.encode(`[${JSON.stringify(path)},${JSON.stringify(value)}]`));
}

/** RFC 9162, section 2.1.3.2. */
export function isIncluded(leaf, { position, size, proof }, root) {
  if (position >= size) return false;
  let [node, at, last] = [leaf, BigInt(position), BigInt(size - 1)];
  for (const sister of proof) {
    if (last === 0n) return false;
    if (at & 1n || at === last) {
      node = sha256(BRANCH, sister, node);
      while (!(at & 1n) && at !== 0n) [at, last] = [at >> 1n, last >> 1n];
    } else {
      node = sha256(BRANCH, node, sister);
    }
    [at, last] = [at >> 1n, last >> 1n];
  }
  return last === 0n && equal(node, root);
}

