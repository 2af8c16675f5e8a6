/**
 * JSON as a certificate is written: no name twice in one object, numbers as digits alone.
 * `JSON.parse` keeps the last of two equal names, and so would read another file than somebody else.
 */

import { Malformed } from "./malformed.js";

const DEEPEST = 32;
const SPACE = /[ \t\n\r]*/y;
const NUMBER = /0|[1-9][0-9]*/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\.)*"/y;

/** The value of a text: Map, Array, string, number, boolean or null. Throws Malformed. */
export function parse(text) {
  const reader = new Reader(text);
  const value = reader.value(0);
  reader.space();
  if (reader.at !== text.length) throw new Malformed("", "JSON");
  return value;
}

class Reader {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  match(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) throw new Malformed("", "JSON");
    this.at = pattern.lastIndex;
    return found[0];
  }

  space() {
    this.match(SPACE);
  }

  taken(sign) {
    this.space();
    if (this.text[this.at] !== sign) return false;
    this.at += 1;
    return true;
  }

  need(sign) {
    if (!this.taken(sign)) throw new Malformed("", "JSON");
  }

  value(depth) {
    if (depth > DEEPEST) throw new Malformed("", "JSON");
    this.space();
    switch (this.text[this.at]) {
      case "{":
        return this.object(depth);
      case "[":
        return this.list(depth);
      case '"':
        return this.string();
      case "t":
        return this.word("true", true);
      case "f":
        return this.word("false", false);
      case "n":
        return this.word("null", null);
      default:
        return this.number();
    }
  }

  object(depth) {
    const found = new Map();
    this.need("{");
    if (this.taken("}")) return found;
    do {
      this.space();
      const name = this.string();
      if (found.has(name)) throw new Malformed("", "no name twice in one object");
      this.need(":");
      found.set(name, this.value(depth + 1));
    } while (this.taken(","));
    this.need("}");
    return found;
  }

  list(depth) {
    const found = [];
    this.need("[");
    if (this.taken("]")) return found;
    do found.push(this.value(depth + 1));
    while (this.taken(","));
    this.need("]");
    return found;
  }

  string() {
    const written = this.match(STRING);
    try {
      return JSON.parse(written);
    } catch {
      throw new Malformed("", "JSON");
    }
  }

  word(word, value) {
    if (!this.text.startsWith(word, this.at)) throw new Malformed("", "JSON");
    this.at += word.length;
    return value;
  }

  number() {
    const digits = this.match(NUMBER);
    if (digits.length > 16 || !Number.isSafeInteger(Number(digits))) throw new Malformed("", "JSON");
    return Number(digits);
  }
}
