// What the active tab asks, read from its editors.
import { useGraphiQL } from "@graphiql/react";
import type { DocumentNode, OperationDefinitionNode } from "graphql";
import type { Question } from "../ask";
import { parsed } from "../graph";

/** The operation of a document that a name chooses; the first if it chooses none. */
export function operationOf(document: DocumentNode, name: string | null): OperationDefinitionNode | undefined {
  const operations = document.definitions.filter((one): one is OperationDefinitionNode => one.kind === "OperationDefinition");
  return operations.find((one) => one.name?.value === name) ?? operations[0];
}

/** The values of variables as they are written; null while they are no JSON object. */
export function read(variables: string): Record<string, unknown> | null {
  try {
    const value = variables.trim() === "" ? {} : JSON.parse(variables);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/** What the active tab asks, kept up to date while somebody types. */
export function useOperation() {
  const query = useGraphiQL((state) => state.tabs[state.activeTabIndex].query) ?? "";
  const variables = useGraphiQL((state) => state.tabs[state.activeTabIndex].variables) ?? "";
  const chosen = useGraphiQL((state) => state.operationName) ?? null;
  const document = parsed(query);
  const operation = document ? operationOf(document, chosen) : undefined;
  return { query, variables, document, operation, operationName: operation?.name?.value ?? null, values: read(variables) };
}

/** Whether an answer is that to another question than the tab asks now. */
export function isStale(question: Question, { query, operationName, values }: ReturnType<typeof useOperation>): boolean {
  const same = (a: unknown, b: unknown) => JSON.stringify(a ?? {}) === JSON.stringify(b ?? {});
  return question.query !== query || (question.operationName ?? null) !== operationName || !same(question.variables, values);
}
