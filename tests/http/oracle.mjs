// graphql-js as the oracle: `node oracle.mjs http://127.0.0.1:4000 2000`.
// The server must find valid what graphql-js finds valid, and nothing else, in generated documents and in mutations of
// them; and its introspection must be that of its own text.
import http from "node:http";
import {
  buildSchema, getIntrospectionQuery, getNamedType, getNullableType, getVariableValues, introspectionFromSchema,
  isAbstractType, isCompositeType, isEnumType, isInputObjectType, isListType, isNonNullType, isRequiredArgument,
  isRequiredInputField, Kind, parse, parseType, print, validate, visit,
} from "graphql";

const base = process.argv[2] ?? "http://127.0.0.1:4000";
const count = Number(process.argv[3] ?? 2000);
const kept = new http.Agent({ keepAlive: true, maxSockets: 8 });

function send(path, body, headers = {}, agent = false) {
  return new Promise((resolve, reject) => {
    const options = { agent, method: body ? "POST" : "GET", headers: { "content-type": "application/json", ...headers } };
    const request = http.request(base + path, options, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part) => (text += part)).on("end", () => resolve(text));
    });
    request.on("error", reject);
    request.end(body && JSON.stringify(body));
  });
}

const sdl = await send("/schema.graphql");
const schema = buildSchema(sdl);
const problems = [];

// Introspection, type by type.
const options = { descriptions: true, oneOf: true, specifiedByUrl: true, directiveIsRepeatable: true, schemaDescription: true, inputValueDeprecation: true };
const sorted = (value) => {
  if (Array.isArray(value)) {
    const items = value.map(sorted);
    const key = (it) => it?.name ?? JSON.stringify(it);
    return items.every((it) => typeof it === "object") ? items.sort((a, b) => (key(a) < key(b) ? -1 : 1)) : items.sort();
  }
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.keys(value).sort().map((name) => [name, sorted(value[name])]));
};
const told = JSON.parse(await send("/graphql", { query: getIntrospectionQuery(options) }));
const wanted = introspectionFromSchema(schema, options);
const parts = (it) => new Map([
  ...it.__schema.types.map((type) => [`type ${type.name}`, type]),
  // That a directive is deprecated is a draft's.
  ...it.__schema.directives.map(({ isDeprecated, deprecationReason, ...directive }) => [`directive @${directive.name}`, directive]),
  ["roots", [it.__schema.queryType, it.__schema.mutationType, it.__schema.subscriptionType, it.__schema.description]],
]);
if (told.errors) problems.push(`introspection failed: ${JSON.stringify(told.errors)}`);
else {
  const [ours, theirs] = [parts(told.data), parts(wanted)];
  for (const name of new Set([...ours.keys(), ...theirs.keys()])) {
    const [a, b] = [ours.get(name), theirs.get(name)].map((it) => JSON.stringify(sorted(it ?? null)));
    // graphql-js knows some directives and types of the specification on its own, in words of its own.
    const isBuiltIn = /^type __|^type (Int|Float|String|Boolean|ID)$|^directive @(skip|include|deprecated|specifiedBy|oneOf)$/.test(name);
    if (a !== b && !isBuiltIn) problems.push(`${name} is introspected as\n  ${a}\nand not as\n  ${b}`);
  }
}

// Chance, the same in every run.
let state = Number(process.argv[4] ?? 20240901);
const random = () => {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};
const below = (n) => Math.floor(random() * n);
const pick = (items) => items[below(items.length)];
const chance = (p) => random() < p;

const inputs = ["Int", "Float", "String", "Boolean", "ID", ...Object.values(schema.getTypeMap()).filter((it) => isEnumType(it) || isInputObjectType(it)).map((it) => it.name)].filter((name) => !name.startsWith("__"));
const outputs = Object.values(schema.getTypeMap()).filter((it) => isCompositeType(it) && !it.name.startsWith("__"));

