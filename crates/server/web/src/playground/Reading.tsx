// Below the answer's heading: the same answer as JSON, as a table or as a graph, and what it took.
import { useEffect, useMemo, useRef, useState } from "react";
import { isSchema } from "graphql";
import { useGraphiQL } from "@graphiql/react";
import { type Cost, many, took } from "../ask";
import { type Graph, graph } from "../graph";
import { cytoscape, look, style } from "../nouns";
import { type Table, csv, table, tsv, written } from "../rows";
import { type Answered, estimate, useAnswer } from "./answers";
import { useOperation } from "./Controls";

/** A way to read an answer. */
export type View = "json" | "table" | "graph";

const VIEWS: [View, string][] = [
  ["json", "JSON"],
  ["table", "Table"],
  ["graph", "Graph"],
];

/** The strip, and the table or the graph if one is chosen. */
export function Reading({ view, setView, tab }: { view: View; setView: (view: View) => void; tab: string }) {
  const answer = useAnswer(tab);
  return (
    <div className="reading">
      <div className="strip">
        <div role="group" aria-label="Read the answer as">
          {VIEWS.map(([one, name]) => (
            <button key={one} type="button" className="small" aria-pressed={view === one} onClick={() => setView(one)}>
              {name}
            </button>
          ))}
        </div>
        <Meter answer={answer} />
      </div>
      {view !== "json" && !answer && <p className="empty">Run the operation to see its answer here.</p>}
      {view === "table" && answer && <AsTable answer={answer} />}
      {view === "graph" && answer && <AsGraph answer={answer} />}
    </div>
  );
}

