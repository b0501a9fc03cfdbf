// Draws nouns as boxes with their names in them, and ties as lines that go around all boxes but their own.
import type { Graph } from "./graph";
import type { Box, Placed, Point, Way } from "./layout";
import LayoutWorker from "./layout.worker.ts?worker";
import { cytoscape, look } from "./nouns";

const FONT = 'system-ui, "Noto Sans", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
/** How wide a name may be before it goes on in another line. */
const WIDEST = 160;
const LINE = 16;
/** The smallest scale at which names can be read. */
const READABLE = 0.7;
/** The side of the shape before a name. */
const MARK = 16;

const pen = document.createElement("canvas").getContext("2d")!;

function widthOf(text: string, size: number): number {
  pen.font = `${size}px ${FONT}`;
  return pen.measureText(text).width;
}

/** A text in lines: broken between words, and between any two characters of scripts without spaces. */
function lines(text: string, size: number): string[] {
  const parts = text.match(/[\u2E80-\u9FFF\uF900-\uFAFF\uFF00-\uFFEF]|[^\s\u2E80-\u9FFF\uF900-\uFAFF\uFF00-\uFFEF]+\s*|\s+/g) ?? [text];
  const all = [""];
  for (const part of parts) {
    if (all.at(-1) !== "" && widthOf((all.at(-1)! + part).trimEnd(), size) > WIDEST) all.push("");
    all[all.length - 1] += part;
  }
  return all.map((line) => line.trim());
}

/** A thread that has placed all it was given. */
let idle: Worker | undefined;

/** Places all in a thread of its own, which a signal stops; then the promise is rejected. */
function placing(boxes: Box[], ways: Way[], signal: AbortSignal): Promise<Placed> {
  const worker = idle ?? new LayoutWorker();
  idle = undefined;
  return new Promise((resolve, reject) => {
    const stop = (reason: unknown) => {
      worker.terminate();
      reject(reason);
    };
    const abort = () => stop(signal.reason);
    signal.addEventListener("abort", abort);
    worker.onerror = ({ message }) => stop(new Error(message));
    worker.onmessage = ({ data }) => {
      signal.removeEventListener("abort", abort);
      idle = worker;
      resolve(data);
    };
    worker.postMessage([boxes, ways]);
  });
}

