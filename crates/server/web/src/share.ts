// A link that opens the same operation, variables and view. It lives in the fragment, which no browser sends anywhere.

/** A way to read an answer. */
export type View = "json" | "table" | "graph" | "plan";

/** All of them, with their names. */
export const VIEWS: [View, string][] = [
  ["json", "JSON"],
  ["table", "Table"],
  ["graph", "Graph"],
  ["plan", "Plan"],
];

/** What a link carries; headers are not among it, since they may hold secrets. */
export interface Shared {
  query: string;
  variables: string;
  operationName: string | null;
  view: View;
}

const PREFIX = "#q=";
/** How long a shared text may be: a short link can unpack to any length. */
const LONGEST = 1 << 20;

async function through(stream: GenericTransformStream, bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const piped = new Blob([bytes]).stream().pipeThrough(stream as ReadableWritablePair<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>);
  const reader = piped.getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    length += part.value.length;
    if (length > LONGEST) {
      await reader.cancel();
      throw new Error("the text is too long for a link");
    }
    parts.push(part.value);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** The address of the playground that opens it. */
export async function link(shared: Shared): Promise<string> {
  const text = JSON.stringify([shared.query, shared.variables, shared.operationName, shared.view]);
  const bytes = await through(new CompressionStream("deflate-raw"), new TextEncoder().encode(text));
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  const url = new URL("playground", location.href);
  url.search = "";
  url.hash = PREFIX + base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  return url.href;
}

/** What an address carries: in its fragment, packed or as the pages of the server write it, or in its query as GraphiQL's own links have it. Null if it is nothing that makes sense. */
export async function opened({ hash, search }: { hash: string; search: string }): Promise<Shared | null> {
  if (hash.startsWith("#query=")) return addressed(new URLSearchParams(hash.slice(1)));
  if (!hash.startsWith(PREFIX)) return addressed(new URLSearchParams(search));
  try {
    const base64 = hash.slice(PREFIX.length).replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    const text = new TextDecoder().decode(await through(new DecompressionStream("deflate-raw"), bytes));
    const [query, variables, operationName, view] = JSON.parse(text);
    if (typeof query !== "string" || typeof variables !== "string") return null;
    return { query, variables, operationName: typeof operationName === "string" ? operationName : null, view: VIEWS.find(([one]) => one === view)?.[0] ?? "json" };
  } catch {
    return null;
  }
}

function addressed(search: URLSearchParams): Shared | null {
  const query = search.get("query");
  if (!query) return null;
  return { query, variables: search.get("variables") ?? "", operationName: search.get("operationName"), view: "json" };
}
