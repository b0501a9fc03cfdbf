// The look of the nouns in pictures: a shape and a color each, so that color never speaks alone.
import cytoscape from "cytoscape";
import looks from "./looks.json";

export { cytoscape };

/** How a noun looks. */
export interface Look {
  shape: cytoscape.Css.NodeShape;
  /** The corners of a polygon, x and y in turn, in a box from -1 to 1. */
  corners?: number[];
  color: string;
  /** The shape as a path in a box of 20 by 20, for legends. */
  path: string;
}

// Data of its own, so that pages which a server writes can have the same looks.
const LOOKS = looks as Record<string, Look>;

/** How a type looks. */
export const look = (type: string): Look => LOOKS[type] ?? LOOKS.Other!;

/** The shape of a type as a small picture, for legends. */
export function mark(type: string): SVGSVGElement {
  const { path, color } = look(type);
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS(svg.namespaceURI, "path");
  shape.setAttribute("d", path);
  shape.setAttribute("fill", color);
  svg.append(shape);
  return svg;
}

/** What the library wants to know of a type's look. */
export const shaped = (type: string): Record<string, unknown> => {
  const { shape, corners, color } = look(type);
  return { shape, color, ...(corners && { corners: corners.join(" ") }) };
};

/** How all pictures of nodes and ties look, in the colors of the page; what stands beside it is drawn by each page. */
export function style(element: Element): cytoscape.StylesheetStyle[] {
  const ink = getComputedStyle(element).color;
  return [
    { selector: "node", style: { shape: "data(shape)", "background-color": "data(color)", width: "data(size)", height: "data(size)" } },
    { selector: "node[corners]", style: { "shape-polygon-points": "data(corners)" } },
    { selector: "edge", style: { width: 1.2, "line-color": "#8a93a3", "line-opacity": 0.75, "curve-style": "straight", "target-arrow-color": "#8a93a3" } },
    { selector: "edge.near", style: { width: 2, "line-opacity": 1, "target-arrow-shape": "triangle", "arrow-scale": 0.8 } },
    { selector: "node.chosen", style: { "border-width": 4, "border-color": ink } },
    { selector: "node.pointed", style: { "border-width": 4, "border-color": ink, "border-style": "double" } },
    { selector: "node.found", style: { "border-width": 3, "border-color": ink } },
    { selector: ".faint", style: { opacity: 0.12 } },
    { selector: ".left-out", style: { display: "none" } },
  ] as unknown as cytoscape.StylesheetStyle[];
}
