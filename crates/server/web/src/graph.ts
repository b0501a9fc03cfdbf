// Reads an answer as nouns and the ties between them, with the help of the schema.
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  type SelectionSetNode,
  getArgumentValues,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
} from "graphql";
import { ID, TYPE } from "./identify";

/** A noun of the answer, as one view has it. */
export interface Noun {
  key: string;
  type: string;
  label: string;
  /** The view in words; empty where the answer has one view only. */
  view: string;
}

/** A tie between two nouns of the answer, with what its edge says. */
export interface Tie {
  from: string;
  to: string;
  label: string;
  story: string;
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

/** Words that an edge uses to say what kind of tie it is. */
const STORY = ["role", "basis", "kind"];

/** Where a value of the answer stands. */
interface Place {
  /** The noun around it. */
  from: string | null;
  /** The field that leads from there. */
  way: string;
  /** What the edge in between says. */
  story: string;
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
    const { from, way, view, path } = place;
    let { story } = place;
    const told = value[TYPE] ?? value.__typename;
    const named = typeof told === "string" ? (schema.getType(told) ?? type) : type;
    const fields = asked(set);
    const isNoun = isObjectType(named) && isInterfaceType(node) && named.getInterfaces().includes(node);
    let here = from;
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
      if (!known) nouns.set(key, { key, type: named.name, label: label ?? "", view });
      else if (known.label === "" && label !== null) known.label = label;
      if (from !== null && from !== key) {
        const tie = ties.get(`${from}|${way}|${key}`) ?? { from, to: key, label: way, story: "" };
        const stories = new Set([...tie.story.split("; "), story].filter(Boolean));
        tie.story = [...stories].join("; ");
        tie.label = tie.story ? `${way} (${tie.story})` : way;
        ties.set(`${from}|${way}|${key}`, tie);
      }
      here = key;
      story = "";
    }
    if (!isObjectType(named) && !isInterfaceType(named)) return;
    // An edge tells its story once, for the noun it leads to.
    const isEdge = named.name.endsWith("Edge");
    const own = isEdge
      ? [...fields]
          .filter(([key, [field]]) => STORY.includes(field.name.value) && typeof value[key] === "string")
          .map(([key]) => value[key].toLowerCase().replaceAll("_", " "))
          .join(", ")
      : "";
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
        story: isEdge ? own : isWrapper ? story : "",
        view: target.name === "Map" ? given(field, first) : view,
      };
      const items = isList(field.type) ? value[key] : [value[key]];
      items.forEach((item: unknown, i: number) => item !== null && visit(item, target, inner, { ...next, path: `${path}.${key}.${i}` }));
    }
  }

  const operations = document.definitions.filter((one) => one.kind === "OperationDefinition");
  const operation = operations.find((one) => operationName === null || one.name?.value === operationName) ?? operations[0];
  const root = operation && schema.getRootType(operation.operation);
  if (operation && root && data) visit(data, root, operation.selectionSet, { from: null, way: "", story: "", view: NOW, path: "" });
  const isOfOneView = new Set([...nouns.values()].map((noun) => noun.view)).size < 2;
  const all = [...nouns.values()].map((noun) => ({ ...noun, label: noun.label || noun.type, view: isOfOneView ? "" : viewed(noun.view) }));
  return { nouns: all, ties: [...ties.values()] };
}

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
