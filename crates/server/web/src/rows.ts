// The one place of the pages that turns an answer into rows; docs/playground.md states the rule in words.

/** A cell: what JSON has no structure for. */
export type Cell = string | number | boolean | null;

/** A table: the names of its columns, and as many cells in each row. */
export interface Table {
  columns: string[];
  rows: (Cell | undefined)[][];
}

/** A list of an answer whose items can be the rows. */
export interface List {
  /** All keys that lead to it. */
  path: string;
  /** What it is called, here and by the server: its keys without those that only say how lists are paged. */
  name: string;
  /** How many lists lead to it, itself among them. */
  depth: number;
  items: number;
}

type Fields = Record<string, unknown>;

const isObject = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);
const isList = (value: unknown): value is unknown[] => Array.isArray(value) && value.some(isObject);
const isConnection = (value: unknown): value is Fields => isObject(value) && (Array.isArray(value.edges) || Array.isArray(value.nodes));
/** What a connection says of itself. */
const PAGING = new Set(["assumedCount", "breakdown", "pageInfo", "totalCount", "withoutLocationCount"]);
/** Whether it is a connection, also one of which no items are asked. */
const isCounted = (value: unknown): boolean => isConnection(value) || (isObject(value) && Object.keys(value).length > 0 && Object.keys(value).every((key) => PAGING.has(key)));
const joined = (path: string, key: string) => (path ? `${path}.${key}` : key);

/** Whether a key is part of names: not `map`, nor where a connection holds its items, nor that of an edge's node, unless names need it. */
function isNaming(object: Fields, key: string, isEdge: boolean): boolean {
  if (key === "map") return false;
  if (key === "node" && isEdge) return isObject(object.node) && Object.keys(object.node).some((one) => one in object);
  if ((key === "edges" || key === "nodes") && isConnection(object)) return Array.isArray(object.edges) && Array.isArray(object.nodes);
  return true;
}

/** The lists of objects in an answer's `data`, in the order in which a reader meets them. */
export function lists(data: unknown): List[] {
  const met = new Map<string, List>();
  function read(object: Fields, path: string, name: string, depth: number, isEdge: boolean): void {
    for (const [key, value] of Object.entries(object)) {
      const [at, called] = [joined(path, key), isNaming(object, key, isEdge) ? joined(name, key) : name];
      if (isObject(value)) read(value, at, called, depth, false);
      else if (isList(value)) {
        const list = met.get(at) ?? { path: at, name: called, depth: depth + 1, items: 0 };
        const items = value.filter(isObject);
        list.items += items.length;
        met.set(at, list);
        for (const item of items) read(item, at, called, depth + 1, key === "edges");
      }
    }
  }
  if (isObject(data)) read(data, "", "", 0, false);
  return [...met.values()];
}

/** The list whose items are the rows unless the reader chooses: the one below the most others, and of those the longest. */
export function usual(all: List[]): List | undefined {
  return all.toSorted((a, b) => b.depth - a.depth || b.items - a.items)[0];
}

/** A column before it has a name. */
interface Column {
  /** The keys that can name it. */
  keys: string[];
  /** How many of them do, the last ones. */
  count: number;
  isOwn: boolean;
}

type Row = Map<string, Cell | Cell[]>;
type Order = Map<string, Order>;

/** What is above the rows, a row itself, or a list below it, whose values are joined. */
type Part = "above" | "own" | "joined";

/** Where an object stands. */
interface Place {
  path: string;
  keys: string[];
  /** With which of the keys the names of its columns begin. */
  from: number;
  part: Part;
  isEdge: boolean;
  order: Order;
}

