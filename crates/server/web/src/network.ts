// Draws a network of nodes and ties that stays legible with hundreds of them, with all that one does in it: no framework, so that every page can.
import { make } from "./elements";
import type { Point } from "./layout";
import { cytoscape, mark, shaped, style } from "./nouns";
import { placing } from "./placing";
import "./network.css";

/** A name and a value, in words. */
export type Fact = [name: string, value: string];

/** A node of the network. */
export interface NetworkNode {
  id: string;
  /** What it is; each kind has its shape and color. */
  kind: string;
  label: string;
  /** The language of the label. */
  lang?: string | null;
  /** What is known of it, for its details. */
  facts?: Fact[];
  /** Its own page. */
  href?: string;
}

/** A tie from one node to another. */
export interface NetworkEdge {
  source: string;
  target: string;
  label: string;
  facts?: Fact[];
}

/** What is drawn. */
export interface NetworkData {
  nodes: NetworkNode[];
  edges: NetworkEdge[];
}

/** What the picture says itself, so that a page can say it in its own language. */
export interface Words {
  /** What the picture as a whole is called. */
  network(nodes: number, edges: number): string;
  /** What a kind is called. */
  kind(kind: string): string;
  ties(count: number): string;
  found(count: number): string;
  find: string;
  kinds: string;
  zoomIn: string;
  zoomOut: string;
  fit: string;
  whole: string;
  close: string;
  page: string;
  keys: string;
  inWords: string;
  columns: [from: string, tie: string, to: string, says: string];
  alone: string;
  drawing: string;
}

const counted = (n: number, one: string) => `${n.toLocaleString("en")} ${one}${n === 1 ? "" : "s"}`;

/** English words. */
export const ENGLISH: Words = {
  network: (nodes, edges) => `${counted(nodes, "noun")}, ${counted(edges, "tie")}`,
  kind: (kind) => kind.replaceAll(/(?<=[a-z])(?=[A-Z])/g, " "),
  ties: (count) => counted(count, "tie"),
  found: (count) => (count === 0 ? "None is called so" : `${count.toLocaleString("en")} found; Enter goes to the next`),
  find: "Find",
  kinds: "Kinds",
  zoomIn: "Zoom in",
  zoomOut: "Zoom out",
  fit: "Fit",
  whole: "Whole screen",
  close: "Close",
  page: "Open its page",
  keys: "Arrows go from neighbor to neighbor, Enter chooses, plus and minus zoom, Escape leaves.",
  inWords: "The same in words",
  columns: ["From", "Tie", "To", "What the tie says"],
  alone: "Without a tie",
  drawing: "Drawing…",
};

/** How a network is shown. */
export interface Options {
  words?: Words;
  /** Stops the drawing once nobody waits for it. */
  signal?: AbortSignal;
}

/** A network on a page. */
export interface Network {
  /** Chooses a node, as a click does; null chooses none. */
  choose(id: string | null): void;
  /** Takes the colors of the page again, after those have changed. */
  repaint(): void;
  destroy(): void;
}

/** The size of labels, in pixels of the screen at any zoom. */
const SIZE = 12;
/** How much of a label is shown unless its node is chosen or near the one that is. */
const SHORT = 26;

