// How an answer came about: the levels of its plan as a tree, and the statements that they took.
import { type Level, type Plan, many } from "../ask";

function inMilliseconds(micros: number): string {
  return `${(micros / 1000).toFixed(2)} ms`;
}

/** The tree of levels, and the text of each statement. */
export function AsPlan({ plan }: { plan: Plan | undefined }) {
  if (!plan) return <p className="empty">This server does not tell how it answers. It does if it is started with --explain on.</p>;
  return (
    <div className="plan" tabIndex={0} role="region" aria-label="How the answer came about">
      <p>
        {plan.by === "plan"
          ? "Answered by a plan: each level is loaded for all its objects together."
          : "Answered by resolvers, field by field: this operation has no plan, or something in it failed."}
      </p>
      <Levels levels={plan.levels} plan={plan} />
      <ol>
        {plan.statements.map(({ sql, rows, micros }, i) => (
          <li key={i} id={`statement-${i + 1}`}>
            <details>
              <summary>
                {many(rows, "row")}, {inMilliseconds(micros)}
              </summary>
              <pre>{sql}</pre>
            </details>
          </li>
        ))}
      </ol>
    </div>
  );
}

function Levels({ levels, plan }: { levels: Level[]; plan: Plan }) {
  if (levels.length === 0) return null;
  return (
    <ul>
      {levels.map((level, i) => (
        <li key={i}>
          <code>{level.field}</code>{" "}
          <span>
            {level.parents.toLocaleString("en")}
            {level.type ? ` → ${(level.objects ?? 0).toLocaleString("en")} ${level.type}` : level.parents === 1 ? " value" : " values"}
          </span>
          {level.statements.map((at) => (
            <a key={at} href={`#statement-${at + 1}`} onClick={(event) => show(event, at)}>
              statement {at + 1}: {many(plan.statements[at].rows, "row")}, {inMilliseconds(plan.statements[at].micros)}
            </a>
          ))}
          <Levels levels={level.levels ?? []} plan={plan} />
        </li>
      ))}
    </ul>
  );
}

/** Opens a statement and brings it into view; the address, which holds the question, stays. */
function show(event: { preventDefault(): void }, at: number): void {
  event.preventDefault();
  const statement = document.getElementById(`statement-${at + 1}`);
  statement?.querySelector("details")?.setAttribute("open", "");
  statement?.scrollIntoView({ block: "nearest" });
}