/** The rows of an answer's `data`: the items of the list at a path, or the answer itself if it has no list. */
export function table(data: unknown, path: string | undefined): Table {
  const columns = new Map<string, Column>();
  const rows: Row[] = [];
  // In the order in which a reader meets them: a list that is empty in the first rows keeps its place.
  const order: Order = new Map();

  function put(row: Row, at: string, keys: string[], { from, part }: Place, values: unknown[], isMany: boolean): void {
    if (!columns.has(at)) columns.set(at, { keys, count: keys.length - from, isOwn: part !== "above" });
    const cells = values.map((value) => (typeof value === "object" && value !== null ? JSON.stringify(value) : (value as Cell)));
    if (part === "joined") row.set(at, [...((row.get(at) as Cell[] | undefined) ?? []), ...cells]);
    else row.set(at, isMany ? cells : cells[0]!);
  }

  /** Writes what an object says of itself into a row; gives what lies on the way to the list. */
  function read(object: Fields, place: Place, row: Row): { value: unknown; place: Place } | null {
    let next: { value: unknown; place: Place } | null = null;
    for (const [key, value] of Object.entries(object)) {
      const at = joined(place.path, key);
      const keys = isNaming(object, key, place.isEdge) ? [...place.keys, key] : place.keys;
      const inside = place.order.get(key) ?? new Map();
      place.order.set(key, inside);
      const below = { ...place, path: at, keys, isEdge: false, order: inside };
      if (place.part === "above") {
        const isOnWay = path === at || path?.startsWith(`${at}.`);
        if (isOnWay) next = { value, place: { ...below, from: Math.max(0, keys.length - 1) } };
        // Lists beside the way are left out, and what a connection says of itself on it.
        if (isOnWay || isConnection(object) || isCounted(value) || isList(value)) continue;
      }
      if (isObject(value)) {
        if (!(key === "pageInfo" && isConnection(object))) read(value, below, row);
      } else if (isList(value)) {
        for (const item of value.filter(isObject)) read(item, { ...below, part: "joined", isEdge: key === "edges" }, row);
      } else {
        put(row, at, [...place.keys, key], place, Array.isArray(value) ? value : [value], Array.isArray(value));
      }
    }
    return next;
  }

  /** Adds the rows of a value on the way; an item without any below it keeps one. */
  function expand(value: unknown, place: Place, above: Row, isItem: boolean): void {
    if (isList(value)) {
      const part: Part = place.path === path ? "own" : "above";
      const from = part === "own" ? place.keys.length : place.from;
      for (const item of value.filter(isObject)) expand(item, { ...place, part, from, isEdge: place.path.endsWith("edges") }, above, true);
      return;
    }
    const row = new Map(above);
    const next = isObject(value) ? read(value, place, row) : null;
    if (next) expand(next.value, next.place, row, isItem);
    else if (isItem || [...row.values()].some((cell) => cell !== null)) rows.push(row);
  }
  expand(data, { path: "", keys: [], from: 0, part: path === undefined ? "own" : "above", isEdge: false, order }, new Map(), false);

  const ordered = (below: Order, at: string): string[] => [...below].flatMap(([key, inside]) => [joined(at, key), ...ordered(inside, joined(at, key))]);
  const all = ordered(order, "").filter((at) => columns.has(at));
  const isBlank = (at: string) => rows.every((row) => [row.get(at) ?? null].flat().every((cell) => cell === null));
  // A column that is nothing but the blank of an object or a list which other rows do have says nothing.
  const fuller = [...all, ...lists(data).map((list) => `${list.path}.`)];
  const kept = all.filter((at) => !fuller.some((other) => other.startsWith(`${at}.`)) || !isBlank(at));
  const cell = (value: Cell | Cell[] | undefined) => (Array.isArray(value) ? value.filter((one) => one !== null).join("; ") || null : value);
  return { columns: named(kept.map((at) => columns.get(at)!)), rows: rows.map((row) => kept.map((at) => cell(row.get(at)))) };
}

/** The names of columns: those of a row by its own keys, those from above by the object they belong to, and by more where two would be called the same. */
function named(columns: Column[]): string[] {
  const counts = columns.map(({ count }) => Math.max(1, count));
  const name = (i: number) => columns[i]!.keys.slice(-counts[i]!).join(".");
  for (;;) {
    const called = Map.groupBy(columns.keys(), name);
    const alike = [...called.values()].filter((ones) => ones.length > 1).flat();
    const longer = alike.filter((i) => counts[i]! < columns[i]!.keys.length);
    // The names of a row stay what they are where another can be longer.
    const above = longer.filter((i) => !columns[i]!.isOwn);
    const chosen = above.length > 0 ? above : longer;
    if (chosen.length === 0) return columns.map((_, i) => name(i));
    for (const i of chosen) counts[i]! += 1;
  }
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

/** The table as spreadsheets take it from the clipboard. */
export function tsv({ columns, rows }: Table): string {
  const flat = (text: string) => text.replaceAll(/[\t\r\n]+/g, " ");
  // A quotation mark at its beginning would be taken for that of a quoted cell.
  const quote = (text: string) => (text.startsWith('"') ? `"${text.replaceAll('"', '""')}"` : text);
  return [columns, ...rows.map((row) => row.map(safe))].map((line) => `${line.map((cell) => quote(flat(cell))).join("\t")}\n`).join("");
}

const collator = new Intl.Collator(undefined, { numeric: true });

/** The rows that contain all words of a text, in the order of a column; what is blank there comes last. */
export function arranged(rows: Table["rows"], text: string, by: { column: number; descending: boolean } | null): Table["rows"] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const kept = words.length === 0 ? rows : rows.filter((row) => {
    const said = row.map(written).join("\n").toLowerCase();
    return words.every((word) => said.includes(word));
  });
  if (!by) return kept;
  const isBlank = (cell: Cell | undefined) => cell === null || cell === undefined || cell === "";
  return kept.toSorted((a, b) => {
    const [x, y] = [a[by.column], b[by.column]];
    if (isBlank(x) || isBlank(y)) return Number(isBlank(x)) - Number(isBlank(y));
    const order = typeof x === "number" && typeof y === "number" ? x - y : collator.compare(written(x), written(y));
    return by.descending ? -order : order;
  });
}
