/** The file is no certificate (or list of validators): which field breaks which rule. */
export class Malformed extends Error {
  constructor(field, rule) {
    super(`${field || "the file"}: ${rule}`);
    this.field = field.slice(0, 200);
    this.rule = rule;
  }
}

/** The file says that it follows another version of the format. */
export class VersionUnknown extends Error {
  constructor(version) {
    super(String(version));
    this.version = version;
  }
}
