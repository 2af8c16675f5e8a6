/** The three questions, asked one after the other. What each check is for stands in `docs/certificate.md`. */

import { equal, hexed } from "./bytes.js";
import { fieldLeaf, isIncluded, isMember, nextHead } from "./commitments.js";
import { HeaderMalformed, readHeader } from "./headers.js";
import { Malformed, VersionUnknown } from "./malformed.js";
import { CONTRACTS, MOST_BYTES, readCertificate, readTrust } from "./reading.js";
import { Contradiction, StepUnknown, isOfParcel, replay } from "./replay.js";
import { ENGINES, SealMalformed } from "./seals.js";
import { AccountMissing, StorageMissing, readState } from "./state.js";
import { FLAGS, STATES, STATES_IN_CHINESE, STEPS } from "./tables.js";
import { Nodes } from "./tries.js";
import { ageInWords, instantInWords, sentences } from "./wording.js";

export { Malformed, readTrust };

const NOBODY = { sealed_by: [], needed: null };

/** A check failed, or cannot be made. */
class Refused extends Error {
  constructor(code, words = {}, status = "invalid") {
    super(code);
    Object.assign(this, { code, words, status });
  }
}

const answer = (question, status, code, words = {}, facts = {}) => ({
  status,
  code,
  ...sentences(question, code, words),
  ...facts,
});

/**
 * What a file (Uint8Array) says, and how far to believe it. Never throws, whatever the file holds.
 * `trust` is the reader's own list of validators as `readTrust` gives it, or null; `now` in Unix seconds gives the age.
 */
export function verify(data, trust, now) {
  if (data.length > MOST_BYTES) return unread(answer("unchanged", "invalid", "too-large"));
  let certificate;
  try {
    certificate = readCertificate(data);
  } catch (fault) {
    if (fault instanceof VersionUnknown) {
      return unread(answer("unchanged", "cannot_tell", "version-unknown", { version: fault.version }));
    }
    const words = fault instanceof Malformed ? fault : { field: "", rule: "JSON" };
    return unread(answer("unchanged", "invalid", "malformed", { field: words.field || "JSON", rule: words.rule }));
  }
  let headers, state;
  try {
    [headers, state] = authenticated(certificate);
  } catch (fault) {
    // A fault of this program's own proves nothing either: what was not checked is not valid.
    const code = fault instanceof Refused ? fault.code : "malformed";
    return {
      unchanged: answer("unchanged", "invalid", code, { field: "JSON", rule: "JSON" }),
      final: answer("final", "cannot_tell", "not-unchanged", {}, NOBODY),
      says: answer("says", "cannot_tell", "not-unchanged"),
    };
  }
  const words = { records: certificate.records.length, block: headers[0].number };
  return {
    unchanged: answer("unchanged", "valid", "complete", words),
    final: final(certificate, headers, trust),
    says: says(certificate, headers[0], state, now),
  };
}

function unread(unchanged) {
  return {
    unchanged,
    final: answer("final", "cannot_tell", "not-read", {}, NOBODY),
    says: answer("says", "cannot_tell", "not-read"),
  };
}

// -- unchanged?

function authenticated(certificate) {
  const headers = linkedHeaders(certificate);
  const nodes = new Nodes(certificate.nodes);
  let state;
  try {
    state = readState(certificate, headers[0].stateRoot, nodes);
  } catch (fault) {
    if (fault instanceof AccountMissing) throw new Refused("account-proof-invalid");
    if (fault instanceof StorageMissing) throw new Refused("storage-proof-invalid");
    throw fault;
  }
  if (state.header.declaredAt === 0) throw new Refused("manifest-unknown");
  const { index, parcelId, proof, records } = certificate;
  if (index > state.header.lastIndex || !isMember(state.root, index, parcelId, proof)) {
    throw new Refused("membership-proof-invalid");
  }
  if (!equal(records.reduce(nextHead, state.root), state.head)) throw new Refused("records-do-not-fold");
  if (nodes.hasIdle) throw new Refused("node-unused");
  return [headers, state];
}

function linkedHeaders({ engine, headers: given, blockHash }) {
  let headers, hashes;
  try {
    headers = given.map(readHeader);
    hashes = headers.map((header) => ENGINES[engine].hashOf(header));
  } catch (fault) {
    throw fault instanceof HeaderMalformed ? new Refused("header-malformed") : fault;
  }
  if (!equal(hashes[0], blockHash)) throw new Refused("block-hash-mismatch");
  headers.slice(1).forEach((header, place) => {
    const follows = equal(header.parentHash, hashes[place]) && header.number === headers[place].number + 1n;
    if (!follows) throw new Refused("headers-not-linked");
  });
  return headers;
}

// -- final, and on whose word?

function final(certificate, headers, trust) {
  try {
    return sealed(certificate, headers, trust);
  } catch (fault) {
    if (!(fault instanceof Refused)) return answer("final", "cannot_tell", "no-trust-list", {}, NOBODY);
    const facts = { sealed_by: fault.words.sealed_by ?? [], needed: fault.words.needed ?? null };
    return answer("final", fault.status, fault.code, fault.words, facts);
  }
}

