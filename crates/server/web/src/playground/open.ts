// Opens an operation in a new tab.
import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { getOperationAST } from "graphql";
import { flushSync } from "react-dom";
import { parsed } from "../graph";

/** An operation and its variables, as the editors hold them. */
export interface Operation {
  query: string;
  variables: string;
  operationName?: string | null;
}

/** A function that opens an operation in a new tab and, if asked, runs it. */
export function useOpen(): (operation: Operation, run?: boolean) => void {
  const { addTab, run, setOperationFacts, updateActiveTabValues } = useGraphiQLActions();
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);
  return ({ query, variables, operationName }, runs = false) => {
    if (!queryEditor || !variableEditor) return;
    // At once, so that what runs next belongs to the new tab.
    flushSync(addTab);
    queryEditor.setValue(query);
    variableEditor.setValue(variables);
    const document = parsed(query) ?? undefined;
    const operations = document?.definitions.filter((one) => one.kind === "OperationDefinition");
    const name = operationName ?? (document && getOperationAST(document)?.name?.value) ?? operations?.[0]?.name?.value;
    // The editor would work these out a moment later, which is too late for a run.
    setOperationFacts({ documentAST: document, operationName: name, operations });
    updateActiveTabValues({ query, variables, operationName: name ?? null });
    if (runs) run();
    queryEditor.focus();
  };
}