/** Shows a network in an element, which has it to itself; the promise is rejected once the signal says that nobody waits. */
export async function showNetwork(container: HTMLElement, { nodes, edges }: NetworkData, { words = ENGLISH, signal }: Options = {}): Promise<Network> {
  const known = new Map(nodes.map((node, i) => [node.id, i]));
  const ties = edges.filter(({ source, target }) => known.has(source) && known.has(target));
  const around = new Map<string, { edge: NetworkEdge; other: string }[]>(nodes.map(({ id }) => [id, []]));
  for (const edge of ties) {
    around.get(edge.source)!.push({ edge, other: edge.target });
    if (edge.target !== edge.source) around.get(edge.target)!.push({ edge, other: edge.source });
  }
  const degree = (id: string) => around.get(id)!.length;
  const size = (id: string) => Math.min(48, 14 + 5 * Math.sqrt(degree(id)));

  const parts = frame(words, nodes, ties.length);
  const { root, stage, names, details, status } = parts;
  container.replaceChildren(root);
  root.dataset.state = "drawing";
  status.textContent = words.drawing;
  let points: Point[];
  try {
    const { clientWidth, clientHeight } = stage;
    const aspect = Math.min(2, Math.max(0.5, Math.sqrt(clientWidth / clientHeight) || 1));
    const discs = nodes.map(({ id }) => ({ id, radius: size(id) / 2 }));
    const pairs = ties.map(({ source, target }): [number, number] => [known.get(source)!, known.get(target)!]);
    points = await placing({ discs, ties: pairs, aspect, length: 55 }, signal);
    signal?.throwIfAborted();
  } catch (error) {
    root.remove();
    throw error;
  }
  status.textContent = "";

  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const picture = cytoscape({
    container: stage,
    elements: [
      ...nodes.map(({ id, kind }, i) => ({ group: "nodes" as const, data: { id, kind, size: size(id), ...shaped(kind) }, position: { ...points[i]! } })),
      ...ties.map(({ source, target }, i) => ({ group: "edges" as const, data: { id: `tie ${i}`, tie: i, source, target } })),
    ],
    style: style(stage),
    layout: { name: "preset", fit: true, padding: 36 },
    autoungrabify: true,
    boxSelectionEnabled: false,
    minZoom: 0.05,
    maxZoom: 4,
  });
  if (picture.zoom() > 1.4) picture.zoom(1.4), picture.center();

  let chosen: string | null = null;
  let pointed: string | null = null;
  let found: string[] = [];
  const ranked = nodes.map(({ id }) => id).sort((a, b) => degree(b) - degree(a) || known.get(a)! - known.get(b)!);
  const labels = new Labels(names, nodes);

  /** Whether its kind is among those shown. */
  const isShown = (id: string) => !picture.getElementById(id).hasClass("left-out");
  /** The neighbors of a node, once each, as the hand of a clock meets them. */
  function neighbors(id: string): string[] {
    const from = picture.getElementById(id).position();
    const angle = (other: string) => {
      const { x, y } = picture.getElementById(other).position();
      return Math.atan2(y - from.y, x - from.x);
    };
    const all = new Set(around.get(id)!.map(({ other }) => other));
    all.delete(id);
    return [...all].filter(isShown).sort((a, b) => angle(a) - angle(b));
  }

  function paint(): void {
    const near = chosen === null ? null : new Set([chosen, ...neighbors(chosen)]);
    const matching = new Set(found);
    picture.batch(() => {
      picture.elements().removeClass("faint near chosen pointed found");
      for (const id of found) picture.getElementById(id).addClass("found");
      if (near) {
        picture.nodes().filter((node) => !near.has(node.id()) && !matching.has(node.id())).addClass("faint");
        picture.edges().filter((edge) => edge.source().id() !== chosen && edge.target().id() !== chosen).addClass("faint");
        picture.getElementById(chosen!).addClass("chosen").connectedEdges().addClass("near");
      } else if (found.length > 0) {
        picture.nodes().filter((node) => !matching.has(node.id())).addClass("faint");
        picture.edges().addClass("faint");
      }
      if (pointed !== null) picture.getElementById(pointed).addClass("pointed");
    });
    place();
  }

  /** Writes as many names as there is room for, the most important first. */
  function place(): void {
    const first = [pointed, chosen].filter((id) => id !== null);
    const near = chosen === null ? [] : neighbors(chosen).sort((a, b) => degree(b) - degree(a));
    const rest = chosen === null && found.length === 0 ? ranked : [];
    const order = new Set([...first, ...found, ...near, ...rest]);
    const whole = new Set([...first, ...near]);
    const [zoom, pan] = [picture.zoom(), picture.pan()];
    const spots = [...order].filter(isShown).map((id): Spot => {
      const { x, y } = picture.getElementById(id).position();
      return { id, x: x * zoom + pan.x, y: y * zoom + pan.y, radius: (size(id) * zoom) / 2, degree: degree(id), isWhole: whole.has(id), isFirst: first.includes(id) };
    });
    const middles = chosen === null ? [] : around.get(chosen)!.filter(({ other }) => isShown(other)).map(({ edge, other }) => {
      const [a, b] = [picture.getElementById(chosen!).position(), picture.getElementById(other).position()];
      return { text: edge.label, x: ((a.x + b.x) / 2) * zoom + pan.x, y: ((a.y + b.y) / 2) * zoom + pan.y };
    });
    labels.place(spots, middles, stage.clientWidth, stage.clientHeight);
  }

  function move(to: { fit?: string[]; center?: string }): void {
    const ids = to.fit ?? [to.center!];
    const eles = picture.collection(ids.map((id) => picture.getElementById(id)) as never);
    const { x1, y1, w, h } = eles.boundingBox();
    const room = Math.min((stage.clientWidth - 160) / Math.max(w, 1), (stage.clientHeight - 110) / Math.max(h, 1));
    const zoom = to.fit ? Math.min(1.6, Math.max(0.25, room)) : picture.zoom();
    const pan = { x: stage.clientWidth / 2 - (x1 + w / 2) * zoom, y: stage.clientHeight / 2 - (y1 + h / 2) * zoom };
    picture.stop();
    if (still.matches) picture.viewport({ zoom, pan });
    else picture.animate({ zoom, pan, duration: 250 });
  }

  function choose(id: string | null): void {
    chosen = id;
    pointed = null;
    const wasOpen = !details.hidden;
    details.hidden = id === null;
    if (id !== null) {
      details.replaceChildren(...describe(nodes[known.get(id)!]!, around.get(id)!, (other) => nodes[known.get(other)!]!, words, choose));
      details.scrollTop = 0;
    }
    // The stage is as wide as the details leave it.
    if (wasOpen === details.hidden) picture.resize();
    if (id !== null) {
      move({ fit: [id, ...neighbors(id)] });
      say(id);
    } else status.textContent = "";
    root.dataset.chosen = id ?? "";
    paint();
  }
  function say(id: string): void {
    const node = nodes[known.get(id)!]!;
    status.textContent = `${node.label}, ${words.kind(node.kind)}, ${words.ties(degree(id))}`;
  }
  function point(id: string): void {
    pointed = id;
    say(id);
    const { x, y } = picture.getElementById(id).renderedPosition();
    if (x < 20 || y < 20 || x > stage.clientWidth - 20 || y > stage.clientHeight - 20) move({ center: id });
    paint();
  }
  /** Points to the next node around the chosen one; with none chosen, to the next most tied. */
  function step(by: 1 | -1): void {
    const all = chosen === null ? ranked.filter(isShown) : neighbors(chosen);
    if (all.length === 0) return;
    const at = pointed === null ? (by > 0 ? -1 : 0) : all.indexOf(pointed);
    point(all[(at + by + all.length) % all.length]!);
  }
  function zoomBy(factor: number): void {
    picture.zoom({ level: picture.zoom() * factor, renderedPosition: { x: stage.clientWidth / 2, y: stage.clientHeight / 2 } });
  }
  const fit = () => move({ fit: nodes.map(({ id }) => id).filter(isShown) });
  const isWhole = () => root.classList.contains("whole");
  /** Fills the window where the browser does not give the screen, as on some phones. */
  function fill(on: boolean): void {
    root.classList.toggle("whole", on);
    parts.whole.setAttribute("aria-pressed", String(on));
    if (on) void root.requestFullscreen?.().catch(() => {});
    else if (document.fullscreenElement === root) void document.exitFullscreen();
  }

  picture.on("tap", (event) => {
    if (event.target === picture) choose(null);
    else if (event.target.isNode()) choose(event.target.id());
  });
  picture.on("mouseover", "node", (event) => {
    stage.style.cursor = "pointer";
    pointed = event.target.id();
    paint();
  });
  picture.on("mouseout", "node", () => {
    stage.style.cursor = "";
    pointed = null;
    paint();
  });
  picture.on("viewport", place);
  stage.addEventListener("keydown", (event) => {
    const keys: Record<string, () => void> = {
      ArrowRight: () => step(1),
      ArrowDown: () => step(1),
      ArrowLeft: () => step(-1),
      ArrowUp: () => step(-1),
      Enter: () => pointed !== null && choose(pointed),
      " ": () => pointed !== null && choose(pointed),
      "+": () => zoomBy(1.3),
      "=": () => zoomBy(1.3),
      "-": () => zoomBy(1 / 1.3),
      "0": fit,
      Escape: () => {
        if (pointed !== null || chosen !== null) choose(null);
        else if (isWhole()) fill(false);
        else stage.blur();
      },
    };
    if (!(event.key in keys) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]!();
  });
  details.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    choose(null);
    stage.focus();
  });
  let next = 0;
  parts.find.addEventListener("input", () => {
    const text = parts.find.value.trim().toLowerCase();
    found = text === "" ? [] : ranked.filter((id) => isShown(id) && nodes[known.get(id)!]!.label.toLowerCase().includes(text));
    next = 0;
    status.textContent = text === "" ? "" : words.found(found.length);
    if (chosen !== null) choose(null);
    paint();
  });
  parts.find.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && found.length > 0) {
      event.preventDefault();
      choose(found[next % found.length]!);
      next += 1;
    }
  });
  for (const [kind, button] of parts.kinds) {
    button.addEventListener("click", () => {
      const on = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(on));
      const ones = picture.nodes().filter((node) => node.data("kind") === kind);
      ones.toggleClass("left-out", !on);
      if (chosen !== null && !isShown(chosen)) choose(null);
      pointed = null;
      parts.find.dispatchEvent(new Event("input"));
    });
  }
  parts.zoomIn.addEventListener("click", () => zoomBy(1.3));
  parts.zoomOut.addEventListener("click", () => zoomBy(1 / 1.3));
  parts.fit.addEventListener("click", fit);
  parts.whole.addEventListener("click", () => fill(!isWhole()));
  root.addEventListener("fullscreenchange", () => {
    if (!document.fullscreenElement) fill(false);
  });
  parts.inWords.addEventListener("toggle", () => {
    if (parts.inWords.open && parts.inWords.childElementCount === 1) parts.inWords.append(...tell(nodes, ties, degree, words));
  });

  function repaint(): void {
    picture.style(style(stage));
    place();
  }
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", repaint);
  let width = stage.clientWidth;
  let height = stage.clientHeight;
  const room = new ResizeObserver(() => {
    picture.resize();
    const isAnother = Math.abs(stage.clientWidth / width - 1) > 0.15 || Math.abs(stage.clientHeight / height - 1) > 0.15;
    if (isAnother) {
      [width, height] = [stage.clientWidth, stage.clientHeight];
      // What was looked at stays in sight where there is more room, or less.
      if (chosen === null) fit();
      else move({ fit: [chosen, ...neighbors(chosen)] });
    }
    place();
  });
  room.observe(stage);
  paint();
  root.dataset.state = "drawn";
  return {
    choose,
    repaint,
    destroy() {
      dark.removeEventListener("change", repaint);
      room.disconnect();
      picture.destroy();
      root.remove();
    },
  };
}

