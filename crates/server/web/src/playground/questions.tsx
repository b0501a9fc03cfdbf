// The panel of ready-made questions; choosing one opens a tab of its own and runs it.
import type { GraphiQLPlugin } from "@graphiql/react";
import { createContext, useContext } from "react";
import { useOpen } from "./open";

/** A ready-made question, as the server keeps it. */
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

/** The words in backticks as code. */
function prose(text: string) {
  return text.split("`").map((part, i) => (i % 2 ? <code key={i}>{part}</code> : part));
}

function Panel() {
  const curated = useContext(Questions);
  const open = useOpen();
  return (
    <section className="questions" aria-label="Questions">
      <h2>Questions</h2>
      <p>Each opens in a tab of its own, and leaves your work where it is.</p>
      <ul>
        {curated.map((one) => (
          <li key={one.name}>
            <button type="button" data-query={one.name} onClick={() => open({ query: shown(one), variables: JSON.stringify(one.variables, null, 2) }, true)}>
              {one.title}
            </button>
            <p>{prose(one.description)}</p>
            <p className="meta">
              {one.audience} · at most {one.budget} SQL statements
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Icon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <path d="M4 4h11l5 5v11H4z" strokeLinejoin="round" />
      <path d="M9.500 11.200a2.500 2.500 0 1 1 3.300 2.400c-.6.2-.8.6-.8 1.100" strokeLinecap="round" />
      <circle cx="12" cy="17" r=".6" fill="currentColor" />
    </svg>
  );
}

/** The panel, for GraphiQL's side bar. */
export const QUESTIONS: GraphiQLPlugin = { title: "Questions", icon: Icon, content: Panel };