/** A value of a type, as it is written, or as JSON. */
function value(type, context, depth = 0) {
  if (isNonNullType(type)) {
    for (;;) {
      const it = value(type.ofType, context, depth);
      if (it !== "null" && it !== null) return it;
    }
  }
  const json = context === null;
  if (chance(0.05)) return json ? null : "null";
  if (isListType(type)) {
    if (chance(0.15)) {
      const one = value(getNullableType(type.ofType), context, depth);
      return one;
    }
    const items = Array.from({ length: below(3) }, () => inner(type.ofType, context, false, depth + 1));
    return json ? items : `[${items.join(", ")}]`;
  }
  if (isEnumType(type)) {
    const name = pick(type.getValues()).name;
    return json ? name : name;
  }
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter((it) => isRequiredInputField(it) || chance(depth > 2 ? 0 : 0.15));
    const members = fields.map((it) => [it.name, inner(it.type, context, it.defaultValue !== undefined, depth + 1)]);
    return json ? Object.fromEntries(members) : `{ ${members.map(([name, it]) => `${name}: ${it}`).join(", ")} }`;
  }
  const samples = {
    Int: [0, 1, 7, -3, 2147483647],
    Float: [0, 1.5, -2e3],
    Boolean: [true, false],
    String: ["", "x", "学校", "a\"b"],
    ID: ["sch_1", "7", 7],
  }[type.name] ?? ["2024-01-01", 7, true, { a: 1 }, [1]];
  const sample = pick(samples);
  if (json) return sample;
  if (typeof sample === "object") return Array.isArray(sample) ? "[1]" : "{ a: 1 }";
  return JSON.stringify(sample);
}

/** A value within another, or a variable in its place. */
function inner(type, context, hasDefault, depth) {
  if (context !== null && chance(0.2)) return variable(type, context, hasDefault);
  return value(type, context, depth);
}

/** A variable that may stand at a place of a type. */
function variable(type, context, hasDefault) {
  const name = `v${context.variables.length}`;
  let [written, fallback] = [String(type), ""];
  if (!isNonNullType(type) && chance(0.3)) written += "!";
  else if (isNonNullType(type) && hasDefault && chance(0.5)) written = String(type.ofType);
  else if (chance(0.3)) {
    if (isNonNullType(type)) written = String(type.ofType);
    // A default has no variables: it is made until it has none.
    do fallback = ` = ${value(type, { variables: [], given: {} }, 9)}`;
    while (fallback.includes("$"));
  }
  context.variables.push({ name, written, fallback, type });
  if ((written.endsWith("!") && !fallback) || chance(0.4)) context.given[name] = value(type, null);
  return `$${name}`;
}

function args(definitions, context) {
  const given = definitions.filter((it) => isRequiredArgument(it) || chance(0.25));
  if (given.length === 0) return "";
  return `(${given.map((it) => `${it.name}: ${inner(it.type, context, it.defaultValue !== undefined, 0)}`).join(", ")})`;
}

function directives(context) {
  if (!chance(0.08)) return "";
  const { type } = schema.getDirective("skip").args[0];
  const condition = chance(0.5) ? variable(type, context, false) : pick(["true", "false"]);
  return ` @${pick(["skip", "include"])}(if: ${condition})`;
}

