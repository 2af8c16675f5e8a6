/** The sentences of the answers, filled in. */

import { SENTENCES, UNITS } from "./tables.js";

/** Chinese and English; a pair among the words holds both. */
export function sentences(question, code, words) {
  const filled = (template, language) =>
    template.replace(/\{(\w+)\}/g, (_, name) => {
      const word = words[name];
      return String(Array.isArray(word) ? word[language] : word);
    });
  const [zh, en] = SENTENCES[`${question}.${code}`];
  return { zh: filled(zh, 0), en: filled(en, 1) };
}

/** A span in its largest unit, rounded down; nothing below a minute. */
export function ageInWords(seconds) {
  for (const [size, zh, en] of UNITS) {
    if (seconds < size) continue;
    const count = Math.floor(seconds / size);
    return [`${count} ${zh}`, `${count} ${count > 1 ? en : en.replace(/s$/, "")}`];
  }
  return ["不到 1 分钟", "less than 1 minute"];
}

/** As `2026-11-26 09:30:00`; the bare number beyond the calendar's four digits. */
export function instantInWords(at) {
  const last = 253_402_300_799;
  return at > last ? String(at) : new Date(at * 1000).toISOString().slice(0, 19).replace("T", " ");
}
