// Offers slugs where an argument or a variable takes one, as the server's search finds them.
import { useGraphiQL, useMonaco } from "@graphiql/react";
import { type DocumentNode, type GraphQLArgument, type GraphQLInputField, type GraphQLSchema, TypeInfo, getNamedType, isEnumType, isInputObjectType, isInterfaceType, isObjectType, isSchema, visit, visitWithTypeInfo } from "graphql";
import { useEffect, useRef } from "react";
import { ask } from "../ask";
import { useOperation } from "./operation";

/** An argument or an input field. */
type Input = GraphQLArgument | GraphQLInputField;

/** Whether it takes a slug: by its name, or by what the schema says of it. */
const takesSlug = (input: Input): boolean => input.name === "slug" || (["ID", "String"].includes(getNamedType(input.type).name) && /\bslug\b/.test(input.description ?? ""));

/** All arguments and input fields of a name. */
function inputs(schema: GraphQLSchema, name: string): Input[] {
  const all: Input[] = [];
  for (const type of Object.values(schema.getTypeMap())) {
    if (isInputObjectType(type)) all.push(...Object.values(type.getFields()).filter((one) => one.name === name));
    else if (isObjectType(type)) for (const field of Object.values(type.getFields())) all.push(...field.args.filter((one) => one.name === name));
  }
  return all;
}

/** Where a slug is wanted: what is written of it, and of which kind it is if that is known. */
interface Wanted {
  text: string;
  kind: string | null;
}

/** The kind of noun that a type or the name of an input stands for, as lists of kinds have it. */
function kindOf(schema: GraphQLSchema, name: string): string | null {
  const node = schema.getType("Node");
  const kinds = schema.getType("NounKind");
  const type = schema.getType(name[0]!.toUpperCase() + name.slice(1));
  if (!isObjectType(type) || !isInterfaceType(node) || !type.getInterfaces().includes(node)) return null;
  const kind = type.name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase();
  return isEnumType(kinds) && kinds.getValue(kind) ? kind : null;
}

/** What is wanted at the end of a piece of GraphQL. */
function inOperation(schema: GraphQLSchema, before: string): Wanted | null {
  const found = /(\w+)\s*:\s*(?:\[[^\]]*)?"([^"\n]*)$/.exec(before);
  if (!found || !inputs(schema, found[1]!).some(takesSlug)) return null;
  const [whole, name, text] = found as unknown as [string, string, string];
  if (name !== "slug") return { text, kind: kindOf(schema, name) };
  const field = /(\w+)\s*\([^()]*$/.exec(before.slice(0, before.length - whole.length))?.[1];
  return { text, kind: field ? kindOf(schema, field) : null };
}

/** What is wanted at the end of a piece of variables: that of a variable which an argument takes that takes a slug. */
function inVariables(schema: GraphQLSchema, document: DocumentNode | null, before: string): Wanted | null {
  const found = /"(\w+)"\s*:\s*(?:\[[^\]]*)?"([^"\n]*)$/.exec(before);
  if (!found || !document) return null;
  let wanted: Wanted | null = null;
  const info = new TypeInfo(schema);
  const note = (input: Input | null | undefined, field: string | undefined) => {
    if (input && takesSlug(input)) wanted ??= { text: found[2]!, kind: kindOf(schema, input.name === "slug" && field ? field : input.name) };
  };
  visit(
    document,
    visitWithTypeInfo(info, {
      Argument(node) {
        if (node.value.kind === "Variable" && node.value.name.value === found[1]) note(info.getArgument(), info.getFieldDef()?.name);
      },
      ObjectField(node) {
        const type = info.getParentInputType();
        const named = type ? getNamedType(type) : undefined;
        if (node.value.kind === "Variable" && node.value.name.value === found[1] && isInputObjectType(named)) note(named.getFields()[node.name.value], undefined);
      },
    }),
  );
  return wanted;
}

const SEARCH = `query Slugs($text: String!, $kinds: [NounKind!]) { search(text: $text, kinds: $kinds, first: 20) { nodes { slug name __typename } } }`;

/** What the search finds; nothing for what it refuses, such as a single letter. */
async function search({ text, kind }: Wanted): Promise<{ slug: string; name: string; __typename: string }[]> {
  if (text.trim() === "") return [];
  const answer = await ask({ query: SEARCH, variables: { text, kinds: kind ? [kind] : null } }).catch(() => null);
  return (answer?.data?.search?.nodes ?? []).filter(Boolean);
}

/** Keeps the offers on while the page is there. */
export function useSlugs(): void {
  const monaco = useMonaco((state) => state.monaco);
  const schema = useGraphiQL((state) => state.schema);
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);
  const { document } = useOperation();
  // A half-written operation is none; the one before it still says what its variables are for.
  const last = useRef<DocumentNode | null>(null);
  if (document) last.current = document;
  useEffect(() => {
    if (!monaco || !isSchema(schema) || !queryEditor || !variableEditor) return;
    const offer = (editor: typeof queryEditor, language: string, find: (before: string) => Wanted | null) => {
      editor.updateOptions({ quickSuggestions: { other: true, comments: false, strings: true } });
      return monaco.languages.registerCompletionItemProvider(language, {
        triggerCharacters: ['"', "-"],
        async provideCompletionItems(model, position, _context, token) {
          if (model !== editor.getModel()) return { suggestions: [] };
          const before = model.getValueInRange({ startLineNumber: 1, startColumn: 1, endLineNumber: position.lineNumber, endColumn: position.column });
          const wanted = find(before);
          if (!wanted) return { suggestions: [] };
          const hits = await search(wanted);
          if (token.isCancellationRequested) return { suggestions: [] };
          const rest = /^[^"\n]*/.exec(model.getLineContent(position.lineNumber).slice(position.column - 1))![0];
          const range = { startLineNumber: position.lineNumber, endLineNumber: position.lineNumber, startColumn: position.column - wanted.text.length, endColumn: position.column + rest.length };
          const suggestions = hits.map(({ slug, name, __typename }, i) => ({
            label: { label: slug, description: name },
            detail: `${__typename}: ${name}`,
            kind: monaco.languages.CompletionItemKind.Value,
            insertText: slug,
            // It was found by a name, too; the editor shall not sort it out again.
            filterText: wanted.text,
            sortText: String(i).padStart(3, "0"),
            range,
          }));
          return { suggestions, incomplete: true };
        },
      });
    };
    const offers = [offer(queryEditor, "graphql", (before) => inOperation(schema, before)), offer(variableEditor, "json", (before) => inVariables(schema, last.current, before))];
    return () => {
      for (const one of offers) one.dispose();
    };
  }, [monaco, schema, queryEditor, variableEditor]);
}
