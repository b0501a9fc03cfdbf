// Reads an answer as nouns and the ties between them, with the help of the schema.
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLOutputType,
  type GraphQLSchema,
  type SelectionSetNode,
  getArgumentValues,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  parse,
} from "graphql";
import { ID, TYPE } from "./identify";

/** What the answer says of a noun or of a tie: the name of each field, and its value in words. */
export type Facts = Map<string, string>;

/** A noun of the answer, as one view has it. */
export interface Noun {
  key: string;
  type: string;
  label: string;
  /** The language of the label, where the answer says it. */
  lang: string | null;
  /** The view in words; empty where the answer has one view only. */
  view: string;
  facts: Facts;
}

/** A tie between two nouns of the answer, with what its edge says. */
export interface Tie {
  from: string;
  to: string;
  label: string;
  facts: Facts;
}

/** What an answer is about. */
export interface Graph {
  nouns: Noun[];
  ties: Tie[];
}

/** A question with its answer. */
export interface Read {
  query: string;
  variables: Record<string, unknown>;
  operationName: string | null;
  data: unknown;
}

/** Adds what an object says of itself, in itself and in parts of it that are no nouns; `into` keeps what it has. */
function tell(into: Facts, name: string, value: unknown): void {
  if (value === null || value === undefined || value === "") return;
  if (typeof value !== "object") {
    const before = into.get(name);
    const text = String(value);
    if (before === undefined) into.set(name, text);
    else if (!before.split("; ").includes(text)) into.set(name, `${before}; ${text}`);
  } else if (Array.isArray(value)) {
    for (const item of value) tell(into, name, item);
  } else if (!(ID in value)) {
    for (const [key, inner] of Object.entries(value)) if (!key.startsWith("__")) tell(into, name ? `${name} ${key}` : key, inner);
  }
}

/** Where a value of the answer stands. */
interface Place {
  /** The noun around it. */
  from: string | null;
  /** The field that leads from there. */
  way: string;
  /** What the edge in between says. */
  story: Facts;
  /** The view, as its arguments. */
  view: string;
  /** The keys that lead to it, which tell apart what has no id. */
  path: string;
}

