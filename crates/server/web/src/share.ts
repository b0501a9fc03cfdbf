// A link that opens the same operation and variables. It lives in the fragment, which no browser sends anywhere.

/** What a link carries; headers are not among it, since they may hold secrets. */
export interface Shared {
  query: string;
  variables: string;
  operationName: string | null;
}

const PREFIX = "#q=";

async function through(stream: GenericTransformStream, bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const piped = new Blob([bytes]).stream().pipeThrough(stream as ReadableWritablePair<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>);
  return new Uint8Array(await new Response(piped).arrayBuffer());
}

/** The address of the playground that opens it. */
export async function link(shared: Shared): Promise<string> {
  const text = JSON.stringify([shared.query, shared.variables, shared.operationName]);
  const bytes = await through(new CompressionStream("deflate-raw"), new TextEncoder().encode(text));
  const base64 = btoa(String.fromCharCode(...bytes));
  const url = new URL("playground", location.href);
  url.search = "";
  url.hash = PREFIX + base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  return url.href;
}

/** What an address's fragment carries; null if it carries nothing, or nothing that makes sense. */
export async function opened(hash: string): Promise<Shared | null> {
  if (!hash.startsWith(PREFIX)) return null;
  try {
    const base64 = hash.slice(PREFIX.length).replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    const text = new TextDecoder().decode(await through(new DecompressionStream("deflate-raw"), bytes));
    const [query, variables, operationName] = JSON.parse(text);
    if (typeof query !== "string" || typeof variables !== "string") return null;
    return { query, variables, operationName: typeof operationName === "string" ? operationName : null };
  } catch {
    return null;
  }
}
