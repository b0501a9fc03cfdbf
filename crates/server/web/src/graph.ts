// Reads an answer as nouns and the ties between them, with the help of the schema.
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  type SelectionSetNode,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
} from "graphql";

/** A noun of the answer. */
export interface Noun {
  key: string;
  type: string;
  label: string;
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

/** Words that an edge uses to say what kind of tie it is. */
const STORY = ["role", "basis", "kind"];

/** The nouns and ties of an answer to a query. */
export function graph(schema: GraphQLSchema, query: string, operationName: string | null, data: unknown): Graph {
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

  function visit(value: any, type: GraphQLCompositeType, set: SelectionSetNode, from: string | null, way: string, story: string): void {
    const named = typeof value.__typename === "string" ? (schema.getType(value.__typename) ?? type) : type;
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
      const label = text("name") ?? text("localizedName") ?? text("title") ?? text("slug") ?? text("id");
      if (label !== null) {
        const key = `${named.name}:${text("id") ?? text("slug") ?? label}`;
        if (!nouns.has(key)) nouns.set(key, { key, type: named.name, label });
        if (from !== null && from !== key) {
          const words = story ? `${way} (${story})` : way;
          ties.set(`${from}|${way}|${key}`, { from, to: key, label: words, story });
        }
        here = key;
        story = "";
      }
    }
    if (!("getFields" in named)) return;
    // An edge tells its story once, for the noun it leads to.
    const isEdge = named.name.endsWith("Edge");
    const told = isEdge
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
      const next = isWrapper ? way : first.name.value;
      for (const item of isList(field.type) ? value[key] : [value[key]]) {
        if (item !== null) visit(item, target, inner, here, next, isEdge ? told : isWrapper ? story : "");
      }
    }
  }

  const operations = document.definitions.filter((one) => one.kind === "OperationDefinition");
  const operation = operations.find((one) => operationName === null || one.name?.value === operationName) ?? operations[0];
  const root = operation && schema.getRootType(operation.operation);
  if (operation && root && data) visit(data, root, operation.selectionSet, null, "", "");
  return { nouns: [...nouns.values()], ties: [...ties.values()] };
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
