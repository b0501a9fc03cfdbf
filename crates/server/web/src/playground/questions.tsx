// The panel of ready-made questions; choosing one opens it and runs it.
import type { GraphiQLPlugin } from "@graphiql/react";
import { useContext } from "react";
import { Questions, shown, written } from "./curated";
import { useOpen } from "./open";

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
      <p>Each runs as soon as it is chosen. What you have written stays in its own tab.</p>
      <ul>
        {curated.map((one) => (
          <li key={one.name}>
            <button
              type="button"
              data-query={one.name}
              onClick={() => open({ query: shown(one), variables: written(one) })}
            >
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
