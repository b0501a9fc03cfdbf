// The schema as a picture: nouns, and the relations that lead from one to another.
import { type GraphQLField, type GraphQLNamedType, type GraphQLObjectType, buildSchema, getNamedType, isEnumType, isInputObjectType, isInterfaceType, isObjectType, isScalarType, isUnionType } from "graphql";
import { cytoscape, style } from "./nouns";
import { at, make } from "./elements";

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

/** Draws the nouns, or all that a query can reach. */
function draw(all: boolean): void {
  const nodes = shown.filter((one) => isNoun(one) ? all || !["Source", "Authority", "LearningArea"].includes(one.name) : all && isObjectType(one));
  const names = new Set(nodes.map((one) => one.name));
  const ties = new Map<string, { source: string; target: string; fields: string[] }>();
  for (const one of nodes) {
    if (!isObjectType(one) || ["Query", "Map"].includes(one.name)) continue;
    for (const field of Object.values(one.getFields())) {
      const { type } = target(field);
      const ends = isUnionType(type) ? type.getTypes() : [type];
      for (const end of ends.filter((end) => names.has(end.name))) {
        const key = `${one.name}>${end.name}`;
        const tie = ties.get(key) ?? { source: one.name, target: end.name, fields: [] };
        tie.fields.push(field.name);
        ties.set(key, tie);
      }
    }
  }
  const linked = new Set([...ties.values()].flatMap((tie) => [tie.source, tie.target]));
  picture?.destroy();
  const drawn = cytoscape({
    container: box,
    elements: [
      ...nodes.filter((one) => linked.has(one.name)).map((one) => ({ data: { id: one.name, type: one.name, label: one.name } })),
      ...[...ties].map(([id, tie]) => ({ data: { id, source: tie.source, target: tie.target, label: tie.fields.join("\n") } })),
    ],
    style: [
      ...style(box),
      { selector: "node", style: { width: 44, height: 44, "text-valign": "bottom", "text-halign": "center", "text-margin-x": 0, "text-margin-y": 4, "font-size": 15, "font-weight": "bold" } },
      { selector: "edge", style: { "text-wrap": "wrap", "font-size": 10, "control-point-step-size": 50, "loop-sweep": "50deg" } },
    ] as cytoscape.StylesheetStyle[],
    layout: { name: "cose", animate: false, randomize: false, idealEdgeLength: () => 150, nodeRepulsion: () => 900_000, nodeOverlap: 40, gravity: 0.4, numIter: 2500, padding: 30 } as cytoscape.LayoutOptions,
    minZoom: 0.15,
    maxZoom: 3,
  });
  drawn.on("tap", "node", (event) => choose(event.target.id()));
  drawn.on("tap", (event) => {
    if (event.target === drawn) drawn.elements().removeClass("faint");
  });
  box.dataset.drawn = String(drawn.nodes().length);
  picture = drawn;
}

function highlight(name: string): void {
  if (!picture) return;
  const node = picture.getElementById(name);
  picture.elements().removeClass("faint").unselect();
  if (node.empty()) return;
  picture.elements().difference(node.closedNeighborhood()).addClass("faint");
  node.select();
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
draw(false);
at("find").addEventListener("input", lists);
at<HTMLInputElement>("all").addEventListener("change", (event) => draw((event.target as HTMLInputElement).checked));
const zoom = (factor: number) => picture?.zoom({ level: picture.zoom() * factor, renderedPosition: { x: box.clientWidth / 2, y: box.clientHeight / 2 } });
at("in").addEventListener("click", () => zoom(1.3));
at("out").addEventListener("click", () => zoom(1 / 1.3));
at("fit").addEventListener("click", () => picture?.fit(undefined, 20));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => draw(at<HTMLInputElement>("all").checked));
