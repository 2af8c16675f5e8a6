/** Bytes, hexadecimal and the two hashes. */

import { keccak_256 } from "@noble/hashes/sha3.js";
import { sha256 as sha_256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, hexToBytes } from "@noble/hashes/utils.js";

export { concatBytes };

export const keccak = (...parts) => keccak_256(concatBytes(...parts));
export const sha256 = (...parts) => sha_256(concatBytes(...parts));
export const hexed = (bytes) => "0x" + bytesToHex(bytes);
export const unhexed = (text) => hexToBytes(text.slice(2));

/** A number of any size in so many bytes, the highest first. */
export function word(value, size = 32) {
  return hexToBytes(BigInt(value).toString(16).padStart(2 * size, "0"));
}

/** The number that bytes write; none write zero. */
export function integer(bytes) {
  return bytes.length === 0 ? 0n : BigInt(hexed(bytes));
}

export function equal(one, other) {
  return one.length === other.length && one.every((byte, place) => byte === other[place]);
}

/** Less than zero where one comes before the other, byte by byte. */
export function compare(one, other) {
  const place = one.findIndex((byte, at) => byte !== other[at]);
  return place < 0 ? 0 : one[place] - other[place];
}
