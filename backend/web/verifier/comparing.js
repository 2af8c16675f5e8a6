/** Whether a certificate and a page tell of the same parcel alike. Both speak in the chain's own time. */

/**
 * A page's newest record, until which moment it is complete, and where it says that the parcel stands.
 * @typedef {{parcel: string, state: string, flags: string[], recordedAt: number, completeTo: number}} Shown
 */

/**
 * What a certificate that is valid makes of a page:
 * `same`, `earlier` (it is of a moment before the page's newest record), `later` (it has a record of a moment that the
 * page does not reach), `contradicts`.
 * @param {object} says
 * @param {Shown} shown
 */
export function compared(says, shown) {
  if (says.parcel_id !== `0x${shown.parcel}`) return "contradicts";
  if (says.state === shown.state && sameNames(says.flags, shown.flags)) return "same";
  if (says.as_of < shown.recordedAt) return "earlier";
  const newest = says.history[says.history.length - 1];
  return newest !== undefined && newest.at > shown.completeTo ? "later" : "contradicts";
}

const sameNames = (some, others) => [...some].sort().join() === [...others].sort().join();