function selection(type, context, depth) {
  const parts = [];
  for (let n = 1 + below(3); n > 0; n--) {
    const isLow = depth >= 4;
    if (chance(0.12)) parts.push(`${chance(0.2) ? `n${below(1e6)}: ` : ""}__typename${directives(context)}`);
    if (!isLow && chance(0.12)) {
      const possible = isAbstractType(type) ? pick(schema.getPossibleTypes(type)) : type;
      parts.push(`...${chance(0.7) || isAbstractType(type) ? ` on ${possible.name}` : ""}${directives(context)} ${selection(possible, context, depth + 1)}`);
      continue;
    }
    if (!isLow && chance(0.1) && context.fragments.length < 6) {
      const possible = isAbstractType(type) ? pick(schema.getPossibleTypes(type)) : type;
      const fragment = { name: `F${context.fragments.length}`, text: "" };
      context.fragments.push(fragment);
      fragment.text = `fragment ${fragment.name} on ${possible.name} ${selection(possible, context, depth + 1)}`;
      parts.push(`...${fragment.name}${directives(context)}`);
      continue;
    }
    const fields = type.getFields ? Object.values(type.getFields()) : [];
    const fit = fields.filter((it) => !isLow || !isCompositeType(getNamedType(it.type)));
    if (fit.length === 0) {
      parts.push("__typename");
      continue;
    }
    const field = pick(fit);
    // Names of their own, so that fields do not meet by chance; the mutations bring them together.
    const nested = isCompositeType(getNamedType(field.type)) ? ` ${selection(getNamedType(field.type), context, depth + 1)}` : "";
    parts.push(`a${++context.aliases}: ${field.name}${args(field.args, context)}${directives(context)}${nested}`);
  }
  return `{ ${parts.join(" ")} }`;
}

function document() {
  const context = { variables: [], fragments: [], given: {}, aliases: 0 };
  let body;
  let keyword = "query";
  if (chance(0.05)) {
    keyword = "subscription";
    const field = pick(Object.values(schema.getSubscriptionType().getFields()));
    const type = getNamedType(field.type);
    body = `{ ${field.name}${args(field.args, context)}${isCompositeType(type) ? ` ${selection(type, context, 2)}` : ""} }`;
  } else body = selection(schema.getQueryType(), context, 0);
  const variables = context.variables.map(({ name, written, fallback }) => `$${name}: ${written}${fallback}`).join(", ");
  const name = chance(0.5) ? " Q" : "";
  const head = variables || name || keyword !== "query" || chance(0.3) ? `${keyword}${name}${variables && `(${variables})`} ` : "";
  return { query: [head + body, ...context.fragments.map((it) => it.text)].join(" "), variables: context.given };
}

