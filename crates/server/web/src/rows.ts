// The one place that turns an answer into rows; docs/playground.md states the rule in words.

/** A cell: what JSON has no structure for. */
export type Cell = string | number | boolean | null;

/** A table: the names of its columns, and as many cells in each row. */
export interface Table {
  columns: string[];
  rows: (Cell | undefined)[][];
}

type Row = Map<string, Cell>;
type Names = Map<string, Names>;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Rows of an answer's `data`. */
export function table(data: unknown): Table {
  // Names in the order in which a reader meets them, each under the one it stands in: a list that is empty
  // in the first rows keeps its place for the columns that later rows fill.
  const met: Names = new Map();

  /** What an object says of itself, and the rows of each list in it. */
  function read(value: Record<string, unknown>, path: string, names: Names): { own: Row; lists: Row[][] } {
    const own: Row = new Map();
    const lists: Row[][] = [];
    for (const [key, field] of Object.entries(value)) {
      const name = path ? `${path}.${key}` : key;
      const inside: Names = names.get(key) ?? new Map();
      names.set(key, inside);
      if (isObject(field)) {
        const inner = read(field, name, inside);
        inner.own.forEach((cell, column) => own.set(column, cell));
        lists.push(...inner.lists);
      } else if (Array.isArray(field) && field.some(isObject)) {
        const rows = field.filter(isObject).flatMap((item) => expand(item, name, inside));
        if (rows.length > 0) lists.push(rows);
      } else if (Array.isArray(field)) {
        own.set(name, field.length === 0 ? null : field.map((item) => (item === null ? "" : String(item))).join("; "));
      } else {
        own.set(name, field as Cell);
      }
    }
    return { own, lists };
  }

  /** The rows of one object: one, or those of its lists, one list after the other. */
  function expand(value: Record<string, unknown>, path: string, names: Names): Row[] {
    const { own, lists } = read(value, path, names);
    if (lists.length === 0) return [own];
    return lists.flatMap((rows) => rows.map((row) => new Map([...own, ...row])));
  }

  if (!isObject(data)) return { columns: [], rows: [] };
  const rows = expand(data, "", met);
  const filled = new Set(rows.flatMap((row) => [...row].filter(([, cell]) => cell !== null).map(([column]) => column)));
  const had = new Set(rows.flatMap((row) => [...row.keys()]));
  const list = (names: Names, path: string): string[] =>
    [...names].flatMap(([key, inside]) => [`${path}${key}`, ...list(inside, `${path}${key}.`)]);
  const all = list(met, "").filter((name) => had.has(name));
  // A column that is nothing but the blank of an object or list which other rows do have says nothing.
  const columns = all.filter((column) => filled.has(column) || !all.some((other) => other.startsWith(`${column}.`)));
  const cut = common(columns);
  return {
    columns: columns.map((column) => column.slice(cut)),
    rows: rows.filter((row) => row.size > 0).map((row) => columns.map((column) => row.get(column))),
  };
}

/** How long the beginning is that all columns have in common, in whole steps; each keeps its last. */
function common(columns: string[]): number {
  const paths = columns.map((column) => column.split("."));
  let steps = 0;
  while (paths.length > 0 && paths.every((path) => path.length > steps + 1 && path[steps] === paths[0][steps])) steps += 1;
  return paths.length === 0 ? 0 : paths[0].slice(0, steps).reduce((length, step) => length + step.length + 1, 0);
}

/** How a cell is written; a blank one is one that the answer leaves null or has not got. */
export const written = (cell: Cell | undefined): string => (cell === null || cell === undefined ? "" : String(cell));

/**
 * A cell as a spreadsheet may open it. A text that it would take for a formula gets an apostrophe before it, as OWASP
 * advises; a number of the answer is none, whatever its sign.
 */
function safe(cell: Cell | undefined): string {
  const text = written(cell);
  return typeof cell === "string" && /^[\s"']*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r\n]/.test(text) ? `'${text}` : text;
}

/** The table as RFC 4180 has it. */
export function csv({ columns, rows }: Table): string {
  const quote = (text: string) => (/[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return [columns, ...rows.map((row) => row.map(safe))].map((line) => `${line.map(quote).join(",")}\r\n`).join("");
}

/** The table as spreadsheets take it from the clipboard. */
export function tsv({ columns, rows }: Table): string {
  const plain = (text: string) => text.replaceAll(/[\t\r\n]+/g, " ");
  // A quotation mark at its beginning would be taken for that of a quoted cell.
  const quote = (text: string) => (text.startsWith('"') ? `"${text.replaceAll('"', '""')}"` : text);
  return [columns, ...rows.map((row) => row.map(safe))].map((line) => `${line.map((cell) => quote(plain(cell))).join("\t")}\n`).join("");
}
