/** Reading a certificate or a list of validators: strict about shape and limits, silent about truth. */

import { unhexed } from "./bytes.js";
import { parse } from "./json.js";
import { Malformed, VersionUnknown } from "./malformed.js";

export const MOST_BYTES = 2 * 1024 * 1024;

export const CONTRACTS = ["ledger", "registry", "blacklist", "rights"];
const ENGINES = ["none", "clique", "qbft"];

const LARGEST_NUMBER = 2 ** 32 - 1;
const LARGEST_INSTANT = 2 ** 48 - 1;
const LARGEST_INTEGER = Number.MAX_SAFE_INTEGER;
const HEX = /^0x(?:[0-9a-f]{2})*$/;
// With `u` a pair of surrogates is one character: what is left are halves without the other.
const HALF_CHARACTER = /\p{Surrogate}/u;

/** The certificate in a file (Uint8Array of at most MOST_BYTES). Throws Malformed, VersionUnknown. */
export function readCertificate(data) {
  const top = new Fields(opened(data, "guanlian-certificate"), "");
  const chain = top.child("chain");
  const parcel = top.child("parcel");
  const block = top.child("block");
  const found = {
    madeAt: top.integer("made_at", LARGEST_INSTANT),
    chainId: chain.integer("chain_id", LARGEST_INTEGER),
    engine: chain.choice("engine", ENGINES),
    contracts: contractsOf(top),
    parcelId: parcel.octets("parcel_id", 32),
    manifest: parcel.octets("manifest", 32),
    index: parcel.integer("index", 255),
    proof: parcel.hashes("proof"),
    records: top.children("records", 1, 4096).map(recordOf),
    rights: ascending(top.integers("rights", 64, LARGEST_INTEGER), "rights"),
    blockHash: block.octets("hash", 32),
    headers: block.blobs("headers", 1, 64, 1, 64 * 1024),
    nodes: top.blobs("nodes", 1, 4096, 1, 1024),
    revealed: top.children("revealed", 0, 64).map(documentOf),
  };
  for (const each of [chain, parcel, block, top]) each.finish();
  return found;
}

/** The list of validators in a file. Throws Malformed, also for another version. */
export function readTrust(data) {
  if (data.length > MOST_BYTES) throw new Malformed("", `at most ${MOST_BYTES} bytes`);
  let top;
  try {
    top = new Fields(opened(data, "guanlian-trust"), "");
  } catch (fault) {
    throw fault instanceof VersionUnknown ? new Malformed("version", "1") : fault;
  }
  const sets = top.children("validator_sets", 0, 1024).map((each) => {
    const set = { fromBlock: each.integer("from_block", LARGEST_INTEGER), validators: each.texts("validators", 1, 1024, 20) };
    each.finish();
    return set;
  });
  ascending(sets.map((set) => set.fromBlock), "validator_sets.from_block");
  const found = {
    chainId: top.integer("chain_id", LARGEST_INTEGER),
    engine: top.choice("engine", ENGINES),
    contracts: contractsOf(top),
    validatorSets: sets,
  };
  top.finish();
  return found;
}

// -- parts

function contractsOf(top) {
  const contracts = top.child("contracts");
  const found = Object.fromEntries(CONTRACTS.map((name) => [name, contracts.octets(name, 20)]));
  contracts.finish();
  return found;
}

function recordOf(each) {
  const found = {
    step: each.integer("step", 255),
    participantNo: each.integer("participant_no", LARGEST_NUMBER),
    parcels: BigInt(each.text0x("parcels", 32)),
    evidence: each.octets("evidence", 32),
    at: each.integer("at", LARGEST_INSTANT),
  };
  each.finish();
  return found;
}

function documentOf(each) {
  const document = each.child("document");
  const found = {
    record: each.integer("record", 4095),
    root: document.octets("root", 32),
    position: document.integer("position", LARGEST_NUMBER),
    size: document.integer("size", LARGEST_NUMBER),
    proof: document.hashes("proof"),
    fields: each.children("fields", 1, 512).map(fieldOf),
  };
  document.finish();
  each.finish();
  return found;
}

