// The schema as a picture: nouns, and the relations that lead from one to another.
import { type GraphQLField, type GraphQLNamedType, type GraphQLObjectType, buildSchema, getNamedType, isEnumType, isInputObjectType, isInterfaceType, isObjectType, isScalarType, isUnionType } from "graphql";
import { at, make } from "./elements";
import { cytoscape, shaped, style } from "./nouns";
import { placing } from "./placing";

/** The words in backticks as code. */
function prose(text: string): (string | Node)[] {
  return text.split("`").map((part, i) => (i % 2 ? make("code", "", part) : part));
}

const sdl = await (await fetch("schema.graphql")).text();
const schema = buildSchema(sdl, { assumeValid: true });
// What begins with "_" belongs to GraphQL itself, or to gateways.
const types = Object.values(schema.getTypeMap()).filter((one) => !one.name.startsWith("_"));
const isWrapper = (one: GraphQLNamedType) => /(Connection|Edge)$/.test(one.name) || one.name === "PageInfo";
const isNoun = (one: GraphQLNamedType): one is GraphQLObjectType => isObjectType(one) && one.getInterfaces().some((face) => face.name === "Node");
const shown = types.filter((one) => !isWrapper(one) && !["Boolean", "Float", "ID", "Int", "String"].includes(one.name));

/** The type that a field leads to, through the wrappers of a connection, and what its edge tells. */
function target(field: GraphQLField<unknown, unknown>): { type: GraphQLNamedType; edge: string[] } {
  let type = getNamedType(field.type) as GraphQLNamedType;
  let edge: string[] = [];
  if (/Connection$/.test(type.name) && isObjectType(type)) {
    const edges = getNamedType(type.getFields().edges.type) as GraphQLObjectType;
    edge = Object.keys(edges.getFields()).filter((name) => name !== "node" && name !== "cursor");
    type = getNamedType(edges.getFields().node.type) as GraphQLNamedType;
  }
  return { type, edge };
}

const box = at("picture");
let picture: cytoscape.Core | null = null;
/** How often something was to be drawn; an earlier drawing gives way to a later one. */
let turn = 0;
let chosen = "";

/** Draws all nouns, or all that a query can reach; the same picture each time. */
async function draw(all: boolean): Promise<void> {
  turn += 1;
  const mine = turn;
  const nodes = shown.filter((one) => isNoun(one) || (all && isObjectType(one))).sort((a, b) => (a.name < b.name ? -1 : 1));
  const places = new Map(nodes.map((one, i) => [one.name, i]));
  const ties = new Map<string, { source: string; target: string; fields: string[] }>();
  for (const one of nodes) {
    if (!isObjectType(one) || ["Query", "Map"].includes(one.name)) continue;
    for (const field of Object.values(one.getFields())) {
      const { type } = target(field);
      const ends = isUnionType(type) ? type.getTypes() : [type];
      for (const end of ends.filter((end) => places.has(end.name))) {
        const key = `${one.name}>${end.name}`;
        const tie = ties.get(key) ?? { source: one.name, target: end.name, fields: [] };
        tie.fields.push(field.name);
        ties.set(key, tie);
      }
    }
  }
  const aspect = Math.sqrt(box.clientWidth / box.clientHeight) || 1;
  const pairs = [...ties.values()].filter((tie) => tie.source !== tie.target).map((tie): [number, number] => [places.get(tie.source)!, places.get(tie.target)!]);
  // A disc as wide as a name, so that none is written upon another.
  const points = await placing({ discs: nodes.map((one) => ({ id: one.name, radius: 24 + 3 * one.name.length })), ties: pairs, aspect, length: 130 });
  if (mine !== turn) return;
  picture?.destroy();
  const drawn = cytoscape({
    container: box,
    elements: [
      ...nodes.map((one, i) => ({ group: "nodes" as const, data: { id: one.name, label: one.name, size: isNoun(one) ? 40 : 22, ...shaped(one.name) }, position: points[i]! })),
      ...[...ties].map(([id, tie]) => ({ group: "edges" as const, data: { id, source: tie.source, target: tie.target, label: tie.fields.join("\n") } })),
    ],
    style: [
      ...style(box),
      { selector: "node", style: { label: "data(label)", color: getComputedStyle(box).color, "font-family": getComputedStyle(box).fontFamily, "font-size": 15, "font-weight": "bold", "text-valign": "bottom", "text-margin-y": 4, "text-background-color": getComputedStyle(box).backgroundColor, "text-background-opacity": 0.85, "text-background-padding": "2px" } },
      { selector: "edge", style: { "curve-style": "bezier", "control-point-step-size": 40, "loop-sweep": "50deg" } },
      // What each relation is called is said around the noun that is chosen; all at once cover each other.
      { selector: "edge.out", style: { "target-label": "data(label)", "target-text-offset": 55, color: getComputedStyle(box).color, "font-family": getComputedStyle(box).fontFamily, "text-wrap": "wrap", "font-size": 11, "text-background-color": getComputedStyle(box).backgroundColor, "text-background-opacity": 0.9, "text-background-padding": "1px" } },
      { selector: "edge.out:loop", style: { "target-label": "", label: "data(label)", "text-margin-y": 10, "font-size": 11, "text-wrap": "wrap", color: getComputedStyle(box).color, "font-family": getComputedStyle(box).fontFamily, "text-background-color": getComputedStyle(box).backgroundColor, "text-background-opacity": 0.9 } },
    ] as cytoscape.StylesheetStyle[],
    layout: { name: "preset", fit: true, padding: 30 },
    minZoom: 0.15,
    maxZoom: 3,
  });
  drawn.on("tap", "node", (event) => choose(event.target.id()));
  drawn.on("tap", (event) => {
    if (event.target === drawn) highlight("");
  });
  picture = drawn;
  highlight(chosen);
  box.dataset.drawn = String(drawn.nodes().length);
}

