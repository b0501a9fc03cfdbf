// The answer as a graph of nouns and ties.
import { useGraphiQL } from "@graphiql/react";
import { isSchema } from "graphql";
import { useEffect, useMemo, useRef, useState } from "react";
import { many } from "../ask";
import { type Graph, graph } from "../graph";
import { draw } from "../drawing";
import { type cytoscape, look } from "../nouns";
import type { Answered } from "./answers";

/** How many nouns, and how many ties between them, are drawn before a picture helps nobody. */
const MOST_NOUNS = 400;
const MOST_TIES = 1000;

/** The first nouns that are few enough, with all ties between them. */
function first({ nouns, ties }: Graph): Graph {
  const order = new Map(nouns.map((noun, i) => [noun.key, i]));
  // A tie is there with the later of its two nouns.
  const arrivals = ties.map(({ from, to }) => Math.max(order.get(from)!, order.get(to)!));
  const few = Math.min(MOST_NOUNS, nouns.length, arrivals.toSorted((a, b) => a - b)[MOST_TIES] ?? Infinity);
  return { nouns: nouns.slice(0, few), ties: ties.filter((_, i) => arrivals[i] < few) };
}

/** The drawing, its legend, and the same in words. */
export default function AsGraph({ answer }: { answer: Answered }) {
  const schema = useGraphiQL((state) => state.schema);
  const theme = useGraphiQL((state) => state.monacoTheme);
  const box = useRef<HTMLDivElement>(null);
  const core = useRef<cytoscape.Core | null>(null);
  const [ended, setEnded] = useState<{ part: Graph; theme: unknown; how: "drawn" | "failed" } | null>(null);
  const all: Graph = useMemo(() => {
    if (!isSchema(schema)) return { nouns: [], ties: [] };
    const { question, identified } = answer;
    const variables = (question.variables ?? {}) as Record<string, unknown>;
    return graph(schema, { ...identified, variables, operationName: question.operationName ?? null });
  }, [answer, schema]);
  const part = useMemo(() => first(all), [all]);
  useEffect(() => {
    if (!box.current || part.nouns.length === 0) return;
    const gone = new AbortController();
    draw(box.current, part, gone.signal).then(
      (picture) => {
        core.current = picture;
        setEnded({ part, theme, how: "drawn" });
      },
      (error: unknown) => {
        if (gone.signal.aborted) return;
        console.error(error);
        setEnded({ part, theme, how: "failed" });
      },
    );
    return () => {
      gone.abort();
      core.current?.destroy();
      core.current = null;
    };
  }, [part, theme]);
  // What an earlier picture came to says nothing of this one.
  const state = ended?.part === part && ended.theme === theme ? ended.how : "drawing";
  const zoom = (factor: number) => {
    const picture = core.current;
    if (picture && box.current) picture.zoom({ level: picture.zoom() * factor, renderedPosition: { x: box.current.clientWidth / 2, y: box.current.clientHeight / 2 } });
  };
  if (all.nouns.length === 0) return <p className="empty">No noun to draw: this answer has no school, group, alliance, partner or place in it.</p>;
  const label = new Map(all.nouns.map(({ key, label, view }) => [key, view ? `${label} (${view})` : label]));
  const kinds = [...new Set(all.nouns.map((noun) => noun.type))];
  return (
    <>
      <div className="strip">
        <span>
          {many(all.nouns.length, "noun")}, {many(all.ties.length, "tie")}
          {all.nouns.length > part.nouns.length && `; the first ${many(part.nouns.length, "noun")} are drawn`}
        </span>
        <span role="status">{{ drawing: "Drawing…", drawn: "", failed: "The picture cannot be drawn." }[state]}</span>
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
        <div role="group" aria-label="Zoom">
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
      </div>
      <div ref={box} className="drawing" role="img" aria-label={`${many(all.nouns.length, "noun")} and ${many(all.ties.length, "tie")}; listed below`} data-nouns={all.nouns.length} data-ties={all.ties.length} data-state={state} />
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