/** What it would cost, while somebody types; and what it took, after it ran. */
function Meter({ answer }: { answer: Answered | undefined }) {
  const { query, document, operationName, variables, values } = useOperation();
  const [cost, setCost] = useState<Cost | undefined>();
  const isAskable = document !== null && values !== null;
  useEffect(() => {
    let isStale = false;
    const timer = setTimeout(() => {
      if (!isAskable) return;
      estimate({ query, variables: values ?? {}, operationName }).then(
        (cost) => !isStale && setCost(cost),
        () => !isStale && setCost(undefined),
      );
    }, 400);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
    // The values are those of the text.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [query, variables, operationName, isAskable]);
  return (
    <p className="meter" role="status" aria-label="Cost">
      {typeof cost?.estimated === "number" && (
        <span className="estimate">
          Would cost {cost.estimated.toLocaleString("en")}
          {typeof cost.limit === "number" && ` of ${cost.limit.toLocaleString("en")}`}
        </span>
      )}
      {answer?.stats && <span className="took">{took(answer.stats)}</span>}
      {typeof answer?.cost?.actual === "number" && <span>cost {answer.cost.actual.toLocaleString("en")}</span>}
    </p>
  );
}

/** How many rows are drawn; copies and files have them all. */
const MOST_ROWS = 1000;

function AsTable({ answer }: { answer: Answered }) {
  const all: Table = useMemo(() => table(answer.data), [answer]);
  const [isCopied, setIsCopied] = useState(false);
  useEffect(() => setIsCopied(false), [all]);
  function download(): void {
    // With a byte order mark, since a spreadsheet would not know Chinese otherwise.
    const url = URL.createObjectURL(new Blob(["\uFEFF", csv(all)], { type: "text/csv;charset=utf-8" }));
    const name = answer.question.operationName ?? "answer";
    Object.assign(document.createElement("a"), { href: url, download: `${name}.csv` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }
  if (all.columns.length === 0) return <p className="empty">This answer has nothing to tabulate.</p>;
  return (
    <>
      <div className="strip">
        <span>
          {many(all.rows.length, "row")}, {many(all.columns.length, "column")}
          {all.rows.length > MOST_ROWS && `; the first ${MOST_ROWS} are shown`}
        </span>
        <button type="button" className="small" onClick={() => void navigator.clipboard?.writeText(tsv(all)).then(() => setIsCopied(true))}>
          Copy
        </button>
        <button type="button" className="small" onClick={download}>
          Download CSV
        </button>
        <span role="status">{isCopied ? "Copied." : ""}</span>
      </div>
      <div className="sheet" tabIndex={0} role="region" aria-label="The answer as a table">
        <table>
          <thead>
            <tr>
              {all.columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {all.rows.slice(0, MOST_ROWS).map((row, i) => (
              <tr key={i}>
                {row.map((cell, j) => (
                  <td key={j}>{written(cell)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** How many nouns are drawn before a picture helps nobody. */
const MOST_NOUNS = 400;

function AsGraph({ answer }: { answer: Answered }) {
  const schema = useGraphiQL((state) => state.schema);
  const theme = useGraphiQL((state) => state.theme);
  const box = useRef<HTMLDivElement>(null);
  const core = useRef<cytoscape.Core | null>(null);
  const all: Graph = useMemo(() => {
    if (!isSchema(schema)) return { nouns: [], ties: [] };
    return graph(schema, answer.question.query, answer.question.operationName ?? null, answer.data);
  }, [answer, schema]);
  useEffect(() => {
    if (!box.current || all.nouns.length === 0) return;
    const drawn = new Set(all.nouns.slice(0, MOST_NOUNS).map((noun) => noun.key));
    const picture = cytoscape({
      container: box.current,
      elements: [
        ...all.nouns.filter((noun) => drawn.has(noun.key)).map(({ key, type, label }) => ({ data: { id: key, type, label } })),
        ...all.ties
          .filter((tie) => drawn.has(tie.from) && drawn.has(tie.to))
          .map((tie, i) => ({ data: { id: `tie-${i}`, source: tie.from, target: tie.to, label: tie.label } })),
      ],
      style: style(box.current),
      layout: { name: "dagre", rankDir: "LR", nodeSep: 14, rankSep: 210, edgeSep: 10, fit: true, padding: 20 } as cytoscape.LayoutOptions,
      minZoom: 0.05,
      maxZoom: 3,
    });
    // Room for the names of the last rank, which stand to the right of their nodes.
    picture.fit(undefined, 20);
    if (picture.zoom() > 1.2) picture.zoom(1.2), picture.center();
    picture.on("tap", (event) => {
      picture.elements().removeClass("faint");
      if (event.target !== picture && event.target.isNode()) {
        picture.elements().difference(event.target.closedNeighborhood()).addClass("faint");
      }
    });
    core.current = picture;
    return () => {
      core.current = null;
      picture.destroy();
    };
  }, [all, theme]);
  const zoom = (factor: number) => {
    const picture = core.current;
    if (picture && box.current) picture.zoom({ level: picture.zoom() * factor, renderedPosition: { x: box.current.clientWidth / 2, y: box.current.clientHeight / 2 } });
  };
  if (all.nouns.length === 0) return <p className="empty">No noun to draw: ask schools, groups, alliances or partners for their name.</p>;
  const label = new Map(all.nouns.map((noun) => [noun.key, noun.label]));
  const kinds = [...new Set(all.nouns.map((noun) => noun.type))];
  return (
    <>
      <div className="strip">
        <span>
          {many(all.nouns.length, "noun")}, {many(all.ties.length, "tie")}
          {all.nouns.length > MOST_NOUNS && `; the first ${MOST_NOUNS} nouns are drawn`}
        </span>
        <ul className="legend" aria-label="Shapes">
          {kinds.map((type) => (
            <li key={type}>
              <svg viewBox="0 0 20 20" aria-hidden="true">
                <path d={look(type).path} fill={look(type).color} />
              </svg>
              {type}
            </li>
          ))}
        </ul>
        <button type="button" className="small" onClick={() => zoom(1.3)} aria-label="Zoom in">
          +
        </button>
        <button type="button" className="small" onClick={() => zoom(1 / 1.3)} aria-label="Zoom out">
          −
        </button>
        <button type="button" className="small" onClick={() => core.current?.fit(undefined, 20)}>
          Fit
        </button>
      </div>
      <div ref={box} className="drawing" role="img" aria-label={`${many(all.nouns.length, "noun")} and ${many(all.ties.length, "tie")}; listed below`} data-nouns={all.nouns.length} data-ties={all.ties.length} />
      <details className="ties">
        <summary>The ties in words</summary>
        <ul>
          {all.ties.map((tie, i) => (
            <li key={i}>
              {label.get(tie.from)} → {tie.label} → {label.get(tie.to)}
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}
