// Teaches an operation to take a day or a language, for the controls above the editor.
import { type DocumentNode, type GraphQLSchema, Kind, type OperationDefinitionNode, type SelectionNode, TypeInfo, print, visit, visitWithTypeInfo } from "graphql";

/** The variables that the controls write, with their types. */
export const VARIABLES = { asOf: "Date", lang: "LanguageTag" } as const;

/** One of them. */
export type Control = keyof typeof VARIABLES;

/** Whether an operation declares the variable. */
export function declares(operation: OperationDefinitionNode | undefined, control: Control): boolean {
  return operation?.variableDefinitions?.some((one) => one.variable.name.value === control) ?? false;
}

const name = (value: string) => ({ kind: Kind.NAME, value }) as const;
const argument = (control: Control) =>
  ({ kind: Kind.ARGUMENT, name: name(control), value: { kind: Kind.VARIABLE, name: name(control) } }) as const;

/** The document with the variable declared and used; comments at its beginning stay. */
export function teach(text: string, document: DocumentNode, operation: OperationDefinitionNode, control: Control, schema: GraphQLSchema): string {
  const taught = control === "asOf" ? dated(document, operation, schema) : spoken(document, schema);
  const declared = visit(taught, {
    OperationDefinition(node) {
      if (node.name?.value !== operation.name?.value || declares(node, control)) return undefined;
      const definition = {
        kind: Kind.VARIABLE_DEFINITION,
        variable: { kind: Kind.VARIABLE, name: name(control) },
        type: { kind: Kind.NAMED_TYPE, name: name(VARIABLES[control]) },
      } as const;
      return { ...node, variableDefinitions: [...(node.variableDefinitions ?? []), definition] };
    },
  });
  const comments = /^(?:[ \t]*(?:#.*)?\r?\n)*/.exec(text)?.[0] ?? "";
  return comments + print(declared) + "\n";
}

/** Reads the map as of `$asOf`: what stood at the root moves into `map(asOf: $asOf)`. */
function dated(document: DocumentNode, operation: OperationDefinitionNode, schema: GraphQLSchema): DocumentNode {
  const fields = schema.getType("Map");
  const inside = fields && "getFields" in fields ? fields.getFields() : {};
  return visit(document, {
    OperationDefinition(node) {
      if (node.name?.value !== operation.name?.value || node.operation !== "query") return undefined;
      const moved: SelectionNode[] = [];
      const kept: SelectionNode[] = [];
      for (const one of node.selectionSet.selections) {
        if (one.kind === Kind.FIELD && one.name.value === "map") {
          const has = one.arguments?.some((it) => it.name.value === "asOf");
          kept.push(has ? one : { ...one, arguments: [...(one.arguments ?? []), argument("asOf")] });
        } else if (one.kind === Kind.FIELD && one.name.value in inside) moved.push(one);
        else kept.push(one);
      }
      if (moved.length > 0) {
        kept.push({ kind: Kind.FIELD, name: name("map"), arguments: [argument("asOf")], selectionSet: { kind: Kind.SELECTION_SET, selections: moved } });
      }
      return { ...node, selectionSet: { ...node.selectionSet, selections: kept } };
    },
  });
}

/** Passes `$lang` to every field that takes a language and was given none. */
function spoken(document: DocumentNode, schema: GraphQLSchema): DocumentNode {
  const info = new TypeInfo(schema);
  return visit(
    document,
    visitWithTypeInfo(info, {
      Field(node) {
        const takes = info.getFieldDef()?.args.some((arg) => arg.name === "lang");
        if (!takes || node.arguments?.some((arg) => arg.name.value === "lang")) return undefined;
        return { ...node, arguments: [...(node.arguments ?? []), argument("lang")] };
      },
    }),
  );
}
