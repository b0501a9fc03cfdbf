// Runs queries, and remembers for each tab what was asked, what came back and what it took.
import { useSyncExternalStore } from "react";
import { type Answer, type Cost, type Question, type Stats, ask } from "../ask";

/** The last answer of a tab. */
export interface Answered {
  question: Question;
  data: unknown;
  stats?: Stats;
  cost?: Cost;
}

const answers = new Map<string, Answered>();
const listeners = new Set<() => void>();
let tab = "";

/** Says which tab is in front; what runs from now on is its own. */
export function inFront(id: string): void {
  tab = id;
}

/** The last answer of a tab, if it has run anything since the page was opened. */
export function useAnswer(id: string): Answered | undefined {
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return useSyncExternalStore(subscribe, () => answers.get(id));
}

/** Sends what GraphiQL wants to know. */
export async function fetcher(question: Question, options?: { headers?: Record<string, string> }): Promise<Answer> {
  const own = options?.headers ?? {};
  if (question.operationName === "IntrospectionQuery") return ask(question, own);
  const asker = tab;
  const answer = await ask(question, { "edumap-stats": "1", "edumap-cost": "1", ...own });
  const { stats, cost, ...rest } = answer.extensions ?? {};
  answers.set(asker, { question, data: answer.data, stats, cost });
  for (const listener of listeners) listener();
  // The meter shows what we asked for; the answer shows what the reader asked for.
  const wanted = Object.keys(own).map((name) => name.toLowerCase());
  const kept = {
    ...rest,
    ...(stats && wanted.includes("edumap-stats") ? { stats } : {}),
    ...(cost && wanted.includes("edumap-cost") ? { cost } : {}),
  };
  const shown: Answer = { ...answer, extensions: kept };
  if (Object.keys(kept).length === 0) delete shown.extensions;
  return shown;
}

const ESTIMATE = { "edumap-cost": "only" };
let reckons: Promise<boolean> | undefined;

/** What a question would cost; undefined from a server that does not reckon, which would run it instead. */
export async function estimate(question: Question): Promise<Cost | undefined> {
  reckons ??= ask({ query: "{ __typename }" }, ESTIMATE).then(
    (answer) => typeof answer.extensions?.cost?.estimated === "number" && answer.data === undefined,
    () => false,
  );
  if (!(await reckons)) return undefined;
  return (await ask(question, ESTIMATE)).extensions?.cost;
}
