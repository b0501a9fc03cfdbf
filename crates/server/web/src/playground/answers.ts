// Runs queries, and remembers for each tab what was asked, what came back and what it took.
import { type GraphQLSchema, buildClientSchema, validate } from "graphql";
import { useSyncExternalStore } from "react";
import { type Answer, type Cost, type Plan, type Problem, type Question, type Stats, ask } from "../ask";
import { parsed } from "../graph";
import { identify, strip } from "../identify";
import { operationOf } from "./operation";

/** The last answer of a tab. */
export interface Answered {
  question: Question;
  /** What came back, as the question asks for it. */
  data: unknown;
  /** The same with the ids that were asked for beside it, and the query that asked. */
  identified: { query: string; data: unknown };
  /** What was sent beside the question, so that the same reader can ask it again. */
  headers: Record<string, string>;
  errors: Problem[];
  stats?: Stats;
  cost?: Cost;
  /** How it came about, if the server tells it. */
  plan?: Plan;
}

const answers = new Map<string, Answered>();
const listeners = new Set<() => void>();
const turns = new Map<string, number>();
let tab = "";
let asking: () => void = () => {};

/** Says which tab is in front; what runs from now on is its own. */
export function inFront(id: string): void {
  tab = id;
}

/** Says what to do when something is asked. */
export function whenAsking(listener: () => void): void {
  asking = listener;
}

/** The last answer of a tab, if it has run anything since the page was opened. */
export function useAnswer(id: string): Answered | undefined {
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return useSyncExternalStore(subscribe, () => answers.get(id));
}

let know: (schema: GraphQLSchema | null) => void;
/** The schema once GraphiQL has asked for it; null if the server does not tell it. */
const schema = new Promise<GraphQLSchema | null>((resolve) => (know = resolve));

/** Sends what GraphiQL wants to know. */
export async function fetcher(question: Question, options?: { headers?: Record<string, string> }): Promise<Answer> {
  const own = options?.headers ?? {};
  if (question.operationName === "IntrospectionQuery") return introspect(question, own);
  asking();
  const asker = tab;
  const turn = (turns.get(asker) ?? 0) + 1;
  turns.set(asker, turn);
  function remember(answered: Omit<Answered, "question" | "headers">): void {
    // An answer that comes after that of a later question is no news.
    if (turns.get(asker) !== turn) return;
    answers.set(asker, { question, headers: own, ...answered });
    for (const listener of listeners) listener();
  }
  try {
    const { answer, ...identified } = await run(question, own);
    const { stats, cost, plan, ...rest } = answer.extensions ?? {};
    remember({ data: answer.data, identified, errors: answer.errors ?? [], stats, cost, plan });
    // The meter shows what we asked for; the answer shows what the reader asked for.
    const wants = (name: string) => Object.keys(own).some((header) => header.toLowerCase() === name);
    const kept = {
      ...rest,
      ...(stats && wants("edumap-stats") ? { stats } : {}),
      ...(cost && wants("edumap-cost") ? { cost } : {}),
      ...(plan && wants("edumap-plan") ? { plan } : {}),
    };
    const shown: Answer = { ...answer, extensions: kept };
    if (Object.keys(kept).length === 0) delete shown.extensions;
    return shown;
  } catch (error) {
    const message = `The server did not answer: ${error instanceof Error ? error.message : error}`;
    remember({ data: undefined, identified: { query: question.query, data: undefined }, errors: [{ message }] });
    throw new Error(message);
  }
}

async function introspect(question: Question, headers: Record<string, string>): Promise<Answer> {
  try {
    const answer = await ask(question, headers);
    know(answer.data ? buildClientSchema(answer.data, { assumeValid: true }) : null);
    return answer;
  } catch (error) {
    know(null);
    throw error;
  }
}

/** Runs a question, with ids if it can have them; gives its own answer, and the same with ids. */
async function run(question: Question, own: Record<string, string>): Promise<{ answer: Answer; query: string; data: unknown }> {
  const headers = { "edumap-stats": "1", "edumap-cost": "1", "edumap-plan": "1", ...own };
  const known = await schema;
  const document = parsed(question.query);
  const isQuery = document && operationOf(document, question.operationName ?? null)?.operation === "query";
  const identified = known && document && isQuery && validate(known, document).length === 0 ? identify(known, question.query, document) : null;
  if (identified) {
    const { query, original } = identified;
    const answer = await ask({ ...question, query }, headers);
    // One that was refused may have been too large with its ids, and is asked as it stands.
    if (answer.data) {
      const { data, removed } = strip(answer.data);
      const errors = answer.errors?.map((one) => (one.locations ? { ...one, locations: one.locations.map(original) } : one));
      const cost = answer.extensions?.cost;
      const extensions = cost?.actual === undefined ? answer.extensions : { ...answer.extensions, cost: { ...cost, actual: cost.actual - removed } };
      return { answer: { ...answer, data, ...(errors && { errors }), ...(extensions && { extensions }) }, query, data: answer.data };
    }
  }
  const answer = await ask(question, headers);
  return { answer, query: question.query, data: answer.data };
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
