// The ready-made questions, as the server keeps them.
import { createContext } from "react";
import { read } from "./operation";

/** A ready-made question. */
export interface Curated {
  name: string;
  title: string;
  audience: string;
  description: string;
  variables: Record<string, unknown>;
  budget: number;
  text: string;
}

/** All ready-made questions. */
export const Questions = createContext<Curated[]>([]);

/** The operation under its title; what else the file says of itself stands in the panel. */
export const shown = ({ title, text }: Curated) => `# ${title}\n${text.replace(/^(#.*\n)+/, "")}`;

/** The variables as an editor shows them. */
export const written = ({ variables }: Curated) => JSON.stringify(variables, null, 2);

/** Whether nobody has written anything into a tab: it is empty, or a question as it was opened. */
export function isUntouched(curated: Curated[], query: string, variables: string): boolean {
  if (query.trim() === "") return true;
  return curated.some((one) => shown(one) === query && JSON.stringify(one.variables) === JSON.stringify(read(variables)));
}