/** The elements of a network: tools, the stage with the names on it, the details, the same in words. */
function frame(words: Words, nodes: NetworkNode[], ties: number) {
  const button = (text: string, label?: string) => {
    const one = make("button", "small", text) as HTMLButtonElement;
    one.type = "button";
    if (label) one.setAttribute("aria-label", label);
    return one;
  };
  const find = make("input", "") as HTMLInputElement;
  Object.assign(find, { type: "search", size: 14, autocomplete: "off", name: "find" });
  const counts = new Map<string, number>();
  for (const { kind } of nodes) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const kinds = new Map([...counts].sort((a, b) => b[1] - a[1]).map(([kind, count]) => {
    const one = button("");
    one.append(mark(kind), `${words.kind(kind)} ${count.toLocaleString()}`);
    one.setAttribute("aria-pressed", "true");
    one.dataset.kind = kind;
    return [kind, one];
  }));
  const legend = make("div", "network-kinds", ...kinds.values());
  legend.setAttribute("role", "group");
  legend.setAttribute("aria-label", words.kinds);
  const status = make("span", "network-status");
  status.setAttribute("role", "status");
  const [zoomIn, zoomOut, fit, whole] = [button("+", words.zoomIn), button("−", words.zoomOut), button(words.fit), button(words.whole)];
  whole.setAttribute("aria-pressed", "false");
  const tools = make("div", "network-tools", make("label", "", `${words.find} `, find), make("span", "network-count", words.network(nodes.length, ties)), make("span", "network-zoom", zoomOut, zoomIn, fit, whole));
  const stage = make("div", "drawing");
  stage.tabIndex = 0;
  stage.setAttribute("role", "application");
  stage.setAttribute("aria-label", `${words.network(nodes.length, ties)}. ${words.keys}`);
  const names = make("div", "network-names");
  names.setAttribute("aria-hidden", "true");
  const details = make("aside", "network-details");
  details.tabIndex = 0;
  details.hidden = true;
  const inWords = make("details", "network-words", make("summary", "", words.inWords)) as HTMLDetailsElement;
  const root = make("div", "network", tools, legend, make("div", "network-middle", make("div", "network-stage", stage, names, status), details), inWords);
  root.dataset.nodes = String(nodes.length);
  root.dataset.ties = String(ties);
  return { root, stage, names, details, status, find, kinds, zoomIn, zoomOut, fit, whole, inWords };
}