// What may go wrong. Each takes a parsed document, and gives another one; null if it has nothing to work on.
const nodes = (ast, kind) => {
  const found = [];
  visit(ast, { enter: (node, key, parent, path) => void ((kind === "Value" ? isValue(node, path) : node.kind === kind) && found.push(node)) });
  return found;
};
const isValue = (node) => /Value$|^Variable$/.test(node.kind);
/** Puts another node in one's place; after the visit, which would go into the new one. */
const replace = (ast, old, make) => visit(ast, { leave: (node) => (node === old ? make(node) : undefined) });
const change = (kind, make) => (ast) => {
  const found = nodes(ast, kind);
  if (found.length === 0) return null;
  const old = pick(found);
  const made = make(old, ast);
  return made === undefined ? null : replace(ast, old, () => made);
};
const nameNode = (text) => ({ kind: Kind.NAME, value: text });
const literal = () => pick([
  { kind: Kind.INT, value: "1" }, { kind: Kind.INT, value: "99999999999" }, { kind: Kind.INT, value: "-2147483649" },
  { kind: Kind.FLOAT, value: "1.5" }, { kind: Kind.STRING, value: "PRIMARY" }, { kind: Kind.BOOLEAN, value: true },
  { kind: Kind.NULL }, { kind: Kind.ENUM, value: "PRIMARY" }, { kind: Kind.ENUM, value: "NOWHERE" },
  { kind: Kind.LIST, values: [] }, { kind: Kind.LIST, values: [{ kind: Kind.INT, value: "1" }] },
  { kind: Kind.OBJECT, fields: [] }, { kind: Kind.OBJECT, fields: [{ kind: Kind.OBJECT_FIELD, name: nameNode("x"), value: { kind: Kind.INT, value: "1" } }] },
]);
const variableNames = (ast) => nodes(ast, Kind.VARIABLE_DEFINITION).map((it) => it.variable.name.value);
const directive = () => {
  const argument = (name, value) => ({ kind: Kind.ARGUMENT, name: nameNode(name), value });
  const yes = { kind: Kind.BOOLEAN, value: true };
  return pick([
    ["skip", [argument("if", yes)]], ["include", [argument("if", yes)]], ["skip", []], ["skip", [argument("fi", yes)]],
    ["skip", [argument("if", { kind: Kind.INT, value: "1" })]], ["nowhere", []], ["deprecated", []],
    ["include", [argument("if", yes), argument("if", yes)]], ["skip", [argument("if", { kind: Kind.VARIABLE, name: nameNode("v0") })]],
    ["key", [argument("fields", { kind: Kind.STRING, value: "id" })]],
  ].map(([name, args]) => ({ kind: Kind.DIRECTIVE, name: nameNode(name), arguments: args })));
};
const withDirective = (node) => ({ ...node, directives: [...(node.directives ?? []), directive()] });
const field = (text) => parse(`{ ${text} }`).definitions[0].selectionSet.selections[0];
const withSelection = (node, text) => ({ ...node, selectionSet: { kind: Kind.SELECTION_SET, selections: [...(node.selectionSet?.selections ?? []), field(text)] } });
const typeNode = () => parseType(pick([...inputs, ...inputs, "School", "Nowhere"]) + pick(["", "", "!"]));
const moreDefinitions = (ast, text) => ({ ...ast, definitions: [...ast.definitions, ...parse(text).definitions] });
const mutations = {
  "an unknown field": change(Kind.FIELD, (it) => ({ ...it, name: nameNode(pick(["nowhere", "name", "slug", "id", "nodes"])) })),
  "another argument": change(Kind.ARGUMENT, (it) => ({ ...it, name: nameNode(pick(["nowhere", "first", "filter", "lang"])) })),
  "an argument twice": change(Kind.FIELD, (it) => (it.arguments.length ? { ...it, arguments: [...it.arguments, pick(it.arguments)] } : undefined)),
  "an argument missing": change(Kind.FIELD, (it) => (it.arguments.length ? { ...it, arguments: it.arguments.slice(1) } : undefined)),
  "another literal": change("Value", () => literal()),
  "a literal in a list": change("Value", (it) => ({ kind: Kind.LIST, values: [it, ...(chance(0.5) ? [it] : [])] })),
  "a list with one more": change(Kind.LIST, (it) => ({ ...it, values: [...it.values, it.values[0] ?? literal()] })),
  "a variable for a value": (ast) => {
    const names = variableNames(ast);
    return names.length === 0 ? null : change("Value", () => ({ kind: Kind.VARIABLE, name: nameNode(pick(names)) }))(ast);
  },
  "an input field twice": change(Kind.OBJECT, (it) => (it.fields.length ? { ...it, fields: [...it.fields, pick(it.fields)] } : undefined)),
  "an unknown input field": change(Kind.OBJECT, (it) => ({ ...it, fields: [...it.fields, { kind: Kind.OBJECT_FIELD, name: nameNode(pick(["nowhere", "direction", "not"])), value: literal() }] })),
  "an input field missing": change(Kind.OBJECT, (it) => (it.fields.length ? { ...it, fields: it.fields.slice(1) } : undefined)),
  "a variable of another type": change(Kind.VARIABLE_DEFINITION, (it) => ({ ...it, type: typeNode() })),
  "a variable that may be null": change(Kind.VARIABLE_DEFINITION, (it) => ({ ...it, type: it.type.kind === Kind.NON_NULL_TYPE ? it.type.type : { kind: Kind.NON_NULL_TYPE, type: it.type } })),
  "a variable in a list": change(Kind.VARIABLE_DEFINITION, (it) => ({ ...it, type: it.type.kind === Kind.LIST_TYPE ? it.type.type : { kind: Kind.LIST_TYPE, type: it.type } })),
  "another default": change(Kind.VARIABLE_DEFINITION, (it) => ({ ...it, defaultValue: literal() })),
  "no default": change(Kind.VARIABLE_DEFINITION, (it) => ({ ...it, defaultValue: undefined })),
  "a directive on a variable": change(Kind.VARIABLE_DEFINITION, withDirective),
  "an undefined variable": change(Kind.VARIABLE, (it) => ({ ...it, name: nameNode("nowhere") })),
  "a variable missing": change(Kind.OPERATION_DEFINITION, (it) => (it.variableDefinitions.length ? { ...it, variableDefinitions: it.variableDefinitions.slice(1) } : undefined)),
  "a variable twice": change(Kind.OPERATION_DEFINITION, (it) => (it.variableDefinitions.length ? { ...it, variableDefinitions: [...it.variableDefinitions, it.variableDefinitions[0]] } : undefined)),
  "a variable unused": change(Kind.OPERATION_DEFINITION, (it) => ({ ...it, variableDefinitions: [...it.variableDefinitions, { kind: Kind.VARIABLE_DEFINITION, variable: { kind: Kind.VARIABLE, name: nameNode("unused") }, type: typeNode() }] })),
  "a directive on a field": change(Kind.FIELD, withDirective),
  "two directives on a field": change(Kind.FIELD, (it) => withDirective(withDirective(it))),
  "a directive on an operation": change(Kind.OPERATION_DEFINITION, withDirective),
  "a directive on a fragment": change(Kind.FRAGMENT_DEFINITION, withDirective),
  "a directive on a spread": change(Kind.FRAGMENT_SPREAD, withDirective),
  "a directive on an inline fragment": change(Kind.INLINE_FRAGMENT, withDirective),
  "a selection below": change(Kind.FIELD, (it) => withSelection(it, "__typename")),
  "no selection": change(Kind.FIELD, (it) => ({ ...it, selectionSet: undefined })),
  "a type name that is asked for more": change(Kind.SELECTION_SET, (it) => ({ ...it, selections: [...it.selections, field(pick(["__typename", "__typename(a: 1)", "__typename { x }", "__typename @skip(if: $v0)", "__typename @include(if: $nowhere)", "__schema { __typename }", "__type(name: \"School\") { name }", "__type { name }"]))] })),
  "another type condition": change(Kind.INLINE_FRAGMENT, (it) => ({ ...it, typeCondition: { kind: Kind.NAMED_TYPE, name: nameNode(pick([pick(outputs).name, "Nowhere", "Int", "Stage", "SchoolFilter"])) } })),
  "another type of a fragment": change(Kind.FRAGMENT_DEFINITION, (it) => ({ ...it, typeCondition: { kind: Kind.NAMED_TYPE, name: nameNode(pick([pick(outputs).name, "Nowhere", "Int", "Stage"])) } })),
  "another spread": change(Kind.FRAGMENT_SPREAD, (it) => ({ ...it, name: nameNode(pick(["Nowhere", "F0", "F1"])) })),
  "a spread in itself": change(Kind.FRAGMENT_DEFINITION, (it) => ({ ...it, selectionSet: { ...it.selectionSet, selections: [...it.selectionSet.selections, { kind: Kind.FRAGMENT_SPREAD, name: nameNode(pick(["F0", "F1", it.name.value])) }] } })),
  "a fragment unused": (ast) => moreDefinitions(ast, "fragment Unused on School { slug }"),
  "a fragment twice": (ast) => {
    const fragments = nodes(ast, Kind.FRAGMENT_DEFINITION);
    return fragments.length === 0 ? null : { ...ast, definitions: [...ast.definitions, pick(fragments)] };
  },
  "another operation": (ast) => moreDefinitions(ast, pick(["{ __typename }", "query Q { __typename }", "query R { __typename }", "query R { ...F0 }", "query R($v0: Int) { schools(first: $v0) { totalCount } }"])),
  "a definition of a type": (ast) => moreDefinitions(ast, pick(["type X { a: Int }", "extend type School { x: Int }", "directive @x on FIELD", "schema { query: Query }"])),
  "another kind of operation": change(Kind.OPERATION_DEFINITION, (it) => ({ ...it, operation: pick(["query", "mutation", "subscription"]) })),
  "one name for fields of a selection": change(Kind.SELECTION_SET, (it) => ({ ...it, selections: it.selections.map((one) => (one.kind === Kind.FIELD ? { ...one, alias: nameNode("x") } : one)) })),
  "one name for all fields": (ast) => visit(ast, { [Kind.FIELD]: { leave: (it) => (chance(0.5) ? { ...it, alias: nameNode("x") } : undefined) } }),
  "names without alias": (ast) => visit(ast, { [Kind.FIELD]: { leave: (it) => ({ ...it, alias: undefined }) } }),
  "a selection twice, and once otherwise": (ast) => {
    const sets = nodes(ast, Kind.SELECTION_SET);
    const set = pick(sets);
    const one = pick(set.selections);
    let other = one;
    const kind = pick(["another literal", "a list with one more", "an argument missing", "an input field missing", "names without alias", null]);
    if (kind !== null) other = mutations[kind](one) ?? one;
    return replace(ast, set, (it) => ({ ...it, selections: [...it.selections, other] }));
  },
  "a selection below another type": (ast) => {
    const sets = nodes(ast, Kind.SELECTION_SET);
    const moved = pick(pick(sets).selections);
    const on = pick(outputs).name;
    return change(Kind.SELECTION_SET, (it) => ({ ...it, selections: [...it.selections, { kind: Kind.INLINE_FRAGMENT, typeCondition: { kind: Kind.NAMED_TYPE, name: nameNode(on) }, selectionSet: { kind: Kind.SELECTION_SET, selections: [moved] } }] }))(ast);
  },
};
/** What may be put into a text: also strings that end with their line. */
const letters = [..."{}()[]:!$@.,\"#|&=a1-\\\n", "\"\n", "\"\r", "\"\"\""];
/** A mutation of the text: a letter lost, or put in. */
const garbled = (text) => {
  const at = below(text.length);
  return text.slice(0, at) + (chance(0.5) ? pick(letters) : "") + text.slice(at + below(2));
};
/** A mutation of the tokens: one lost, one twice, two exchanged, or one from elsewhere in its place. */
const jumbled = (text) => {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|\.\.\.|[-+]?[0-9A-Za-z_.]+|[^\s]/g);
  const [at, from] = [below(tokens.length), below(tokens.length)];
  const put = pick([[], [tokens[at], tokens[at]], [tokens[from]], [tokens[at], tokens[from]], [tokens[at + 1], tokens[at]]]);
  tokens.splice(at, put[0] !== undefined && put[0] === tokens[at + 1] ? 2 : 1, ...put.filter((it) => it !== undefined));
  return tokens.join(" ");
};
/** Values of variables gone wrong. */
function spoilt(given) {
  const spoil = (it) => {
    if (it !== null && typeof it === "object" && chance(0.6)) {
      const keys = Object.keys(it);
      if (keys.length === 0) return chance(0.5) ? [it] : { nowhere: 1 };
      const [copy, key] = [Array.isArray(it) ? [...it] : { ...it }, pick(keys)];
      copy[key] = spoil(copy[key]);
      return copy;
    }
    return pick([null, 1, 1.5, 1.0, 99999999999, -2147483649, "x", "PRIMARY", true, [], [null], [it], { nowhere: 1 }, {}]);
  };
  const names = Object.keys(given);
  if (names.length === 0) return given;
  const name = pick(names);
  const { [name]: old, ...rest } = given;
  return chance(0.2) ? rest : { ...rest, [name]: spoil(old) };
}

