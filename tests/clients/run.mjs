// Clients that people use, as they come: `node run.mjs http://127.0.0.1:4000`; ends with a code other than 0 if anything is amiss.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { ApolloClient, HttpLink, InMemoryCache } from "@apollo/client";
import { generate } from "@graphql-codegen/cli";
import eslint from "@graphql-eslint/eslint-plugin";
import { composeServices } from "@theguild/federation-composition";
import { Client, cacheExchange, fetchExchange } from "@urql/core";
import { ESLint } from "eslint";
import {
  buildClientSchema, buildSchema, getIntrospectionQuery, getNamedType, getNullableType, isListType, isObjectType, parse,
} from "graphql";

const base = process.argv[2] ?? "http://127.0.0.1:4000";
const here = import.meta.dirname;
const root = path.join(here, "../..");
const bin = (name) => path.join(here, "node_modules/.bin", name);
const contract = fs.readFileSync(path.join(root, "schema.graphql"), "utf8");

// The curated questions, with variables that name nouns of the map which the server has.
const questions = await (await fetch(`${base}/playground/queries.json`)).json();
const headline = questions.find(({ name }) => name === "reach-of-a-school");

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "edumap-clients-"));
const put = (file, text) => {
  fs.mkdirSync(path.dirname(path.join(scratch, file)), { recursive: true });
  fs.writeFileSync(path.join(scratch, file), text);
};
put("schema.graphql", contract);
for (const { name, text } of questions) put(`queries/${name}.graphql`, text);

