/** Living a manifest's records again: which state and flags they leave each parcel in. */

import { evidenceLeaf, isIncluded } from "./commitments.js";
import { DUPLICATE, RULES, STATES, STEPS } from "./tables.js";

const FLAG_SETS = 16;
const [DECLARATION, DUPLICATE_REPORTED] = [STEPS.indexOf("Declaration"), STEPS.indexOf("DuplicateReported")];

/** The record at this place cannot have happened as it is told. */
export class Contradiction extends Error {
  constructor(place) {
    super(String(place));
    this.place = place;
  }
}

/** The record at this place has a step that the table does not know. */
export class StepUnknown extends Contradiction {}

const hasBit = (set, bit) => ((set >> bit) & 1) === 1;

/** The 32 sets of a manifest, each a BigInt whose bit n is the parcel with index n. */
class Sets {
  constructor(count) {
    this.every = (1n << BigInt(count)) - 1n;
    this.words = new Array(32).fill(0n);
    this.words[0] = this.every;
  }

  inStates(origins) {
    return STATES.reduce((found, _, state) => (hasBit(origins, state) ? found | this.words[state] : found), 0n);
  }

  flags(flags) {
    return this.words.slice(FLAG_SETS).filter((_, flag) => hasBit(flags, flag));
  }

  /** Whether a rule lets all of these parcels move. */
  lets(rule, parcels) {
    const has = (set) => (parcels & ~set) === 0n;
    return (
      has(this.every) &&
      has(this.inStates(rule.origins)) &&
      this.flags(rule.needs).every(has) &&
      this.flags(rule.forbids).every((set) => (parcels & set) === 0n)
    );
  }

  apply(rule, parcels) {
    if (rule.leads_to !== null) {
      STATES.forEach((_, state) => {
        if (hasBit(rule.origins, state)) this.words[state] &= ~parcels;
      });
      this.words[rule.leads_to] |= parcels;
    }
    for (let flag = 0; flag < FLAG_SETS; flag += 1) {
      if (hasBit(rule.raises, flag)) this.words[FLAG_SETS + flag] |= parcels;
      if (hasBit(rule.clears, flag)) this.words[FLAG_SETS + flag] &= ~parcels;
    }
  }

  has(number, index) {
    return ((this.words[number] >> BigInt(index)) & 1n) === 1n;
  }

  stateOf(index) {
    return STATES.findIndex((_, state) => this.has(state, index));
  }

  /** Whether a manifest's header tells of the same sets which are full and which are partial. */
  agreesWith({ fullSets, partialSets }) {
    return this.words.every((set, number) => {
      const [full, partial] = [set === this.every, set !== 0n && set !== this.every];
      return full === ((fullSets >>> number) & 1) > 0 && partial === ((partialSets >>> number) & 1) > 0;
    });
  }
}

function profileOf({ direction, supervisionMode, declaringDistrict, portDistrict }) {
  if (direction === 0) return supervisionMode === 9610 ? 0 : 1;
  return declaringDistrict === portDistrict ? 2 : 3;
}

/** The sets that records leave behind, up to an instant (BigInt). Throws Contradiction, StepUnknown. */
export function replay(header, records, until) {
  const sets = new Sets(header.lastIndex + 1);
  const [first] = records;
  if (
    first.step !== DECLARATION ||
    first.participantNo !== header.declarantNo ||
    first.parcels !== sets.every ||
    first.at !== header.declaredAt ||
    header.direction > 1
  ) {
    throw new Contradiction(0);
  }
  const profile = profileOf(header);
  let before = first.at;
  records.forEach((record, place) => {
    if (record.step >= STEPS.length) throw new StepUnknown(place);
    if (record.at < before || BigInt(record.at) > until) throw new Contradiction(place);
    before = record.at;
    if (place > 0 && !moved(sets, profile, record)) throw new Contradiction(place);
  });
  return sets;
}

/** Moves the parcels where some row of the table lets all of them move; whether one does. */
function moved(sets, profile, { step, parcels }) {
  if (parcels === 0n) return false;
  const rows =
    step === DUPLICATE_REPORTED ? [DUPLICATE] : (RULES[step] ?? []).filter((rule) => hasBit(rule.profiles, profile));
  const rule = rows.find((row) => sets.lets(row, parcels));
  if (rule !== undefined) sets.apply(rule, parcels);
  return rule !== undefined;
}

/** Whether a document is part of the evidence of a record that moves a parcel, and that parcel's own. */
export function isOfParcel(document, records, index) {
  const record = records[document.record];
  if (record === undefined || ((record.parcels >> BigInt(index)) & 1n) === 0n) return false;
  const rank = ones(record.parcels & ((1n << BigInt(index)) - 1n));
  const isOwn = document.size === ones(record.parcels) && document.position === rank;
  return (document.size === 1 || isOwn) && isIncluded(evidenceLeaf(document.root), document, record.evidence);
}

const ones = (set) => set.toString(2).replace(/0/g, "").length;
