// Draws the network of the page `/network` from the data that the page itself has, in the words of the page.
import { ENGLISH, type NetworkData, type Words, showNetwork } from "../network";

/** Words as a page can write them: `{n}`, `{nodes}` and `{edges}` stand for numbers. */
type Written = Partial<Record<Exclude<keyof Words, "kind" | "columns">, string>> & { kindNames?: Record<string, string>; columns?: Words["columns"] };

/** What the page has written at the place of the picture. */
interface Block extends NetworkData {
  words?: Written;
}

const language = document.documentElement.lang;
const number = (n: number) => n.toLocaleString(language);

/** The words of the page, and English ones where it has none. */
function words({ network, ties, found, kindNames: kinds, ...plain }: Written): Words {
  return {
    ...ENGLISH,
    ...plain,
    ...(network !== undefined && { network: (nodes: number, edges: number) => network.replace("{nodes}", number(nodes)).replace("{edges}", number(edges)) }),
    ...(ties !== undefined && { ties: (n: number) => ties.replace("{n}", number(n)) }),
    ...(found !== undefined && { found: (n: number) => found.replace("{n}", number(n)) }),
    ...(kinds && { kind: (kind: string) => kinds[kind] ?? ENGLISH.kind(kind) }),
  };
}

const place = document.getElementById("network");
if (place?.dataset.network) {
  const { nodes, edges, words: own = {} } = JSON.parse(place.dataset.network) as Block;
  const network = await showNetwork(place, { nodes, edges }, { words: words(own) });
  // An address may name the node to begin with.
  const named = decodeURIComponent(location.hash.slice(1));
  if (nodes.some(({ id }) => id === named)) network.choose(named);
}
