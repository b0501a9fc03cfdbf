// Ways through school as a Sankey diagram, drawn from what the page says: the table beside it says the same.
import { sankey, sankeyJustify, sankeyLinkHorizontal } from "d3-sankey";
import "./pictures.css";
import { element } from "../picture";

interface Stop {
  id: string;
  name: string;
  stage?: string;
  lang?: string | null;
  href?: string;
}
interface Step {
  source: string;
  target: string;
  value: number;
  basis: string;
  title: string;
}

/** How a basis is filled beside its color. */
const PATTERNS: Record<string, string> = {
  SCHOOL: "",
  PLACES: "M0 10L10 0M-2 2L2 -2M8 12L12 8",
  GROUP: "M5 3v4M3 5h4",
  ALLIANCE: "M0 0L10 10M8 -2L12 2M-2 8L2 12",
  AGREEMENT: "M3 0V10M8 0V10",
};

function pattern(basis: string): SVGPatternElement {
  const made = element("pattern", { id: `fill-${basis}`, width: 10, height: 10, patternUnits: "userSpaceOnUse" });
  const name = `basis-${basis.toLowerCase()}`;
  made.append(element("rect", { width: 10, height: 10, class: `${name} ground` }), element("path", { d: PATTERNS[basis] ?? "", class: `${name} lines` }));
  return made;
}

/** A name as far as there is room for it. */
function shorten(name: string): string {
  let width = 0;
  const at = [...name].findIndex((letter) => (width += letter.charCodeAt(0) > 0x2e80 ? 2 : 1) > 30);
  return at < 0 ? name : `${[...name].slice(0, at).join("")}…`;
}

function draw(figure: HTMLElement): void {
  const { nodes, links } = JSON.parse(figure.dataset.ways!) as { nodes: Stop[]; links: Step[] };
  const columns = new Map<string, number>();
  for (const node of nodes) columns.set(node.stage ?? node.id, (columns.get(node.stage ?? node.id) ?? 0) + 1);
  const [width, height] = [1000, Math.max(360, Math.max(...columns.values()) * 30)];
  // Names of schools are long: they stand beside the last column, and what is cut off is told where one points at it.
  const room = nodes.some((node) => node.stage) ? 300 : 0;
  const graph = sankey<Stop, Step>()
    .nodeId((node) => node.id)
    .nodeAlign(sankeyJustify)
    .nodeWidth(14)
    .nodePadding(Math.min(24, height / (Math.max(...columns.values()) + 1)))
    .extent([[2, 14], [width - 2 - room, height - 8]])({ nodes: nodes.map((node) => ({ ...node })), links: links.map((link) => ({ ...link })) });

  const svg = element("svg", { viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": figure.dataset.label! });
  const fills = element("defs", {});
  fills.append(...[...new Set(links.map((link) => link.basis))].map(pattern));
  const flows = element("g", { fill: "none" });
  const path = sankeyLinkHorizontal<Stop, Step>();
  for (const link of graph.links) {
    const flow = element("path", { d: path(link) ?? "", class: "flow", stroke: `url(#fill-${link.basis})`, "stroke-width": Math.max(1.5, link.width ?? 0), tabindex: 0, role: "img", "aria-label": link.title });
    const title = element("title", {});
    title.textContent = link.title;
    flow.append(title);
    flows.append(flow);
  }
  const stops = element("g", {});
  for (const node of graph.nodes) {
    const [x0, x1, y0, y1] = [node.x0!, node.x1!, node.y0!, node.y1!];
    const isInside = room === 0 && x1 > width - 20;
    const group = node.href ? element("a", { href: node.href }) : element("g", {});
    group.append(element("rect", { x: x0, y: y0, width: x1 - x0, height: Math.max(2, y1 - y0), class: "stop" }));
    const name = element("text", { x: isInside ? x0 - 8 : x1 + 8, y: (y0 + y1) / 2, dy: "0.35em", "text-anchor": isInside ? "end" : "start", ...(node.lang && { lang: node.lang }) });
    name.textContent = shorten(node.name);
    group.append(name);
    if (node.stage) {
      const title = element("title", {});
      title.textContent = `${node.name} (${node.stage})`;
      group.prepend(title);
    }
    stops.append(group);
  }
  svg.append(fills, flows, stops);
  const frame = document.createElement("div");
  frame.className = "frame";
  frame.tabIndex = 0;
  frame.setAttribute("role", "region");
  frame.setAttribute("aria-label", figure.dataset.label!);
  frame.append(svg);
  figure.prepend(frame);
}

document.querySelectorAll<HTMLElement>("figure[data-ways]").forEach(draw);