function highlight(name: string): void {
  chosen = name;
  if (!picture) return;
  const node = picture.getElementById(name);
  picture.elements().removeClass("faint near out chosen");
  if (node.empty()) return;
  picture.elements().difference(node.closedNeighborhood()).addClass("faint");
  node.addClass("chosen").connectedEdges().addClass("near");
  (node as cytoscape.NodeSingular).outgoers("edge").addClass("out");
}

function reference(type: GraphQLNamedType): HTMLElement {
  const button = make("button", "type", type.name) as HTMLButtonElement;
  button.type = "button";
  button.addEventListener("click", () => choose(type.name, true));
  return button;
}

/** Shows what can be asked of a type. */
function choose(name: string, move = false): void {
  const type = schema.getType(name);
  if (!type) return;
  highlight(name);
  const entry = (title: (string | Node)[], words: string | null | undefined) => make("div", "", make("dt", "", ...title), make("dd", "", ...prose(words ?? "")));
  const list: Node[] = [];
  if (isObjectType(type) || isInterfaceType(type)) {
    for (const field of Object.values(type.getFields())) {
      const { type: end, edge } = target(field);
      const known = shown.includes(end) && !isScalarType(end);
      const args = field.args.length > 0 ? `(${field.args.map((arg) => arg.name).join(", ")})` : "";
      const written = /Connection/.test(String(field.type)) ? "many " : "";
      const title = [make("code", "", field.name + args), ": ", written, known ? reference(end) : String(field.type)];
      if (edge.length > 0) title.push(make("small", "", ` · on the tie: ${edge.join(", ")}`));
      list.push(entry(title, field.description));
    }
  } else if (isInputObjectType(type)) {
    for (const field of Object.values(type.getFields())) list.push(entry([make("code", "", field.name), `: ${field.type}`], field.description));
  } else if (isEnumType(type)) {
    for (const value of type.getValues()) list.push(entry([make("code", "", value.name)], value.description));
  } else if (isUnionType(type)) {
    for (const one of type.getTypes()) list.push(entry([reference(one)], one.description));
  }
  const detail = at("detail");
  detail.replaceChildren(make("h2", "", name), make("p", "", ...prose(type.description ?? "")), make("dl", "fields", ...list));
  detail.scrollTop = 0;
  for (const one of at("types").querySelectorAll("button")) one.setAttribute("aria-pressed", String(one.textContent === name));
  if (move) detail.focus();
}

function lists(): void {
  const kinds: [string, (one: GraphQLNamedType) => boolean][] = [
    ["Start here", (one) => ["Query", "Map"].includes(one.name)],
    ["Nouns", isNoun],
    ["Parts", (one) => isObjectType(one) && !isNoun(one as GraphQLNamedType) && !["Query", "Map"].includes(one.name)],
    ["Filters and orders", isInputObjectType],
    ["Words", isEnumType],
    ["Others", (one) => [isScalarType, isInterfaceType, isUnionType].some((is) => is(one))],
  ];
  const wanted = at<HTMLInputElement>("find").value.trim().toLowerCase();
  const matches = (one: GraphQLNamedType) =>
    one.name.toLowerCase().includes(wanted) || ("getFields" in one && Object.keys(one.getFields()).some((name) => name.toLowerCase().includes(wanted)));
  const groups = kinds.flatMap(([title, belongs]) => {
    const ones = shown.filter((one) => belongs(one) && matches(one)).sort((a, b) => a.name.localeCompare(b.name));
    return ones.length > 0 ? [make("li", "", make("strong", "", title), make("ul", "", ...ones.map((one) => make("li", "", reference(one)))))] : [];
  });
  at("types").replaceChildren(...(groups.length > 0 ? groups : [make("li", "muted", "Nothing is called so.")]));
}

lists();
void draw(false);
at("find").addEventListener("input", lists);
at<HTMLInputElement>("all").addEventListener("change", (event) => void draw((event.target as HTMLInputElement).checked));
const zoom = (factor: number) => picture?.zoom({ level: picture.zoom() * factor, renderedPosition: { x: box.clientWidth / 2, y: box.clientHeight / 2 } });
at("in").addEventListener("click", () => zoom(1.3));
at("out").addEventListener("click", () => zoom(1 / 1.3));
at("fit").addEventListener("click", () => picture?.fit(undefined, 20));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => void draw(at<HTMLInputElement>("all").checked));
