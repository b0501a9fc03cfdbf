// Below the answer's heading: the same answer as JSON, as a table or as a graph, and what it took.
import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { Suspense, lazy, useEffect, useState } from "react";
import { type Cost, type Problem, many, took } from "../ask";
import { VIEWS, type View } from "../share";
import { type Answered, estimate, useAnswer } from "./answers";
import { AsPlan } from "./AsPlan";
import { AsTable } from "./AsTable";
import { isStale, useOperation } from "./operation";

// The library that draws is large, and most readers of an answer do not need it.
const AsGraph = lazy(() => import("./AsGraph"));

/** The strip, what went wrong, and the table or the graph if one is chosen. */
export function Reading({ view, setView, tab }: { view: View; setView: (view: View) => void; tab: string }) {
  const answer = useAnswer(tab);
  return (
    <div className="reading">
      <div className="strip">
        <div role="group" aria-label="Read the answer as">
          {VIEWS.filter(([one]) => one !== "plan" || view === "plan" || answer?.plan).map(([one, name]) => (
            <button key={one} type="button" className="small" aria-pressed={view === one} onClick={() => setView(one)}>
              {name}
            </button>
          ))}
        </div>
        <Meter answer={answer} />
      </div>
      {answer && <Stale answer={answer} />}
      {answer && answer.errors.length > 0 && <Errors errors={answer.errors} />}
      {view !== "json" && !answer && <p className="empty">Run the operation to see its answer here.</p>}
      {view === "table" && answer && <AsTable answer={answer} />}
      {view === "plan" && answer && <AsPlan plan={answer.plan} />}
      {view === "graph" && answer && (
        <Suspense fallback={<p className="empty">Drawing…</p>}>
          <AsGraph answer={answer} />
        </Suspense>
      )}
    </div>
  );
}

/** Says that the answer is that to another question than the editors hold now. */
function Stale({ answer }: { answer: Answered }) {
  const now = useOperation();
  const { run } = useGraphiQLActions();
  const isFetching = useGraphiQL((state) => state.isFetching);
  if (isFetching || !isStale(answer.question, now)) return null;
  return (
    <p className="stale" role="status">
      This answer is from before the last change.{" "}
      {now.document && now.values && (
        <button type="button" className="small" onClick={() => void run()}>
          Run again
        </button>
      )}
    </p>
  );
}

/** How many errors are shown; the JSON has all. */
const MOST_ERRORS = 5;

function Errors({ errors }: { errors: Problem[] }) {
  return (
    <div className="errors" role="alert">
      <ul>
        {errors.slice(0, MOST_ERRORS).map(({ message, path, locations, extensions }, i) => (
          <li key={i}>
            {message}
            <small>
              {path && path.length > 0 && <code>{path.join(".")}</code>}
              {locations?.[0] && ` line ${locations[0].line}, column ${locations[0].column}`}
              {extensions?.code && ` ${extensions.code}`}
            </small>
          </li>
        ))}
      </ul>
      {errors.length > MOST_ERRORS && <p>and {many(errors.length - MOST_ERRORS, "other error")}; the JSON has all of them</p>}
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