function fieldOf(each) {
  const found = {
    path: each.text("path", 200),
    value: each.text("value", 4000),
    salt: each.octets("salt", 32),
    position: each.integer("position", LARGEST_NUMBER),
    size: each.integer("size", LARGEST_NUMBER),
    proof: each.hashes("proof"),
  };
  each.finish();
  return found;
}

function ascending(numbers, at) {
  if (numbers.some((number, place) => place > 0 && numbers[place - 1] >= number)) throw new Malformed(at, "ascending");
  return numbers;
}

// -- JSON

function opened(data, format) {
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    throw new Malformed("", "UTF-8");
  }
  const top = parse(text);
  if (!(top instanceof Map) || top.get("format") !== format) throw new Malformed("format", format);
  const version = top.get("version");
  if (typeof version !== "number") throw new Malformed("version", "an integer");
  if (version !== 1) throw new VersionUnknown(version);
  top.delete("format");
  top.delete("version");
  return top;
}

/** One object of the file, from which each field is taken once; `finish` refuses what is left. */
class Fields {
  constructor(value, path) {
    if (!(value instanceof Map)) throw new Malformed(path, "an object");
    this.left = new Map(value);
    this.path = path;
  }

  finish() {
    for (const name of this.left.keys()) throw new Malformed(this.at(name), "a name that the format knows");
  }

  child(name) {
    return new Fields(this.take(name), this.at(name));
  }

  children(name, least, most) {
    return this.list(name, least, most).map((value, place) => new Fields(value, `${this.at(name)}.${place}`));
  }

  integer(name, most) {
    return integerOf(this.take(name), this.at(name), most);
  }

  integers(name, most, largest) {
    return this.list(name, 0, most).map((value, place) => integerOf(value, `${this.at(name)}.${place}`, largest));
  }

  /** Hexadecimal of so many bytes, as it is written. */
  text0x(name, size) {
    return hexOf(this.take(name), this.at(name), size, size);
  }

  octets(name, size) {
    return unhexed(this.text0x(name, size));
  }

  blobs(name, least, most, leastBytes, mostBytes) {
    return this.list(name, least, most).map((value, place) =>
      unhexed(hexOf(value, `${this.at(name)}.${place}`, leastBytes, mostBytes)),
    );
  }

  texts(name, least, most, size) {
    return this.list(name, least, most).map((value, place) => hexOf(value, `${this.at(name)}.${place}`, size, size));
  }

  hashes(name) {
    return this.blobs(name, 0, 64, 32, 32);
  }

  choice(name, allowed) {
    const value = this.take(name);
    if (!allowed.includes(value)) throw new Malformed(this.at(name), `one of ${allowed.join(", ")}`);
    return value;
  }

  text(name, most) {
    const value = this.take(name);
    if (typeof value !== "string") throw new Malformed(this.at(name), "a text");
    if (HALF_CHARACTER.test(value)) throw new Malformed(this.at(name), "well-formed Unicode");
    if (value.length > most) throw new Malformed(this.at(name), `at most ${most} characters`);
    return value;
  }

  list(name, least, most) {
    const value = this.take(name);
    if (!Array.isArray(value) || value.length < least || value.length > most) {
      throw new Malformed(this.at(name), `a list of ${least} to ${most}`);
    }
    return value;
  }

  take(name) {
    if (!this.left.has(name)) throw new Malformed(this.at(name), "required");
    const value = this.left.get(name);
    this.left.delete(name);
    return value;
  }

  at(name) {
    return this.path ? `${this.path}.${name}` : name;
  }
}

function integerOf(value, at, most) {
  if (typeof value !== "number" || value > most) throw new Malformed(at, `an integer from 0 to ${most}`);
  return value;
}

function hexOf(value, at, least, most) {
  const size = typeof value === "string" && HEX.test(value) ? value.length / 2 - 1 : -1;
  if (size < least || size > most) throw new Malformed(at, `${least} to ${most} bytes in lower-case hexadecimal`);
  return value;
}