/** Runs a program; what it says stands in the error if it fails. */
function run(program, ...args) {
  try {
    return execFileSync(bin(program), args, { cwd: scratch, encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    throw new Error(`${program} failed:\n${`${error.stdout}${error.stderr}`.slice(0, 4_000)}`);
  }
}

/** The data that answers a question, by a plain request. */
async function ask(query, variables = {}) {
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${base}/graphql`, { method: "POST", headers, body: JSON.stringify({ query, variables }) });
  const { data, errors } = await response.json();
  assert.equal(errors, undefined, JSON.stringify(errors));
  return data;
}

/** An answer without the `__typename` that clients ask for on their own. */
function bare(value) {
  if (Array.isArray(value)) return value.map(bare);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== "__typename").map(([key, it]) => [key, bare(it)]));
}

const checks = {
  async "graphql-codegen types every curated question and its answer, strictly"() {
    const config = { scalars: { Date: "string", GeoJSON: "unknown", LanguageTag: "string", _Any: "unknown" }, strictScalars: true };
    const made = await generate(
      {
        schema: path.join(scratch, "schema.graphql"),
        documents: path.join(scratch, "queries/*.graphql"),
        generates: { "schema.ts": { plugins: ["typescript"], config }, "types.ts": { plugins: ["typescript-operations"], config } },
        silent: true,
      },
      false,
    );
    for (const { filename, content } of made) put(filename, content);
    const answers = [];
    for (const { text, variables } of questions) {
      const name = parse(text).definitions[0].name.value;
      const [given, answer] = [variables, await ask(text, variables)].map((it) => JSON.stringify(it));
      answers.push(`export const variables${name}: types.${name}QueryVariables = ${given};`);
      answers.push(`export const answer${name}: types.${name}Query = ${answer};`);
    }
    put("answers.ts", `import type * as types from "./types";\n${answers.join("\n")}\n`);
    run("tsc", "--strict", "--noEmit", "--target", "esnext", "--module", "esnext", "--moduleResolution", "bundler", "answers.ts", "schema.ts");
  },

  async "graphql-codegen reads the schema from the address, whatever encodings it offers"() {
    const generates = { "remote.graphql": { plugins: ["schema-ast"] } };
    const [{ content }] = await generate({ schema: `${base}/graphql`, generates, silent: true }, false);
    const [told, expected] = [content, contract].map((text) => buildSchema(text, { assumeValidSDL: true }));
    const names = (schema) => Object.keys(schema.getTypeMap()).filter((name) => !name.startsWith("_")).sort();
    assert.deepEqual(names(told).filter((name) => !names(expected).includes(name)), []);
    assert.ok(names(told).includes("School") && names(told).length > 100, `${names(told).length} types`);
    // Clients name zstd that cannot decode it, in any order.
    for (const offered of ["gzip, deflate, br, zstd", "zstd, br, gzip", "br, gzip, deflate", "gzip, zstd"]) {
      const body = JSON.stringify({ query: getIntrospectionQuery() });
      const headers = { "content-type": "application/json", "accept-encoding": offered };
      const response = await fetch(`${base}/graphql`, { method: "POST", headers, body });
      assert.equal(response.headers.get("content-encoding"), offered.includes("br") ? "br" : "gzip", offered);
      buildClientSchema((await response.json()).data);
    }
  },

  async "nouns come in connections, and only values in plain lists"() {
    const schema = buildSchema(contract, { assumeValidSDL: true });
    const objects = Object.values(schema.getTypeMap()).filter((type) => isObjectType(type) && !type.name.startsWith("__"));
    const isNoun = (type) => type.name === "Node" || (isObjectType(type) && type.getInterfaces().some(({ name }) => name === "Node"));
    const lists = objects.flatMap((object) => Object.values(object.getFields()).map((field) => ({ object, field })))
      .filter(({ field }) => isListType(getNullableType(field.type)) && isNoun(getNamedType(field.type)));
    // `nodes(ids:)` and `schoolsByCodes(values:)` answer as many as were asked for; what has become of a school is few.
    const isAnswer = ({ field }) => field.name === "schoolsByCodes" || field.name === "presentDay";
    const amiss = lists.filter((list) => !isAnswer(list)).filter(({ object, field }) => !(field.name === "nodes" && (object.name.endsWith("Connection") || field.args.some(({ name }) => name === "ids"))));
    assert.ok(lists.length > 30, `${lists.length} lists of nouns`);
    assert.deepEqual(amiss.map(({ object, field }) => `${object.name}.${field.name}`), []);
  },

  async "relay-compiler compiles a paginated, refetchable fragment"() {
    put("relay/Schools.ts", `graphql\`
  query SchoolsQuery($id: ID!) { district(id: $id) { ...Schools_district } }
\`;
graphql\`
  fragment Schools_district on District
  @argumentDefinitions(count: { type: "Int", defaultValue: 20 }, cursor: { type: "String" })
  @refetchable(queryName: "SchoolsPaginationQuery") {
    schools(first: $count, after: $cursor, orderBy: { field: NAME }) @connection(key: "Schools_schools") {
      totalCount
      edges { node { name sinceDay township { name } } }
    }
  }
\`;
`);
    fs.mkdirSync(path.join(scratch, "relay/made"));
    put("relay.config.json", JSON.stringify({
      src: "relay",
      schema: "schema.graphql",
      language: "typescript",
      artifactDirectory: "relay/made",
      customScalarTypes: { Date: "string", LanguageTag: "string" },
    }));
    run("relay-compiler", "--repersist", "relay.config.json");
    const made = fs.readFileSync(path.join(scratch, "relay/made/SchoolsPaginationQuery.graphql.ts"), "utf8");
    // What Relay sends for the second page, with the keys that it adds.
    const query = JSON.parse(/"text": (".*")/.exec(made)[1]);
    const { districts } = await ask("{ districts(first: 1) { nodes { id } } }");
    const id = districts.nodes[0].id;
    const first = await ask(query, { id, count: 3 });
    const { endCursor, hasNextPage } = first.node.schools.pageInfo;
    assert.ok(hasNextPage);
    const second = await ask(query, { id, count: 3, cursor: endCursor });
    assert.equal(new Set([first, second].flatMap(({ node }) => node.schools.edges.map(({ node }) => node.id))).size, 6);
  },

  async "graphql-eslint has nothing to say about the schema and the curated questions"() {
    const { default: configuration } = await import("./eslint.config.mjs");
    const lint = new ESLint({ cwd: scratch, overrideConfigFile: true, overrideConfig: configuration(eslint, scratch) });
    const results = await lint.lintFiles(["schema.graphql", "queries/*.graphql"]);
    assert.equal(results.length, questions.length + 1);
    const told = results.flatMap(({ filePath, messages }) => messages.map(({ line, ruleId, message }) => `${path.basename(filePath)}:${line} ${ruleId}: ${message}`));
    assert.equal(told.length, 0, `${told.length}\n${told.slice(0, 40).join("\n")}`);
  },

  async "a supergraph is composed of this graph and one that adds a field to schools"() {
    const { _service } = await ask("{ _service { sdl } }");
    assert.equal(_service.sdl, contract);
    const meals = `
extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])
type Query { menus(first: Int): MenuConnection! }
type MenuConnection { nodes: [Menu!]! pageInfo: PageInfo! }
type Menu { dish: String! schools: [School!]! }
type School @key(fields: "id") { id: ID! lunch: String }
type PageInfo @shareable { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
`;
    const { errors, supergraphSdl } = composeServices([
      { name: "edumap", typeDefs: parse(contract), url: `${base}/graphql` },
      { name: "meals", typeDefs: parse(meals), url: "http://meals.invalid/graphql" },
    ]);
    assert.equal(errors, undefined, errors?.map(({ message }) => message).join("\n"));
    const school = parse(supergraphSdl).definitions.find(({ kind, name }) => kind === "ObjectTypeDefinition" && name.value === "School");
    const joins = school.directives.filter(({ name }) => name.value === "join__type").map(({ arguments: args }) => args.map(({ value }) => value.value).join(" "));
    assert.deepEqual(joins.sort(), ["EDUMAP id", "MEALS id"]);
    assert.ok(school.fields.some(({ name }) => name.value === "lunch") && school.fields.some(({ name }) => name.value === "groups"));
    assert.match(supergraphSdl, /listSize/);
    assert.doesNotMatch(supergraphSdl, /_entities|_service|_Any/);
  },

  async "Apollo Client answers every curated question as a plain request does, also from its cache"() {
    const client = new ApolloClient({ link: new HttpLink({ uri: `${base}/graphql` }), cache: new InMemoryCache() });
    for (const { name, text, variables } of [headline, ...questions]) {
      const query = parse(text);
      const plain = await ask(text, variables);
      const { data } = await client.query({ query, variables });
      assert.deepEqual(bare(data), plain, name);
      const cached = await client.query({ query, variables, fetchPolicy: "cache-only" });
      assert.deepEqual(bare(cached.data), plain, `${name} from the cache`);
    }
  },

  async "urql answers every curated question as a plain request does, also from its cache"() {
    const client = new Client({ url: `${base}/graphql`, exchanges: [cacheExchange, fetchExchange] });
    for (const { name, text, variables } of [headline, ...questions]) {
      const plain = await ask(text, variables);
      const { data, error } = await client.query(text, variables).toPromise();
      assert.equal(error, undefined, `${name}: ${error}`);
      assert.deepEqual(bare(data), plain, name);
      const cached = await client.query(text, variables, { requestPolicy: "cache-only" }).toPromise();
      assert.deepEqual(bare(cached.data), plain, `${name} from the cache`);
    }
  },
};

let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    console.log(`ok: ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED: ${name}: ${error.stack ?? error}`);
  }
}
fs.rmSync(scratch, { recursive: true });
console.log(`${Object.keys(checks).length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
