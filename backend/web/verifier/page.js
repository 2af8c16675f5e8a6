/**
 * The check on the pages: of a file that the reader chooses or drops, and of the parcel that a page shows.
 * Everything out of a file is a stranger's: it reaches the page as text and as nothing else.
 */

import { compared } from "./comparing.js";
import { MOST_BYTES } from "./reading.js";
import { Malformed, readTrust, verify } from "./verify.js";

const root = document.getElementById("verifier");
const words = JSON.parse(root.dataset.words);
const button = document.getElementById("verify-parcel");
const outcome = document.getElementById("verifier-answers");
const language = document.documentElement.lang.startsWith("zh") ? "zh" : "en";

const now = () => Math.floor(Date.now() / 1000);
const word = (group, name) => words[group][name] ?? name;

function element(name, text = "", attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/** The bytes of a file, none beyond what a certificate may have and one more. */
const bytesOf = async (file) => new Uint8Array(await file.slice(0, MOST_BYTES + 1).arrayBuffer());

// -- showing

function show(answers, { title = "", note = "", warning = "", relation = "" } = {}) {
  outcome.replaceChildren();
  if (title) outcome.append(element("p", title, { class: "hint", "data-file": "" }));
  if (relation) outcome.append(element("p", relation, { class: "notice", role: "status", "data-relation": "" }));
  if (warning) outcome.append(element("p", warning, { class: "answer stopped", role: "alert", "data-warning": "" }));
  for (const question of ["unchanged", "final", "says"]) outcome.append(shown(question, answers[question]));
  if (note) outcome.append(element("p", note, { class: "hint" }));
  outcome.append(element("p", words.by_this_browser, { class: "hint" }));
  if (answers.says.status === "valid") outcome.append(told(answers.says));
  outcome.hidden = false;
}

function shown(question, { status, code, [language]: sentence }) {
  const made = element("section", "", { class: `question ${status}`, "data-question": question });
  made.dataset.status = status;
  made.dataset.code = code;
  const title = element("h3", `${words.questions[question]} `);
  title.append(element("span", words.statuses[status], { class: "badge" }));
  made.append(title, element("p", sentence));
  return made;
}

function told(says) {
  const made = element("div", "", { class: button === null ? "told card" : "told" });
  const facts = element("dl", "", { class: "facts" });
  const add = (label, value) => facts.append(element("dt", label), element("dd", value));
  add(words.labels.state, word("states", says.state));
  if (says.flags.length > 0) add(words.labels.flags, says.flags.map((flag) => word("flags", flag)).join(words.comma));
  add(words.labels.seller, `${says.seller.participant_no} · ${word("standings", says.seller.standing)}`);
  for (const right of says.rights) {
    const standing = right.in_force ? (right.usable ? "usable" : "unusable") : "over";
    add(`${words.labels.right} ${right.right_id}`, word("rights", standing));
  }
  const history = element("ol", "", { class: "plain" });
  for (const entry of says.history) {
    const moment = new Date(entry.at * 1000).toISOString();
    const line = element("li", `${word("steps", entry.step)} · ${words.labels.participant} ${entry.participant_no} · `);
    const clock = new Date((entry.at + 8 * 3600) * 1000).toISOString().slice(0, 19).replace("T", " ");
    line.append(element("time", clock, { datetime: moment }));
    history.append(line);
  }
  made.append(facts, element("h3", words.labels.history), history);
  if (says.revealed.length > 0) made.append(...revealed(says.revealed, says.direction));
  return made;
}

/** What a buyer calls a field: the words of the parcel's page where it has some, else its path. */
function labelOf(path, direction) {
  const [, line, name] = /^InventoryList\.(\d+)\.(.+)$/.exec(path) ?? [];
  const known = name === "country" ? `country.${direction}` : name;
  // The name is a stranger's: every object also has what its class has.
  return Object.hasOwn(words.fields, known) ? `${words.fields[known]} (${line})` : path;
}

/** What somebody wrote in a document stands apart from what the ledger says: its names are the writer's own. */
function revealed(fields, direction) {
  const list = element("dl", "", { class: "technical revealed", "data-revealed": "" });
  for (const { step, path, value } of fields) {
    list.append(element("dt", `${labelOf(path, direction)} · ${word("steps", step)}`), element("dd", value));
  }
  return [element("h3", words.labels.revealed), list];
}

function complain(text) {
  outcome.replaceChildren(element("p", text, { class: "notice", role: "alert" }));
  outcome.hidden = false;
}

// -- a file of the reader's

function watchFiles() {
  const [file, list, form] = ["certificate-file", "trust-file", "verify-form"].map((id) => document.getElementById(id));
  let turn = 0;
  const check = async (certificate) => {
    // An answer to an earlier choice must not stand below a later one, however long its file takes to read.
    const own = (turn += 1);
    outcome.hidden = true;
    if (certificate === undefined) return;
    try {
      const named = list.files.length > 0 ? await bytesOf(list.files[0]) : null;
      const data = await bytesOf(certificate);
      if (own === turn) show(verify(data, named && readTrust(named), now()), { title: certificate.name });
    } catch (fault) {
      const said = fault instanceof Malformed ? `${words.list_unreadable} (${fault.field})` : words.file_unreadable;
      if (own === turn) complain(said);
    }
  };
  let dropped;
  file.addEventListener("change", () => {
    dropped = undefined;
    check(file.files[0]);
  });
  list.addEventListener("change", () => check(dropped ?? file.files[0]));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    check(dropped ?? file.files[0]);
  });
  for (const kind of ["dragenter", "dragover"]) {
    root.addEventListener(kind, (event) => {
      event.preventDefault();
      root.classList.add("dropping");
    });
  }
  root.addEventListener("dragleave", () => root.classList.remove("dropping"));
  root.addEventListener("drop", (event) => {
    event.preventDefault();
    root.classList.remove("dropping");
    dropped = event.dataTransfer.files[0];
    check(dropped);
  });
  document.getElementById("verify-otherwise").hidden = true;
  form.hidden = false;
}

// -- the parcel that the page shows

function watchParcel() {
  const fetched = async (path) => {
    const answer = await fetch(path, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return new Uint8Array(await answer.arrayBuffer());
  };
  button.addEventListener("click", async () => {
    const { parcel, state, flags, recordedAt, completeTo } = root.dataset;
    const seconds = (instant) => Date.parse(instant) / 1000;
    const shown = {
      parcel,
      state,
      flags: flags.split(" ").filter(Boolean),
      recordedAt: seconds(recordedAt),
      completeTo: seconds(completeTo),
    };
    button.disabled = true;
    try {
      const [certificate, list] = await Promise.all([fetched(`/v1/parcels/${parcel}/certificate`), fetched("/v1/trust")]);
      const answers = verify(certificate, readTrust(list), now());
      const isInvalid = Object.values(answers).some((each) => each.status === "invalid");
      const relation = answers.says.status === "valid" ? compared(answers.says, shown) : "";
      show(answers, {
        note: answers.final.code === "no-validators-vouch" ? "" : words.gateways_list,
        warning: isInvalid || relation === "contradicts" ? words.contradiction : "",
        relation: words.relations[relation] ?? "",
      });
    } catch {
      complain(words.not_now);
    } finally {
      button.disabled = false;
    }
  });
  button.hidden = false;
}

if (button === null) watchFiles();
else watchParcel();
