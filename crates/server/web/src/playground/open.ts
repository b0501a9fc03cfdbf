// Opens an operation in a tab: its own if it has one, an untouched one if there is any, else a new one.
import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { useContext } from "react";
import { flushSync } from "react-dom";
import { parsed } from "../graph";
import { Questions, isUntouched } from "./curated";
import { operationOf } from "./operation";

/** An operation and its variables, as the editors hold them. */
export interface Operation {
  query: string;
  variables: string;
  operationName?: string | null;
}

/** A function that opens an operation and, if it is a query, runs it. */
export function useOpen(): (operation: Operation) => void {
  const { addTab, changeTab, run, setOperationFacts, updateActiveTabValues } = useGraphiQLActions();
  const curated = useContext(Questions);
  const tabs = useGraphiQL((state) => state.tabs);
  const active = useGraphiQL((state) => state.activeTabIndex);
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);
  return ({ query, variables, operationName }) => {
    if (!queryEditor || !variableEditor) return;
    // The editors know more of the active tab than its state, which follows them.
    const held = tabs.map((tab, i) => (i === active ? [queryEditor.getValue(), variableEditor.getValue()] : [tab.query ?? "", tab.variables ?? ""]));
    const order = [active, ...held.keys()];
    const same = order.find((i) => held[i][0] === query && held[i][1] === variables);
    const chosen = same ?? order.find((i) => isUntouched(curated, held[i][0], held[i][1]));
    // At once, so that what runs next belongs to that tab.
    if (chosen === undefined) flushSync(addTab);
    else if (chosen !== active) flushSync(() => changeTab(chosen));
    if (same === undefined) {
      queryEditor.setValue(query);
      variableEditor.setValue(variables);
    }
    const document = parsed(query) ?? undefined;
    const operations = document?.definitions.filter((one) => one.kind === "OperationDefinition");
    const operation = document && operationOf(document, operationName ?? null);
    const name = operation?.name?.value;
    // The editor would work these out a moment later, which is too late for a run.
    setOperationFacts({ documentAST: document, operationName: name, operations });
    updateActiveTabValues({ query, variables, operationName: name ?? null });
    if (operation?.operation === "query") run();
    queryEditor.focus();
  };
}
