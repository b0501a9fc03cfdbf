// The rows of each ready-made question, as CSV, beside its answer as JSON: `node rows.mjs http://127.0.0.1:4000`.
// What is compared is read by parsers of others, and the answer is flattened here, by the rule that docs/dashboards.md states.
// With a folder as well, spreadsheets are written there and read by LibreOffice.
import { check } from "@placemarkio/check-geojson";
import { parse } from "csv-parse/sync";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [base, folder] = process.argv.slice(2);
let failures = 0;
let passed = 0;

function expect(condition, message) {
  if (condition) passed += 1;
  else {
    failures += 1;
    console.log(message);
  }
}

async function post(accept, body, headers = {}) {
  const response = await fetch(`${base}/graphql`, {
    method: "POST",
    headers: { accept, "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return response;
}

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const isConnection = (value) => isObject(value) && (Array.isArray(value.edges) || Array.isArray(value.nodes));
const isList = (value) => isConnection(value) || (Array.isArray(value) && value.some(isObject));
const items = (value) => (Array.isArray(value) ? value : (value?.edges ?? value?.nodes ?? []));

/** The plain values of an object by their paths; those of lists as arrays, if lists are wanted. */
function flatten(object, withLists, prefix = "", all = {}) {
  for (const [key, value] of Object.entries(object ?? {})) {
    const path = `${prefix}${key}`;
    if (isList(value)) {
      if (!withLists) continue;
      if (isConnection(value) && "totalCount" in value) all[`${path}.totalCount`] = value.totalCount;
      for (const item of items(value)) {
        for (const [below, one] of Object.entries(flatten(item, true, `${path}.`))) all[below] = [all[below] ?? [], one].flat(2);
      }
    } else if (isObject(value)) {
      const isPlain = key === "node" && !Object.keys(value).some((below) => below in object);
      flatten(value, withLists, isPlain ? prefix : `${path}.`, all);
    } else all[path] = value;
  }
  return all;
}

/** The rows of a list: what is above each of them, and what is its own. */
function rowsOf(object, names, prefix, above) {
  if (names.length === 0) return [{ above, own: flatten(object, true) }];
  const [name, ...rest] = names;
  const context = { ...above };
  for (const [path, value] of Object.entries(flatten(object, false))) {
    // What lies on the way is added when it is reached.
    if (!path.startsWith(`${name}.`)) context[`${prefix}${path}`] = value;
  }
  const next = object?.[name] ?? object?.node?.[name];
  if (next === undefined && object !== null) throw new Error(`there is no ${name}`);
  if (!isList(next) && !Array.isArray(next)) return rowsOf(next, rest, `${prefix}${name}.`, context);
  const found = items(next).flatMap((item) => rowsOf(item, rest, `${prefix}${name}.`, context));
  return found.length > 0 || Object.values(context).every((value) => value === null) ? found : [{ above: context, own: {} }];
}

const text = (value) => (Array.isArray(value) ? value.filter((one) => one !== null).join("; ") : String(value ?? ""));
const isSame = (cell, value) => {
  if (typeof value === "number") return Number(cell) === value;
  const wanted = text(value);
  const given = Array.isArray(value) ? cell.split("; ").filter(Boolean).join("; ") : cell;
  return given === wanted || (/^[\s"']*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/.test(wanted) && given === `'${wanted}`);
};

/** The value that a column should have; an object that is null has no values. */
function valueAt({ above, own }, ownPaths, header, column) {
  if (ownPaths.has(column)) return own[column] ?? null;
  if (column in above) return above[column];
  const paths = Object.keys(above).filter((path) => path.endsWith(`.${column}`) && !header.includes(path));
  if (paths.length > 1) throw new Error(`${column} is ${paths}`);
  if (paths.length === 1) return above[paths[0]];
  return null;
}

const questions = await (await fetch(`${base}/playground/queries.json`)).json();
const spreadsheets = [];
for (const { name, variables, text: query } of questions) {
  const { data } = await (await post("application/json", { query, variables })).json();
  const response = await post("text/csv", { documentId: name, variables });
  const list = response.headers.get("edumap-rows");
  const [header, ...lines] = parse(await response.text());
  const root = data.map ?? data;
  const rows = rowsOf(root, list.split("."), "", {});
  expect(lines.length === rows.length, `${name}: ${lines.length} rows, and the answer has ${rows.length}`);
  expect(lines.length > 0, `${name}: no rows`);
  const isBlank = (value) => value === null || (Array.isArray(value) && value.length === 0);
  const ownPaths = new Set(rows.flatMap(({ own }) => Object.keys(own).filter((path) => !isBlank(own[path]))));
  rows.forEach((row, at) => {
    header.forEach((column, n) => {
      const value = valueAt(row, ownPaths, header, column);
      expect(isSame(lines[at]?.[n] ?? "", value), `${name}, row ${at + 1}, ${column}: ${lines[at]?.[n]}, and the answer has ${text(value)}`);
    });
    const named = (path) => header.some((column) => column === path || column.endsWith(`.${path}`));
    for (const path of ownPaths) expect(named(path), `${name}: no column ${path}`);
  });

  const told = await (await post("application/x-ndjson", { documentId: name, variables })).text();
  const objects = told.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  expect(objects.length === lines.length, `${name}: ${objects.length} lines of NDJSON`);
  objects.forEach((object, at) => {
    expect(Object.keys(object).join() === header.join(), `${name}: NDJSON has ${Object.keys(object)}`);
    header.forEach((column, n) => expect(isSame(lines[at][n], object[column]), `${name}: NDJSON, ${column}: ${object[column]}`));
  });
  if (folder) {
    const answer = await post("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", { documentId: name, variables });
    const file = join(folder, `${name}.xlsx`);
    writeFileSync(file, Buffer.from(await answer.arrayBuffer()));
    spreadsheets.push({ name, file, expected: [header, ...lines] });
  }
}

const near = questions.find(({ name }) => name === "what-is-near");
const geojson = await (await post("application/geo+json", { documentId: near.name, variables: near.variables })).text();
const features = check(geojson).features;
expect(features.length > 0 && features.every(({ geometry }) => geometry.type === "Point"), "what-is-near: no points");

if (folder) {
  const options = ["--headless", `-env:UserInstallation=file://${folder}/profile`, "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false"];
  execFileSync("soffice", [...options, "--outdir", folder, ...spreadsheets.map(({ file }) => file)], { stdio: "pipe" });
  const plain = (cell) => cell.replace(/^'(?=[\s"']*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/, "");
  for (const { name, file, expected } of spreadsheets) {
    const read = parse(readFileSync(file.replace(/xlsx$/, "csv")), { bom: true });
    expect(read.length === expected.length, `${name}: the spreadsheet has ${read.length} rows, CSV ${expected.length}`);
    expected.forEach((line, at) => line.forEach((cell, n) => {
      const told = read[at]?.[n];
      const same = told === plain(cell) || (cell !== "" && Number(told) === Number(cell)) || (/^(true|false)$/.test(cell) && told?.toLowerCase() === cell);
      expect(same, `${name}, row ${at}, ${expected[0][n]}: the spreadsheet has ${told}, CSV ${cell}`);
    }));
  }
}
console.log(`${passed} passed, ${failures} failed`);
process.exit(failures === 0 ? 0 : 1);
