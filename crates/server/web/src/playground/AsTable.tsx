// The answer as a table: the items of one of its lists, to sort, to filter, to copy and to download.
import { useEffect, useMemo, useRef, useState } from "react";
import { many } from "../ask";
import { FORMATS, type Format, download } from "../download";
import { type Table, arranged, lists, table, tsv, usual, written } from "../rows";
import type { Answered } from "./answers";

/** How many rows are drawn; copies and files have them all. */
const MOST_ROWS = 1000;

/** A column whose cells put the rows in order. */
interface Order {
  column: number;
  descending: boolean;
}

/** The list whose rows a ready-made question says that it is about, in a comment before it. */
const named = (query: string): string | undefined => /^# rows: (\S+)$/m.exec(query)?.[1];

/** The table with its tools. */
export function AsTable({ answer }: { answer: Answered }) {
  const all = useMemo(() => lists(answer.data), [answer]);
  const [wanted, setWanted] = useState<string | null>(null);
  // Another answer may not have the list that was chosen for the one before.
  const list = all.find((one) => one.path === wanted) ?? all.find((one) => one.name === named(answer.question.query)) ?? usual(all);
  const whole: Table = useMemo(() => table(answer.data, list?.path), [answer, list?.path]);
  const [filter, setFilter] = useState("");
  const [order, setOrder] = useState<Order | null>(null);
  const header = whole.columns.join("\n");
  useEffect(() => setOrder(null), [header]);
  const rows = useMemo(() => arranged(whole.rows, filter, order), [whole, filter, order]);
  const [told, setTold] = useState("");
  useEffect(() => setTold(""), [rows]);
  const sheet = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (sheet.current) sheet.current.scrollTop = 0;
  }, [rows]);

  if (whole.columns.length === 0) return <p className="empty">This answer has nothing to tabulate.</p>;
  /** Ascending, then descending, then as the answer has it. */
  function sort(column: number): void {
    if (order?.column !== column) setOrder({ column, descending: false });
    else setOrder(order.descending ? null : { column, descending: true });
  }
  return (
    <>
      <div className="strip tools">
        {all.length > 1 && list && (
          <label>
            Rows{" "}
            <select name="rows" value={list.path} onChange={(event) => setWanted(event.target.value)}>
              {all.map((one) => (
                <option key={one.path} value={one.path}>
                  {one.name} ({one.items.toLocaleString("en")})
                </option>
              ))}
            </select>
          </label>
        )}
        <label>
          Filter <input type="search" name="filter" size={12} value={filter} onChange={(event) => setFilter(event.target.value)} autoComplete="off" />
        </label>
        <span className="count" role="status">
          {rows.length < whole.rows.length && `${rows.length.toLocaleString("en")} of `}
          {many(whole.rows.length, "row")}, {many(whole.columns.length, "column")}
          {rows.length > MOST_ROWS && `; the first ${MOST_ROWS.toLocaleString("en")} are shown`}
        </span>
        <span className="takes">
          <button type="button" className="small" title="For a spreadsheet: the rows as they stand here" onClick={() => void navigator.clipboard?.writeText(tsv({ columns: whole.columns, rows })).then(() => setTold("Copied."))}>
            Copy
          </button>
          <Downloads answer={answer} list={list?.name} />
        </span>
        <span role="status">{told}</span>
      </div>
      <div ref={sheet} className="sheet" tabIndex={0} role="region" aria-label="The answer as a table" data-list={list?.name}>
        <table>
          <thead>
            <tr>
              {whole.columns.map((name, column) => {
                const direction = order?.column === column ? (order.descending ? "descending" : "ascending") : undefined;
                return (
                  <th key={column} scope="col" aria-sort={direction}>
                    <button type="button" className="sorts" onClick={() => sort(column)}>
                      {name}
                      <span aria-hidden="true">{direction === "ascending" ? "▲" : direction === "descending" ? "▼" : ""}</span>
                    </button>
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, MOST_ROWS).map((row, i) => (
              <tr key={i}>
                {row.map((cell, j) => (
                  <td key={j} className={typeof cell === "number" ? "number" : undefined}>
                    {written(cell)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {rows.length === 0 && <p className="empty">{filter ? "No row has these words." : "The list has no rows."}</p>}
      </div>
    </>
  );
}

/** Buttons that ask the server for the same rows as a file. */
function Downloads({ answer, list }: { answer: Answered; list: string | undefined }) {
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState<Format | null>(null);
  const [hasAllPages, setHasAllPages] = useState(false);
  useEffect(() => setProblem(null), [answer, list]);
  async function take(format: Format): Promise<void> {
    setBusy(format);
    setProblem(null);
    try {
      await download(format, answer.question, { list, hasAllPages }, answer.headers);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
    setBusy(null);
  }
  return (
    <>
      {list !== undefined && (
        <label title="Files have the rows of all pages of the list, not only of those that the query asks for">
          <input type="checkbox" name="pages" checked={hasAllPages} onChange={(event) => setHasAllPages(event.target.checked)} /> All pages
        </label>
      )}
      {FORMATS.map((format) => (
        <button key={format.name} type="button" className="small" disabled={busy !== null} aria-label={`Download ${format.name}`} title="The rows of this list, from the server" onClick={() => void take(format)}>
          {busy === format ? "…" : format.name}
        </button>
      ))}
      {problem !== null && (
        <span className="problem" role="alert">
          {problem}
        </span>
      )}
    </>
  );
}