/** The nouns and ties of an answer to a query. Nouns are one if their id and their view are. */
export function graph(schema: GraphQLSchema, { query, variables, operationName, data }: Read): Graph {
  const nouns = new Map<string, Noun>();
  const ties = new Map<string, Tie>();
  const document = parse(query);
  const fragments = new Map(document.definitions.filter((one) => one.kind === "FragmentDefinition").map((one) => [one.name.value, one]));
  const node = schema.getType("Node");

  /** Whether there are nouns behind a field: in itself, or beyond a list and its edges. */
  function leadsToNouns(type: GraphQLOutputType): boolean {
    const target = getNamedType(type);
    if (!isInterfaceType(node) || !isCompositeType(target)) return false;
    const isNode = (one: GraphQLCompositeType) => one === node || (!isUnionType(one) && one.getInterfaces().includes(node));
    const isOfNodes = isAbstractType(target) && schema.getPossibleTypes(target).some(isNode);
    return isNode(target) || isOfNodes || /(Connection|Edge)$/.test(target.name);
  }

  /** Which fields an object was asked for, by the key that each has in the answer. */
  function asked(set: SelectionSetNode, into = new Map<string, FieldNode[]>()): Map<string, FieldNode[]> {
    for (const one of set.selections) {
      if (one.kind === "Field") {
        const key = one.alias?.value ?? one.name.value;
        into.set(key, [...(into.get(key) ?? []), one]);
      } else {
        const inner = one.kind === "InlineFragment" ? one : (fragments.get(one.name.value) as FragmentDefinitionNode | undefined);
        if (inner) asked(inner.selectionSet, into);
      }
    }
    return into;
  }

  /** What a field is given, without what is null. */
  function given(field: GraphQLField<unknown, unknown>, written: FieldNode): string {
    try {
      const values = Object.entries(getArgumentValues(field, written, variables)).filter(([, value]) => value != null);
      return values.length > 0 ? JSON.stringify(Object.fromEntries(values.sort(([a], [b]) => (a < b ? -1 : 1)))) : NOW;
    } catch {
      // An argument that makes no sense has an error for an answer.
      return NOW;
    }
  }

  function visit(value: any, type: GraphQLCompositeType, set: SelectionSetNode, place: Place): void {
    const { from, way, view, path, story } = place;
    const told = value[TYPE] ?? value.__typename;
    const named = typeof told === "string" ? (schema.getType(told) ?? type) : type;
    const fields = asked(set);
    const isNoun = isObjectType(named) && isInterfaceType(node) && named.getInterfaces().includes(node);
    let here = from;
    let subject: Facts | null = null;
    if (isNoun) {
      const text = (name: string): string | null => {
        for (const [key, [field]] of fields) {
          if (field.name.value !== name || value[key] == null) continue;
          return typeof value[key] === "string" ? value[key] : typeof value[key].text === "string" ? value[key].text : null;
        }
        return null;
      };
      const id = typeof value[ID] === "string" ? value[ID] : text("id");
      const key = `${view}|${id ?? path}`;
      // The same noun may be asked for its name in one place only.
      const label = text("name") ?? text("localizedName") ?? text("title") ?? text("slug");
      const known = nouns.get(key);
      const lang = typeof value.localizedName?.language === "string" ? value.localizedName.language : null;
      const noun = known ?? { key, type: named.name, label: "", lang: null, view, facts: new Map() };
      if (noun.label === "" && label !== null) Object.assign(noun, { label, lang });
      nouns.set(key, noun);
      subject = noun.facts;
      if (from !== null && from !== key) {
        const tie = ties.get(`${from}|${way}|${key}`) ?? { from, to: key, label: way, facts: new Map() };
        story.forEach((text, name) => tell(tie.facts, name, text));
        ties.set(`${from}|${way}|${key}`, tie);
      }
      here = key;
    }
    if (!isObjectType(named) && !isInterfaceType(named)) return;
    const isEdge = named.name.endsWith("Edge");
    // An edge tells its story once, for the noun it leads to.
    const own: Facts = new Map();
    if (isEdge) subject = own;
    if (subject) {
      for (const [key, [field]] of fields) {
        const told = named.getFields()[field.name.value];
        if (told && key !== ID && key !== TYPE && key !== "cursor" && !leadsToNouns(told.type)) tell(subject, key, value[key]);
      }
    }
    for (const [key, [first, ...rest]] of fields) {
      const field = named.getFields()[first.name.value];
      const inner = first.selectionSet && {
        ...first.selectionSet,
        selections: [first, ...rest].flatMap((one) => one.selectionSet?.selections ?? []),
      };
      if (!field || !inner || value[key] == null) continue;
      const target = getNamedType(field.type);
      if (!isCompositeType(target)) continue;
      const isWrapper = isEdge || /Connection$/.test(named.name);
      const next = {
        from: here,
        way: isWrapper ? way : first.name.value,
        story: isEdge ? own : isWrapper ? story : NOTHING,
        view: target.name === "Map" ? given(field, first) : view,
      };
      const items = isList(field.type) ? value[key] : [value[key]];
      items.forEach((item: unknown, i: number) => item !== null && visit(item, target, inner, { ...next, path: `${path}.${key}.${i}` }));
    }
  }

  const operations = document.definitions.filter((one) => one.kind === "OperationDefinition");
  const operation = operations.find((one) => operationName === null || one.name?.value === operationName) ?? operations[0];
  const root = operation && schema.getRootType(operation.operation);
  if (operation && root && data) visit(data, root, operation.selectionSet, { from: null, way: "", story: NOTHING, view: NOW, path: "" });
  const isOfOneView = new Set([...nouns.values()].map((noun) => noun.view)).size < 2;
  const all = [...nouns.values()].map((noun) => ({ ...noun, label: noun.label || noun.type, view: isOfOneView ? "" : viewed(noun.view) }));
  return { nouns: all, ties: [...ties.values()] };
}

const NOTHING: Facts = new Map();

/** The default view: today, as far as it is known. */
const NOW = "{}";

/** A view in words. */
function viewed(view: string): string {
  const { asOf = "today", knownAt } = JSON.parse(view);
  return knownAt === undefined ? asOf : `${asOf}, as known at revision ${knownAt}`;
}

function isList(type: unknown): boolean {
  return isListType(type) || (isNonNullType(type) && isListType(type.ofType));
}

/** The document, or null if it is none yet. */
export function parsed(query: string): DocumentNode | null {
  try {
    return parse(query);
  } catch {
    return null;
  }
}
