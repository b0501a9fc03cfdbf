// The answer as a graph of nouns and ties.
import { useGraphiQL } from "@graphiql/react";
import { isSchema } from "graphql";
import { useEffect, useMemo, useRef, useState } from "react";
import { many } from "../ask";
import { type Graph, graph } from "../graph";
import { type Network, type NetworkData, showNetwork } from "../network";
import type { Answered } from "./answers";

/** How many nouns, and how many ties between them, are drawn before a picture helps nobody. */
const MOST_NOUNS = 1000;
const MOST_TIES = 4000;

/** The first nouns that are few enough, with all ties between them. */
function first({ nouns, ties }: Graph): Graph {
  const order = new Map(nouns.map((noun, i) => [noun.key, i]));
  // A tie is there with the later of its two nouns.
  const arrivals = ties.map(({ from, to }) => Math.max(order.get(from)!, order.get(to)!));
  const few = Math.min(MOST_NOUNS, nouns.length, arrivals.toSorted((a, b) => a - b)[MOST_TIES] ?? Infinity);
  return { nouns: nouns.slice(0, few), ties: ties.filter((_, i) => arrivals[i]! < few) };
}

/** The nouns and ties as a network has them. */
const network = ({ nouns, ties }: Graph): NetworkData => ({
  nodes: nouns.map(({ key, type, label, lang, view, facts }) => ({ id: key, kind: type, label: view ? `${label} (${view})` : label, lang, facts: [...facts] })),
  edges: ties.map(({ from, to, label, facts }) => ({ source: from, target: to, label, facts: [...facts] })),
});

/** The drawing, with all that belongs to it. */
export default function AsGraph({ answer }: { answer: Answered }) {
  const schema = useGraphiQL((state) => state.schema);
  const theme = useGraphiQL((state) => state.monacoTheme);
  const box = useRef<HTMLDivElement>(null);
  const shown = useRef<Network | null>(null);
  const [hasFailed, setHasFailed] = useState(false);
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
    setHasFailed(false);
    showNetwork(box.current, network(part), { signal: gone.signal }).then(
      (network) => {
        if (gone.signal.aborted) network.destroy();
        else shown.current = network;
      },
      (error: unknown) => {
        if (gone.signal.aborted) return;
        console.error(error);
        setHasFailed(true);
      },
    );
    return () => {
      gone.abort();
      shown.current?.destroy();
      shown.current = null;
    };
  }, [part]);
  useEffect(() => shown.current?.repaint(), [theme]);
  if (all.nouns.length === 0) return <p className="empty">No noun to draw: this answer has no school, group, alliance, partner or place in it.</p>;
  return (
    <>
      {all.nouns.length > part.nouns.length && (
        <p className="stale">
          The first {many(part.nouns.length, "noun")} of {all.nouns.length.toLocaleString("en")} are drawn.
        </p>
      )}
      {hasFailed && <p className="empty">The picture cannot be drawn.</p>}
      <div ref={box} className="picture-of-answer" />
    </>
  );
}