/** Whether a subscription's root fields depend on a condition: the specification forbids it since September 2025, and graphql-js 16 is older. */
function isConditionalSubscription(ast) {
  const fragments = new Map(ast.definitions.filter((it) => it.kind === Kind.FRAGMENT_DEFINITION).map((it) => [it.name.value, it]));
  const isConditional = (set) =>
    set.selections.some(
      (it) =>
        it.directives.some((directive) => ["skip", "include"].includes(directive.name.value)) ||
        (it.kind === Kind.INLINE_FRAGMENT && isConditional(it.selectionSet)) ||
        (it.kind === Kind.FRAGMENT_SPREAD && isConditional(fragments.get(it.name.value).selectionSet)),
    );
  return ast.definitions.some((it) => it.kind === Kind.OPERATION_DEFINITION && it.operation === "subscription" && isConditional(it.selectionSet));
}

/** What graphql-js finds wrong; nothing if the request may run. */
function fault({ query, variables, operationName }) {
  let ast;
  try {
    ast = parse(query);
    const errors = validate(schema, ast);
    if (errors.length > 0) return errors[0].message;
    if (isConditionalSubscription(ast)) return "a root field of a subscription has @skip or @include";
  } catch (error) {
    // The validation throws as well, at a directive of a subscription that lacks what it needs.
    return error.message;
  }
  const operations = ast.definitions.filter((it) => it.kind === Kind.OPERATION_DEFINITION);
  const operation = operationName === undefined ? operations[0] : operations.find((it) => it.name?.value === operationName);
  if (!operation) return "there is no operation";
  // This is said when it is executed.
  if (!schema.getRootType(operation.operation)) return "there is no root for it";
  const coerced = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  return coerced.errors?.[0].message ?? null;
}

