/** Block headers as they are hashed and sealed. */

import { integer } from "./bytes.js";
import { ProofInvalid, decode, encode } from "./tries.js";

/** The bytes are no block header. */
export class HeaderMalformed extends Error {}

const LENGTHS = [32, 32, 20, 32, 32, 32, 256];
const [NUMBER, TIME, EXTRA] = [8, 11, 12];

/** A block's header: its fields as byte strings in their order. */
export class Header {
  constructor(fields) {
    this.fields = fields;
    this.parentHash = fields[0];
    this.stateRoot = fields[3];
    this.number = integer(fields[NUMBER]);
    this.time = integer(fields[TIME]);
    this.extra = fields[EXTRA];
  }

  /** The header's RLP with other extra data. */
  withExtra(extra) {
    return encode([...this.fields.slice(0, EXTRA), extra, ...this.fields.slice(EXTRA + 1)]);
  }
}

/** The header in an RLP. Throws HeaderMalformed. */
export function readHeader(data) {
  let fields;
  try {
    fields = decode(data);
  } catch (fault) {
    if (fault instanceof ProofInvalid) throw new HeaderMalformed();
    throw fault;
  }
  const hasShape =
    Array.isArray(fields) &&
    fields.length >= 15 &&
    fields.length <= 32 &&
    fields.every((field) => field instanceof Uint8Array) &&
    LENGTHS.every((length, place) => fields[place].length === length) &&
    [NUMBER, TIME].every((place) => integer(fields[place]) <= Number.MAX_SAFE_INTEGER);
  if (!hasShape) throw new HeaderMalformed();
  return new Header(fields);
}