/** Draws into an element, in the colors of the page; rejected once the signal says that nobody waits for it. */
export async function draw(element: HTMLElement, { nouns, ties }: Graph, signal: AbortSignal): Promise<cytoscape.Core> {
  const named = nouns.map((noun) => {
    const text = [...lines(noun.label, 12), ...(noun.view ? [`(${noun.view})`] : [])];
    const width = Math.max(...text.map((line) => widthOf(line, 12)));
    return { ...noun, id: noun.key, text: text.join("\n"), width: Math.ceil(width) + MARK + 26, height: Math.max(30, text.length * LINE + 12) };
  });
  const tied = ties.map((tie, i) => {
    const width = tie.story ? Math.ceil(widthOf(tie.story, 10)) + 8 : 0;
    return { ...tie, id: `tie-${i}`, width, height: width > 0 ? 15 : 0 };
  });
  const placed = await placing(
    named.map(({ id, width, height }) => ({ id, width, height })),
    tied.map(({ id, from, to, width, height }) => ({ id, from, to, width, height })),
    signal,
  );
  // The answer may have come when nobody waited any more.
  signal.throwIfAborted();
  const { color: ink, backgroundColor: paper } = getComputedStyle(element);
  const picture = cytoscape({
    container: element,
    elements: [
      ...named.map(({ id, type, text, width, height }) => ({ group: "nodes" as const, classes: "noun", data: { id, type, text, width, height, color: look(type).color, mark: mark(type) }, position: placed.boxes.get(id)! })),
      ...tied.map(({ id, from, to }) => {
        const points = placed.ways.get(id)!.points;
        return { group: "edges" as const, data: { id, source: from, target: to, ...bent(points, placed.boxes.get(from)!, placed.boxes.get(to)!) } };
      }),
      ...tied.flatMap(({ id, story, width, height }) => {
        const words = placed.ways.get(id)!.words;
        return words ? [{ group: "nodes" as const, classes: "story", selectable: false, data: { id: `${id}-story`, tie: id, text: story, width, height }, position: words }] : [];
      }),
    ],
    style: [
      {
        selector: "node",
        style: { shape: "round-rectangle", width: "data(width)", height: "data(height)", label: "data(text)", color: ink, "background-color": paper, "font-family": FONT, "text-wrap": "wrap", "text-max-width": "1000px", "text-valign": "center", "text-halign": "center" },
      },
      {
        selector: ".noun",
        style: { "font-size": 12, "line-height": 1.25, "text-justification": "left", "text-margin-x": MARK / 2 + 2, "border-width": 1.5, "border-color": "data(color)", "background-image": "data(mark)", "background-width": `${MARK}px`, "background-height": `${MARK}px`, "background-position-x": "8px", "background-position-y": "50%" },
      },
      { selector: ".story", style: { "font-size": 10, events: "no" } },
      {
        selector: "edge",
        style: { width: 1.5, "line-color": "#8a93a3", "target-arrow-color": "#8a93a3", "target-arrow-shape": "triangle", "arrow-scale": 0.9, "source-endpoint": "data(start)", "target-endpoint": "data(end)" },
      },
      { selector: "edge[weights]", style: { "curve-style": "segments", "segment-weights": "data(weights)", "segment-distances": "data(distances)", "edge-distances": "endpoints" } },
      { selector: "edge[!weights]", style: { "curve-style": "straight" } },
      { selector: ".noun:selected", style: { "border-width": 3 } },
      { selector: ".faint", style: { opacity: 0.15 } },
    ] as unknown as cytoscape.StylesheetStyle[],
    layout: { name: "preset", fit: true, padding: 20 },
    // The lines go around boxes that stay where they are.
    autoungrabify: true,
    minZoom: 0.05,
    maxZoom: 3,
  });
  if (picture.zoom() > 1.2) picture.zoom(1.2), picture.center();
  if (picture.zoom() < READABLE) {
    // Too small to read as a whole: it begins where its reader does, at the left.
    picture.zoom(READABLE);
    const { x1, y1, h } = picture.elements().boundingBox();
    picture.pan({ x: 12 - x1 * READABLE, y: h * READABLE < element.clientHeight ? element.clientHeight / 2 - (y1 + h / 2) * READABLE : 12 - y1 * READABLE });
  }
  picture.on("tap", (event) => {
    picture.elements().removeClass("faint");
    if (event.target === picture || !event.target.isNode()) return;
    const near = event.target.closedNeighborhood();
    const stories = picture.nodes(".story").filter((story) => near.contains(picture.getElementById(story.data("tie"))));
    picture.elements().difference(near.union(stories)).addClass("faint");
  });
  return picture;
}

/** The shape of a type as an image. */
function mark(type: string): string {
  const { path, color } = look(type);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20" width="40" height="40"><path d="${path}" fill="${color}"/></svg>`;
  return `data:image/svg+xml;utf8,${encodeURIComponent(svg)}`;
}

/** The points of a line as the library wants them: its ends from the middles of the boxes, the others from the way between the ends. */
function bent(points: Point[], source: Point, target: Point): Record<string, unknown> {
  const [first, last] = [points[0], points.at(-1)!];
  const from = (end: Point, middle: Point) => `${end.x - middle.x}px ${end.y - middle.y}px`;
  const ends = { start: from(first, source), end: from(last, target) };
  const inner = points.slice(1, -1);
  if (inner.length === 0) return ends;
  const [dx, dy] = [last.x - first.x, last.y - first.y];
  const length = Math.hypot(dx, dy) || 1;
  const weights = inner.map(({ x, y }) => ((x - first.x) * dx + (y - first.y) * dy) / length ** 2);
  const distances = inner.map(({ x, y }) => ((y - first.y) * dx - (x - first.x) * dy) / length);
  return { ...ends, weights, distances };
}