function named({ label, lang }: NetworkNode): HTMLElement {
  const name = make("span", "", label);
  if (lang) name.lang = lang;
  return name;
}

/** What is known of a node, and its neighbors to go on to. */
function describe(node: NetworkNode, around: { edge: NetworkEdge; other: string }[], at: (id: string) => NetworkNode, words: Words, choose: (id: string | null) => void): Node[] {
  const close = make("button", "small network-close", "×") as HTMLButtonElement;
  close.type = "button";
  close.setAttribute("aria-label", words.close);
  close.addEventListener("click", () => choose(null));
  const kind = make("p", "network-kind", mark(node.kind), words.kind(node.kind));
  const facts = (node.facts ?? []).flatMap(([name, value]) => [make("dt", "", name), make("dd", "", value)]);
  const list = around.map(({ edge, other }) => {
    const to = make("button", "network-neighbor", mark(at(other).kind), named(at(other))) as HTMLButtonElement;
    to.type = "button";
    to.addEventListener("click", () => choose(other));
    const says = (edge.facts ?? []).map(([name, value]) => `${name} ${value}`).join(", ");
    return make("li", "", make("small", "", edge.source === node.id ? `${edge.label} →` : `← ${edge.label}`), to, ...(says ? [make("small", "", says)] : []));
  });
  const parts: Node[] = [close, make("h2", "", named(node)), kind];
  if (node.href) {
    const page = make("a", "", words.page) as HTMLAnchorElement;
    page.href = node.href;
    parts.push(make("p", "", page));
  }
  return [...parts, make("dl", "facts", ...facts), make("h3", "", words.ties(list.length)), make("ul", "", ...list)];
}