/** What the server finds wrong; nothing if it would run the request, and undefined if it does not look because of a limit. */
async function verdict(request) {
  const text = await send("/graphql", request, { "edumap-cost": "only" }, kept);
  const { errors } = JSON.parse(text);
  if (!errors) return null;
  const code = errors[0].extensions?.code;
  if (!["GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED", "FRAGMENT_CYCLE"].includes(code)) return undefined;
  if (code !== "GRAPHQL_PARSE_FAILED" && errors.some((it) => !it.message)) problems.push(`an error without a sentence: ${text}`);
  return errors[0].message;
}

const kinds = Object.keys(mutations);
const tally = { valid: 0, invalid: 0, limited: 0 };
const requests = Array.from({ length: count }, (_, n) => {
  const request = { ...document(), kind: "as generated" };
  if (n % 4 === 0) return request;
  if (n % 16 === 1) return { ...request, kind: "a letter", query: garbled(request.query) };
  if (n % 16 === 9) return { ...request, kind: "a token", query: jumbled(request.query) };
  if (n % 8 === 3) return { ...request, kind: "a value of a variable", variables: spoilt(request.variables) };
  const kind = pick(kinds);
  const mutated = mutations[kind](parse(request.query));
  if (mutated === null) return request;
  // What a field without a selection prints is parsed again.
  const operations = mutated.definitions.filter((it) => it.kind === Kind.OPERATION_DEFINITION);
  const operationName = operations.length > 1 ? operations[0].name?.value : undefined;
  return { ...request, kind, query: print(mutated), operationName };
});
let next = 0;
async function work() {
  while (next < requests.length) {
    const { kind, ...request } = requests[next++];
    const expected = fault(request);
    const found = await verdict(request);
    if (found === undefined) tally.limited++;
    else if ((found === null) !== (expected === null)) {
      const [who, other] = expected === null ? ["graphql-js takes", `the server says: ${found}`] : ["the server takes", `graphql-js says: ${expected}`];
      problems.push(`${kind}: ${who}, and ${other}\n  ${request.query}\n  ${JSON.stringify(request.variables)}`);
    } else tally[expected === null ? "valid" : "invalid"]++;
  }
}
await Promise.all(Array.from({ length: 8 }, work));
kept.destroy();
for (const problem of problems.slice(0, 20)) console.log(problem);
console.log(`${tally.valid} valid, ${tally.invalid} invalid, ${tally.limited} beyond a limit, ${problems.length} problems`);
process.exit(problems.length === 0 ? 0 : 1);
