// Asks for the id and the type of every noun in what is sent, and takes them out of what is shown.
import { type DocumentNode, type GraphQLSchema, TypeInfo, getNamedType, isAbstractType, isInterfaceType, isObjectType, visit, visitWithTypeInfo } from "graphql";

/** The name under which an id is asked for, beside what the question itself asks. */
export const ID = "edumapId";
/** The name under which a type is asked for. */
export const TYPE = "edumapType";

interface Place {
  line: number;
  column: number;
}

/** A question with ids: what is sent, and where its text is in that of the question. */
export interface Identified {
  query: string;
  /** The place in the question that a place in what is sent stands for. */
  original(place: Place): Place;
}

/** The question with ids; null if it has them, has no noun, or uses these names itself. */
export function identify(schema: GraphQLSchema, query: string, document: DocumentNode): Identified | null {
  const node = schema.getType("Node");
  if (!isInterfaceType(node) || query.includes(ID) || query.includes(TYPE)) return null;
  const nouns = new Set(schema.getPossibleTypes(node).map((one) => one.name));
  const info = new TypeInfo(schema);
  const added: { at: number; text: string }[] = [];
  visit(
    document,
    visitWithTypeInfo(info, {
      SelectionSet(set, _key, parent) {
        const type = getNamedType(info.getParentType());
        if (!type || !set.loc) return;
        // What stands around an inline fragment has asked already.
        if (parent && "kind" in parent && parent.kind === "InlineFragment") return;
        if (isObjectType(type) && nouns.has(type.name)) added.push({ at: set.loc.start + 1, text: ` ${ID}: id` });
        else if (isInterfaceType(type) && type.name === node.name) added.push({ at: set.loc.start + 1, text: ` ${TYPE}: __typename ${ID}: id` });
        else if (isAbstractType(type) && schema.getPossibleTypes(type).some((one) => nouns.has(one.name))) {
          added.push({ at: set.loc.start + 1, text: ` ${TYPE}: __typename ... on ${node.name} { ${ID}: id }` });
        }
      },
    }),
  );
  if (added.length === 0) return null;
  added.sort((a, b) => a.at - b.at);
  let sent = "";
  let from = 0;
  for (const { at, text } of added) {
    sent += query.slice(from, at) + text;
    from = at;
  }
  const places = added.map(({ at, text }) => ({ ...placeOf(query, at), length: text.length }));
  return {
    query: sent + query.slice(from),
    original({ line, column }) {
      let shift = 0;
      for (const one of places) {
        if (one.line !== line || column < one.column + shift) continue;
        if (column < one.column + shift + one.length) return { line, column: one.column };
        shift += one.length;
      }
      return { line, column: column - shift };
    },
  };
}

/** The line and the column of an offset, counted from 1 and in characters, as servers count them. */
function placeOf(text: string, offset: number): Place {
  const lines = text.slice(0, offset).split(/\r\n|\n|\r/);
  return { line: lines.length, column: [...lines.at(-1)!].length + 1 };
}

/** An answer's data without what was added, and how many values that was. */
export function strip(data: unknown): { data: unknown; removed: number } {
  let removed = 0;
  function read(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(read);
    if (typeof value !== "object" || value === null) return value;
    const kept: Record<string, unknown> = {};
    for (const [key, member] of Object.entries(value)) {
      if (key === ID || key === TYPE) removed += 1;
      else kept[key] = read(member);
    }
    return kept;
  }
  return { data: read(data), removed };
}
