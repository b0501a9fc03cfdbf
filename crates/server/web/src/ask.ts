// Asks the server, as any client would.

/** What an answer took, as `extensions.stats` says. */
export interface Stats {
  sqlStatements: number;
  rows: number;
  elapsedMicros: number;
}

/** What a query costs, as `extensions.cost` says; servers that do not reckon say nothing. */
export interface Cost {
  estimated: number;
  actual?: number;
  limit?: number;
}

/** How an answer came about, as `extensions.plan` says where the server tells it. */
export interface Plan {
  by: "plan" | "resolvers";
  levels: Level[];
  statements: { sql: string; rows: number; micros: number }[];
}

/** A field for which something was loaded, for all objects that have it. */
export interface Level {
  field: string;
  parents: number;
  micros: number | null;
  /** The places of its statements in the plan's list. */
  statements: number[];
  /** The type to which it leads, to how many different objects, and what was loaded for those. */
  type?: string;
  objects?: number;
  levels?: Level[];
}

/** An error of an answer. */
export interface Problem {
  message: string;
  path?: (string | number)[];
  locations?: { line: number; column: number }[];
  extensions?: { code?: string };
}

/** An answer of the API. */
export interface Answer {
  data?: any;
  errors?: Problem[];
  extensions?: { stats?: Stats; cost?: Cost; plan?: Plan; [name: string]: unknown };
}

/** What is asked. */
export interface Question {
  query: string;
  variables?: unknown;
  operationName?: string | null;
}

/** Sends a question and returns the answer, also where it is one of errors. */
export async function ask(question: Question, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch("graphql", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json", ...headers },
    body: JSON.stringify(question),
  });
  return response.json();
}

/** A number with one of something, or several. */
export function many(n: number, one: string, several = `${one}s`): string {
  return `${n.toLocaleString("en")} ${n === 1 ? one : several}`;
}

/** What an answer took, in words. */
export function took({ sqlStatements, rows, elapsedMicros }: Stats): string {
  return `${many(sqlStatements, "statement")} · ${many(rows, "row")} · ${(elapsedMicros / 1000).toFixed(1)} ms`;
}