/** All ties as a table, and the nodes that have none as a list. */
function tell(nodes: NetworkNode[], ties: NetworkEdge[], degree: (id: string) => number, words: Words): Node[] {
  const at = new Map(nodes.map((node) => [node.id, node]));
  const cell = (id: string) => make("td", "", mark(at.get(id)!.kind), named(at.get(id)!));
  const head = words.columns.map((name) => {
    const one = make("th", "", name) as HTMLTableCellElement;
    one.scope = "col";
    return one;
  });
  const rows = ties.map(({ source, target, label, facts }) => make("tr", "", cell(source), make("td", "", label), cell(target), make("td", "", (facts ?? []).map(([name, value]) => `${name} ${value}`).join(", "))));
  const table = make("table", "", make("thead", "", make("tr", "", ...head)), make("tbody", "", ...rows));
  const alone = nodes.filter(({ id }) => degree(id) === 0).map((node) => make("li", "", mark(node.kind), named(node)));
  const sheet = make("div", "network-sheet", ...(ties.length > 0 ? [table] : []), ...(alone.length > 0 ? [make("p", "", words.alone), make("ul", "", ...alone)] : []));
  sheet.tabIndex = 0;
  sheet.setAttribute("role", "region");
  sheet.setAttribute("aria-label", words.inWords);
  return [sheet];
}

/** A node on the screen that wants its name written. */
interface Spot {
  id: string;
  x: number;
  y: number;
  radius: number;
  degree: number;
  isWhole: boolean;
  /** Its name is written whatever else is in its place. */
  isFirst: boolean;
}

interface Rect {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Names beside nodes, none upon another. They are elements, so that each has its language and its size at any zoom. */
class Labels {
  readonly #box: HTMLElement;
  readonly #nodes: Map<string, NetworkNode>;
  readonly #widths = new Map<string, number>();
  readonly #pen = document.createElement("canvas").getContext("2d")!;
  #shown: HTMLElement[] = [];

  constructor(box: HTMLElement, nodes: NetworkNode[]) {
    this.#box = box;
    this.#nodes = new Map(nodes.map((node) => [node.id, node]));
    this.#pen.font = `${SIZE}px ${getComputedStyle(box).fontFamily}`;
  }

