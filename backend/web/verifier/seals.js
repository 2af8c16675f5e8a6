/**
 * Who vouches for a block: the seals of proof-of-authority engines, behind one interface of four methods.
 * Clique follows EIP-225; QBFT the published format of its extra data, without a QBFT node to run against.
 */

import { secp256k1 } from "@noble/curves/secp256k1.js";

import { concatBytes, hexed, keccak } from "./bytes.js";
import { HeaderMalformed } from "./headers.js";
import { ProofInvalid, decode, encode } from "./tries.js";

/** A seal is not there, has no shape, or no key can have made it. */
export class SealMalformed extends Error {}

const VANITY = 32;
const SEAL = 65;
const NOTHING = new Uint8Array(0);

/** A chain whose blocks nobody seals. */
const hashOnly = {
  hashOf: (header) => keccak(header.withExtra(header.extra)),
  sealing: () => [],
  signersOf: () => [],
  needed: (validators) => validators + 1,
};

/** EIP-225: none may sign again within N / 2 blocks, so N / 2 + 1 headers in a row are by as many validators. */
const clique = {
  hashOf: hashOnly.hashOf,
  sealing: (headers) => headers,
  signersOf(header) {
    const { extra, fields } = header;
    if (extra.length < VANITY + SEAL || fields.length > 16) throw new SealMalformed();
    return [signerOf(extra.slice(-SEAL), keccak(header.withExtra(extra.slice(0, -SEAL))))];
  },
  needed: (validators) => Math.floor(validators / 2) + 1,
};

/** QBFT: the seals of a quorum stand in the block's own header, outside of its hash. */
const qbft = {
  hashOf: (header) => keccak(header.withExtra(withoutSeals(qbftExtra(header), NOTHING))),
  sealing: (headers) => headers.slice(0, 1),
  signersOf(header) {
    const parts = qbftExtra(header);
    const signed = keccak(header.withExtra(withoutSeals(parts, parts[3])));
    return parts[4].map((seal) => signerOf(seal, signed));
  },
  needed: (validators) => Math.ceil((2 * validators) / 3),
};

export const ENGINES = { none: hashOnly, clique, qbft };

/** [vanity, validators, vote, round, seals]. Throws HeaderMalformed. */
function qbftExtra(header) {
  let parts;
  try {
    parts = decode(header.extra);
  } catch (fault) {
    if (fault instanceof ProofInvalid) throw new HeaderMalformed();
    throw fault;
  }
  const isBytes = (value) => value instanceof Uint8Array;
  const hasShape =
    Array.isArray(parts) &&
    parts.length === 5 &&
    isBytes(parts[0]) &&
    isBytes(parts[3]) &&
    Array.isArray(parts[4]) &&
    parts[4].every(isBytes);
  if (!hasShape) throw new HeaderMalformed();
  return parts;
}

const withoutSeals = ([vanity, validators, vote], round) => encode([vanity, validators, vote, round, []]);

/** The account whose key made a seal (r ‖ s ‖ v, v 0 or 1) over a hash. Throws SealMalformed. */
function signerOf(seal, signed) {
  if (seal.length !== SEAL || seal[SEAL - 1] > 1) throw new SealMalformed();
  try {
    const recovered = concatBytes(seal.slice(SEAL - 1), seal.slice(0, SEAL - 1));
    const key = secp256k1.Signature.fromBytes(recovered, "recovered").recoverPublicKey(signed);
    return hexed(keccak(key.toBytes(false).slice(1)).slice(-20));
  } catch {
    throw new SealMalformed();
  }
}
