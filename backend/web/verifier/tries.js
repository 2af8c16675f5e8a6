/**
 * Merkle-Patricia proofs: what stands under a key of a trie whose root is known, or that nothing does.
 * Source: the Ethereum yellow paper, appendix D. Keys are hashed before they are looked up.
 */

import { RLP } from "@ethereumjs/rlp";

import { equal, hexed, keccak } from "./bytes.js";

/** The nodes at hand do not lead from the root to an answer. */
export class ProofInvalid extends Error {}

/** Lists within lists: more than any header, vote or node needs, and less than any reader falls over. */
const DEEPEST = 16;

const EMPTY_ROOT = hexed(keccak(Uint8Array.of(0x80)));

/** Strict RLP: byte strings and lists of them, DEEPEST deep. Throws ProofInvalid. */
export function decode(data) {
  let value;
  try {
    value = RLP.decode(data);
  } catch {
    throw new ProofInvalid("no RLP");
  }
  if (!isShallow(value, DEEPEST)) throw new ProofInvalid("lists too deep");
  // The library lets some longer writings of the same value pass.
  if (!equal(RLP.encode(value), data)) throw new ProofInvalid("no canonical RLP");
  return value;
}

function isShallow(value, levels) {
  return isBytes(value) || (levels > 0 && value.every((each) => isShallow(each, levels - 1)));
}

export const encode = (value) => RLP.encode(value);

const isBytes = (value) => value instanceof Uint8Array;

/** The nodes of several proofs together, found by their hash. */
export class Nodes {
  constructor(nodes) {
    this.byHash = new Map(nodes.map((node) => [hexed(keccak(node)), node]));
    this.repeated = this.byHash.size !== nodes.length;
    this.served = new Set();
  }

  /** Whether a node stands there that no proof needed, or one stands there twice. */
  get hasIdle() {
    return this.repeated || this.served.size !== this.byHash.size;
  }

  /** What a trie holds under a key, null where it provably holds nothing. Throws ProofInvalid. */
  valueAt(root, key) {
    if (hexed(root) === EMPTY_ROOT) return null;
    let path = hexed(keccak(key)).slice(2);
    let reference = root;
    for (;;) {
      const node = this.open(reference);
      if (node.length === 17) {
        if (path === "") return valueOf(node[16]);
        reference = node[parseInt(path[0], 16)];
        path = path.slice(1);
        if (isBytes(reference) && reference.length === 0) return null;
      } else {
        const [shared, isLeaf] = sharedPath(node[0]);
        if (isLeaf) return shared === path ? valueOf(node[1]) : null;
        if (!path.startsWith(shared)) return null;
        reference = node[1];
        path = path.slice(shared.length);
      }
    }
  }

  /** The node that a reference means: by its hash, or itself where it is shorter than one. */
  open(reference) {
    let node = reference;
    if (isBytes(reference)) {
      const name = hexed(reference);
      if (reference.length !== 32 || !this.byHash.has(name)) throw new ProofInvalid("a node is missing");
      this.served.add(name);
      node = decode(this.byHash.get(name));
    } else if (encode(node).length >= 32) {
      throw new ProofInvalid("a long node inside another");
    }
    const isShort = Array.isArray(node) && node.length === 2 && !(isBytes(node[1]) && node[1].length === 0);
    if (!isShort && !(Array.isArray(node) && node.length === 17)) throw new ProofInvalid("a node of no shape");
    return node;
  }
}

function valueOf(value) {
  if (!isBytes(value)) throw new ProofInvalid("a value that is no bytes");
  return value.length === 0 ? null : value;
}

/** The nibbles that a short node stands for, and whether it is a leaf (hex-prefix encoding, appendix C). */
function sharedPath(coded) {
  if (!isBytes(coded) || coded.length === 0 || coded[0] >> 4 > 3) throw new ProofInvalid("a path of no shape");
  const isLeaf = coded[0] >> 5 === 1;
  const odd = (coded[0] >> 4) & 1;
  if (!odd && coded[0] & 0x0f) throw new ProofInvalid("a path of no shape");
  const shared = hexed(coded).slice(odd ? 3 : 4);
  if (!isLeaf && shared === "") throw new ProofInvalid("a path of no length");
  return [shared, isLeaf];
}