  #width(text: string): number {
    const known = this.#widths.get(text);
    if (known !== undefined) return known;
    const width = Math.ceil(this.#pen.measureText(text).width) + 4;
    this.#widths.set(text, width);
    return width;
  }

  /** Writes the names of spots in their order, and words at middles where there is room left. */
  place(spots: Spot[], middles: { text: string; x: number; y: number }[], width: number, height: number): void {
    const taken = new Cells();
    // The name of a node with many ties may lie upon nodes at the edge, which are small, rather than be left out.
    const hubs = new Cells();
    const visible = spots.filter(({ x, y }) => x > -40 && y > -20 && x < width + 40 && y < height + 20);
    for (const { x, y, radius, degree } of visible) {
      const rect = { left: x - radius, top: y - radius, right: x + radius, bottom: y + radius };
      taken.add(rect);
      if (degree > 2) hubs.add(rect);
    }
    const written: { text: string; lang: string; rect: Rect; className: string }[] = [];
    const high = SIZE + 4;
    for (const { id, x, y, radius, degree, isWhole, isFirst } of visible) {
      const { label, lang } = this.#nodes.get(id)!;
      const text = !isWhole && label.length > SHORT ? `${label.slice(0, SHORT - 1).trimEnd()}…` : label;
      // That of the chosen one is bold.
      const w = Math.ceil(this.#width(text) * (isFirst ? 1.1 : 1));
      const corner: [number, number][] = [
        [x + radius + 2, y - high / 2],
        [x - radius - 2 - w, y - high / 2],
        [x - w / 2, y + radius + 1],
        [x - w / 2, y - radius - 1 - high],
      ];
      const rects = corner.map(([left, top]): Rect => ({ left, top, right: left + w, bottom: top + high }));
      const inside = rects.filter(({ left, top, right, bottom }) => left >= 0 && top >= 0 && right <= width && bottom <= height);
      // The name that must be written may lie upon others, and stays in the picture.
      const kept = { ...rects[2]!, left: Math.max(0, Math.min(rects[2]!.left, width - w)) };
      const rect = inside.find((one) => taken.isFree(one)) ?? (degree > 2 ? inside.find((one) => hubs.isFree(one)) : undefined) ?? (isFirst ? (inside[0] ?? { ...kept, right: kept.left + w }) : undefined);
      if (!rect) continue;
      taken.add(rect);
      hubs.add(rect);
      written.push({ text, lang: lang ?? "", rect, className: isFirst ? "first" : "" });
    }
    for (const { text, x, y } of middles) {
      const w = this.#width(text);
      const rect = { left: x - w / 2, top: y - high / 2, right: x + w / 2, bottom: y + high / 2 };
      if (!taken.isFree(rect) || rect.left < 0 || rect.right > width) continue;
      taken.add(rect);
      written.push({ text, lang: "", rect, className: "tie" });
    }
    while (this.#shown.length < written.length) {
      const one = make("span", "");
      this.#shown.push(one);
      this.#box.append(one);
    }
    this.#shown.forEach((one, i) => {
      const label = written[i];
      one.hidden = !label;
      if (!label) return;
      if (one.textContent !== label.text) one.textContent = label.text;
      if (one.lang !== label.lang) one.lang = label.lang;
      if (one.className !== label.className) one.className = label.className;
      one.style.transform = `translate(${label.rect.left.toFixed(1)}px, ${label.rect.top.toFixed(1)}px)`;
    });
  }
}

/** What is taken of the screen, by cells, so that a thousand names are placed while one drags. */
class Cells {
  static readonly SIDE = 48;
  readonly #cells = new Map<string, Rect[]>();

  *#of({ left, top, right, bottom }: Rect): Generator<string> {
    const at = (value: number) => Math.floor(value / Cells.SIDE);
    for (let x = at(left); x <= at(right); x += 1) for (let y = at(top); y <= at(bottom); y += 1) yield `${x} ${y}`;
  }
  add(rect: Rect): void {
    for (const cell of this.#of(rect)) this.#cells.set(cell, [...(this.#cells.get(cell) ?? []), rect]);
  }
  isFree(rect: Rect): boolean {
    for (const cell of this.#of(rect)) {
      for (const one of this.#cells.get(cell) ?? []) {
        if (one.left < rect.right && rect.left < one.right && one.top < rect.bottom && rect.top < one.bottom) return false;
      }
    }
    return true;
  }
}
