/** What the contracts hold, read out of storage proofs. Slots and widths as in the Python verifier's `state.py`. */

import { integer, keccak, word } from "./bytes.js";
import { CONTRACTS } from "./reading.js";
import { ProofInvalid, decode } from "./tries.js";

/** A contract's account is not proved, or is proved not to be there. */
export class AccountMissing extends Error {}

/** What a contract holds in a slot is not proved. */
export class StorageMissing extends Error {}

const HEADER = {
  declarantNo: 32,
  sellerNo: 32,
  declaringDistrict: 16,
  portDistrict: 16,
  supervisionMode: 16,
  direction: 8,
  lastIndex: 8,
  declaredAt: 48,
  fullSets: 32,
  partialSets: 32,
};
const PARTICIPANT = { roles: 32, district: 16, creditGrade: 8, suspended: 8, registeredAt: 48 };
const ENDS = { watch: 48, inspect: 48, barred: 48 };
const RIGHT = { holderNo: 32, kind: 8, appliedAt: 48, recordedAt: 48, until: 48, endedAt: 48, pending: 8 };
const LICENCE = { grantedAt: 48, until: 48, revokedAt: 48 };

/** What the contracts held under a state root. Throws AccountMissing, StorageMissing. */
export function readState(certificate, stateRoot, nodes) {
  const roots = Object.fromEntries(
    CONTRACTS.map((name) => [name, storageRoot(nodes, stateRoot, certificate.contracts[name])]),
  );
  const read = (contract, slot) => slotOf(nodes, roots[contract], slot);
  const manifest = entry(integer(certificate.manifest), 0n);
  const header = unpacked(read("ledger", manifest), HEADER);
  const root = word(read("ledger", manifest + 1n));
  const head = word(read("ledger", manifest + 2n));
  const seller = unpacked(read("registry", entry(header.sellerNo, 2n)), PARTICIPANT);
  const ends = unpacked(read("blacklist", entry(header.sellerNo, 7n)), ENDS);
  const rights = certificate.rights.map((rightId) => ({
    rightId,
    right: unpacked(read("rights", entry(rightId, 2n)), RIGHT),
    licence: unpacked(read("rights", entry(header.sellerNo, entry(rightId, 4n))), LICENCE),
  }));
  return { header, root, head, seller, ends, rights };
}

/** The slot of a mapping's entry (Solidity's storage layout). */
const entry = (key, slot) => integer(keccak(word(key), word(slot)));

function storageRoot(nodes, stateRoot, address) {
  return orElse(AccountMissing, () => {
    const account = nodes.valueAt(stateRoot, address);
    const fields = account === null ? null : decode(account);
    const hasShape =
      Array.isArray(fields) && fields.length === 4 && fields[2] instanceof Uint8Array && fields[2].length === 32;
    if (!hasShape) throw new ProofInvalid("no account");
    return fields[2];
  });
}

function slotOf(nodes, root, slot) {
  return orElse(StorageMissing, () => {
    const value = nodes.valueAt(root, word(BigInt.asUintN(256, slot)));
    const held = value === null ? new Uint8Array(0) : decode(value);
    if (!(held instanceof Uint8Array) || held.length > 32) throw new ProofInvalid("no word");
    return integer(held);
  });
}

function orElse(Missing, look) {
  try {
    return look();
  } catch (fault) {
    throw fault instanceof ProofInvalid ? new Missing() : fault;
  }
}

/** The values that a packed slot holds, from the low end: all of them fit a number. */
function unpacked(held, widths) {
  const found = {};
  for (const [name, width] of Object.entries(widths)) {
    found[name] = Number(BigInt.asUintN(width, held));
    held >>= BigInt(width);
  }
  return found;
}
