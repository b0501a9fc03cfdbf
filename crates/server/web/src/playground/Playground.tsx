// The playground: GraphiQL, with controls above it, questions beside it, and other ways to read an answer below.
import { DOC_EXPLORER_PLUGIN, DocExplorerStore } from "@graphiql/plugin-doc-explorer";
import { HISTORY_PLUGIN, HistoryStore } from "@graphiql/plugin-history";
import { GraphiQLProvider, useGraphiQL } from "@graphiql/react";
import { GraphiQL, GraphiQLInterface } from "graphiql";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Shared } from "../share";
import { fetcher, inFront } from "./answers";
import { Controls } from "./Controls";
import { useOpen } from "./open";
import { usePatches } from "./patches";
import { QUESTIONS, Questions, type Curated, shown } from "./questions";
import { Reading, type View } from "./Reading";

// One array for good: GraphiQL closes the panel when it is given another.
const PLUGINS = [QUESTIONS, DOC_EXPLORER_PLUGIN, HISTORY_PLUGIN];

/** All of the page. */
export function Playground({ curated, shared }: { curated: Curated[]; shared: Shared | null }) {
  const first = curated.find((one) => one.name === "reach-of-a-school") ?? curated[0];
  // Only for the first visit: later ones find their tabs again.
  const [initial] = useState(() => (first && localStorage.getItem("graphiql:tabState") === null ? { initialQuery: shown(first), initialVariables: JSON.stringify(first.variables, null, 2) } : {}));
  // A narrow window has no room for a panel beside the editors.
  const [greeting] = useState(() => (matchMedia("(min-width: 60rem)").matches ? QUESTIONS : undefined));
  return (
    <Questions value={curated}>
      <GraphiQLProvider fetcher={fetcher as never} plugins={PLUGINS} referencePlugin={DOC_EXPLORER_PLUGIN} visiblePlugin={greeting} {...initial}>
        <HistoryStore>
          <DocExplorerStore>
            <Page shared={shared} />
          </DocExplorerStore>
        </HistoryStore>
      </GraphiQLProvider>
    </Questions>
  );
}

function Page({ shared }: { shared: Shared | null }) {
  const [view, setView] = useState<View>("json");
  const tab = useGraphiQL((state) => state.tabs[state.activeTabIndex].id);
  const isReady = useGraphiQL((state) => Boolean(state.queryEditor && state.variableEditor && state.responseEditor));
  const open = useOpen();
  const isOpened = useRef(false);
  useLayoutEffect(() => inFront(tab), [tab]);
  useEffect(() => {
    if (!isReady || isOpened.current) return;
    isOpened.current = true;
    if (!shared) return;
    // A reload must not open it again.
    history.replaceState(null, "", location.pathname + location.search);
    open(shared);
  }, [isReady, open, shared]);
  usePatches();
  return (
    <>
      <header className="bar">
        <a className="brand" href="./">
          edumap
        </a>
        <nav aria-label="Pages">
          <a href="playground" aria-current="page">
            Playground
          </a>
          <a href="schema">Schema</a>
          <a href="licenses">Licenses</a>
        </nav>
        <Controls />
      </header>
      <main className="stage" data-ready={isReady}>
        <h1 className="hidden">edumap playground</h1>
        <GraphiQLInterface className={`view-${view}`} defaultEditorToolsVisibility="variables" showPersistHeadersSettings={false}>
          <GraphiQL.Logo>
            <span />
          </GraphiQL.Logo>
          <GraphiQL.Footer>
            <Reading view={view} setView={setView} tab={tab} />
          </GraphiQL.Footer>
        </GraphiQLInterface>
      </main>
    </>
  );
}