function sealed(certificate, headers, trust) {
  const { engine: name, chainId, contracts } = certificate;
  if (name === "none") throw new Refused("no-validators-vouch", {}, "cannot_tell");
  if (trust === null) throw new Refused("no-trust-list", {}, "cannot_tell");
  if (trust.chainId !== chainId) throw new Refused("other-chain", { found: chainId, expected: trust.chainId });
  for (const contract of CONTRACTS) {
    if (!equal(trust.contracts[contract], contracts[contract])) throw new Refused("other-contract", { contract });
  }
  if (trust.engine !== name) throw new Refused("other-engine", { found: name, expected: trust.engine });
  const block = headers[0].number;
  const validators = validatorsAt(trust, block);
  if (validators.size === 0) throw new Refused("no-validators-for-block", { block }, "cannot_tell");

  const engine = ENGINES[name];
  const found = engine.sealing(headers).map((header) => {
    try {
      return [header.number, engine.signersOf(header)];
    } catch (fault) {
      if (fault instanceof SealMalformed || fault instanceof HeaderMalformed) {
        throw new Refused("seal-malformed", { block: header.number });
      }
      throw fault;
    }
  });
  const signers = new Set();
  for (const [number, its] of found) {
    for (const signer of its) {
      if (!validatorsAt(trust, number).has(signer)) throw new Refused("seal-not-trusted", { block: number, signer });
      signers.add(signer);
    }
  }
  const sealedBy = [...signers].filter((signer) => validators.has(signer)).sort();
  const needed = engine.needed(validators.size);
  const words = { sealed: sealedBy.length, needed, validators: validators.size, block };
  if (sealedBy.length < needed) throw new Refused("too-few-seals", { ...words, sealed_by: sealedBy }, "cannot_tell");
  return answer("final", "valid", "sealed", words, { sealed_by: sealedBy, needed });
}

function validatorsAt(trust, block) {
  const held = trust.validatorSets.filter((set) => BigInt(set.fromBlock) <= block).pop();
  return new Set(held?.validators ?? []);
}

// -- what does it say?

function says(certificate, block, state, now) {
  const { records, index } = certificate;
  let sets;
  try {
    sets = replay(state.header, records, block.time);
    if (!sets.agreesWith(state.header)) throw new Refused("sets-contradict");
    checkRevealed(certificate);
  } catch (fault) {
    if (fault instanceof StepUnknown) {
      const words = { record: fault.place + 1, step: records[fault.place].step };
      return answer("says", "invalid", "step-unknown", words);
    }
    if (fault instanceof Contradiction) {
      return answer("says", "invalid", "replay-contradicts", { record: fault.place + 1 });
    }
    if (fault instanceof Refused) return answer("says", "invalid", fault.code, fault.words);
    return answer("says", "cannot_tell", "not-read");
  }
  const at = Number(block.time);
  const stateName = STATES[sets.stateOf(index)];
  const { header } = state;
  const age = Math.max(0, now - at);
  const facts = {
    parcel_id: hexed(certificate.parcelId),
    manifest: hexed(certificate.manifest),
    index,
    state: stateName,
    flags: FLAGS.filter((_, flag) => sets.has(16 + flag, index)),
    seller: { participant_no: header.sellerNo, standing: standing(state, at) },
    declarant_no: header.declarantNo,
    direction: ["Import", "Export"][header.direction],
    supervision_mode: header.supervisionMode,
    declaring_district: header.declaringDistrict,
    port_district: header.portDistrict,
    rights: rights(state, at),
    history: records
      .filter((record) => ((record.parcels >> BigInt(index)) & 1n) === 1n)
      .map((record) => ({ step: STEPS[record.step], participant_no: record.participantNo, at: record.at })),
    revealed: certificate.revealed.flatMap((document) =>
      document.fields.map(({ path, value }) => ({ step: STEPS[records[document.record].step], path, value })),
    ),
    block: Number(block.number),
    as_of: at,
    age,
  };
  const words = {
    parcel_id: facts.parcel_id,
    state: [STATES_IN_CHINESE[stateName], stateName],
    as_of: instantInWords(at),
    age: ageInWords(age),
  };
  return answer("says", "valid", "states", words, facts);
}

function checkRevealed({ revealed, records, index }) {
  revealed.forEach((document, place) => {
    if (!isOfParcel(document, records, index)) throw new Refused("document-invalid", { document: place + 1 });
    for (const field of document.fields) {
      if (!isIncluded(fieldLeaf(field), field, document.root)) throw new Refused("field-invalid", { path: field.path });
    }
  });
}

function standing({ seller, ends }, at) {
  if (seller.registeredAt === 0) return "unregistered";
  if (ends.barred > at) return "barred";
  if (seller.suspended) return "suspended";
  if (ends.inspect > at) return "inspected";
  return ends.watch > at ? "watched" : "clear";
}

function rights({ rights: held, header }, at) {
  return held.map(({ rightId, right, licence }) => {
    const inForce =
      right.recordedAt > 0 &&
      right.recordedAt <= at &&
      at < right.until &&
      (right.endedAt === 0 || at < right.endedAt);
    const licensed = licence.grantedAt > 0 && licence.revokedAt === 0 && at < licence.until;
    return {
      right_id: rightId,
      in_force: inForce,
      usable: inForce && (right.holderNo === header.sellerNo || licensed),
    };
  });
}
