// The playground: GraphiQL, with controls above it, questions beside it, and other ways to read an answer below.
import { DOC_EXPLORER_PLUGIN, DocExplorerStore } from "@graphiql/plugin-doc-explorer";
import { HISTORY_PLUGIN, HistoryStore, useHistory, useHistoryActions } from "@graphiql/plugin-history";
import { GraphiQLProvider, useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { GraphiQL, GraphiQLInterface } from "graphiql";
import { useContext, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Shared, View } from "../share";
import { fetcher, inFront, whenAsking } from "./answers";
import { Controls } from "./Controls";
import { type Curated, Questions, isUntouched, shown, written } from "./curated";
import { FIELDS } from "./fields";
import { isNarrow } from "./narrow";
import { useOpen } from "./open";
import { usePatches } from "./patches";
import { QUESTIONS } from "./questions";
import { Reading } from "./Reading";
import { useSlugs } from "./slugs";

// One array for good: GraphiQL closes the panel when it is given another.
const PLUGINS = [QUESTIONS, FIELDS, DOC_EXPLORER_PLUGIN, HISTORY_PLUGIN];

/** All of the page. */
export function Playground({ curated, shared }: { curated: Curated[]; shared: Shared | null }) {
  // Only for the first visit: later ones find their tabs again.
  const [initial] = useState(() => {
    const first = curated[0];
    if (localStorage.getItem("graphiql:tabState") !== null || (!shared && !first)) return {};
    return shared ? { initialQuery: shared.query, initialVariables: shared.variables } : { initialQuery: shown(first), initialVariables: written(first) };
  });
  // A narrow window has no room for a panel beside the editors.
  const [greeting] = useState(() => (isNarrow() ? undefined : QUESTIONS));
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

/** What a narrow window shows of the two. */
type Pane = "question" | "answer";

function Page({ shared }: { shared: Shared | null }) {
  const [view, setView] = useState<View>(shared?.view ?? "json");
  const [pane, setPane] = useState<Pane>("question");
  const tab = useGraphiQL((state) => state.tabs[state.activeTabIndex].id);
  useLayoutEffect(() => inFront(tab), [tab]);
  const { setVisiblePlugin } = useGraphiQLActions();
  useEffect(
    () =>
      whenAsking(() => {
        setPane("answer");
        // Whatever asked, a panel would cover the answer.
        if (isNarrow()) setVisiblePlugin(null);
      }),
    [setVisiblePlugin],
  );
  const isReady = useOpening(shared);
  useSystemTheme();
  useHistoryOfOnce();
  usePatches();
  useSlugs();
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
          <a href="documents">Documents</a>
          <a href="licenses">Licenses</a>
        </nav>
        <Controls view={view} tab={tab} />
      </header>
      <main className="stage" data-ready={isReady}>
        <h1 className="hidden">edumap playground</h1>
        <div className="panes" role="group" aria-label="Show">
          {(["question", "answer"] as const).map((one) => (
            <button key={one} type="button" className="small" aria-pressed={pane === one} onClick={() => setPane(one)}>
              {one === "question" ? "Question" : "Answer"}
            </button>
          ))}
        </div>
        <GraphiQLInterface className={`view-${view} pane-${pane}`} defaultEditorToolsVisibility="variables" showPersistHeadersSettings={false}>
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

/** Opens what the address holds or, with nothing to lose, asks the question in front; tells whether the editors are there. */
function useOpening(shared: Shared | null): boolean {
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);
  const isReady = useGraphiQL((state) => Boolean(state.queryEditor && state.variableEditor && state.responseEditor));
  const held = useGraphiQL((state) => state.tabs[state.activeTabIndex].variables) ?? "";
  const curated = useContext(Questions);
  const open = useOpen();
  const isOpened = useRef(false);
  useEffect(() => {
    if (!isReady || isOpened.current || !queryEditor || !variableEditor) return;
    isOpened.current = true;
    if (shared) {
      // A reload must not open it again.
      history.replaceState(null, "", location.pathname);
      open(shared);
      return;
    }
    // GraphiQL remembers the variables of a tab, and starts the editor with those that were typed last.
    if (variableEditor.getValue() !== held) variableEditor.setValue(held);
    const [query, variables] = [queryEditor.getValue(), held];
    if (query.trim() !== "" && isUntouched(curated, query, variables)) open({ query, variables });
  }, [isReady, open, shared, curated, held, queryEditor, variableEditor]);
  return isReady;
}

/** The editors look as the system does, also once it changes; GraphiQL asks it only once. */
function useSystemTheme(): void {
  const theme = useGraphiQL((state) => state.theme);
  const { setTheme } = useGraphiQLActions();
  useEffect(() => {
    if (theme) return;
    const system = matchMedia("(prefers-color-scheme: dark)");
    const follow = () => setTheme(null);
    system.addEventListener("change", follow);
    return () => system.removeEventListener("change", follow);
  }, [theme, setTheme]);
}

/** The history has each operation once, where it was asked last; GraphiQL compares with the last entry only. */
function useHistoryOfOnce(): void {
  const entries = useHistory();
  const { deleteFromHistory } = useHistoryActions();
  useEffect(() => {
    const asked = entries.filter((one) => !one.favorite);
    const key = (one: (typeof entries)[number]) => JSON.stringify([one.query, one.variables, one.operationName]);
    const older = asked.find((one, i) => asked.slice(i + 1).some((later) => key(later) === key(one)));
    if (older) deleteFromHistory(older);
  }, [entries, deleteFromHistory]);
}
