// The look of the nouns in pictures: a shape and a color each, so that color never speaks alone.
import cytoscape from "cytoscape";

export { cytoscape };

/** How a noun looks. */
export interface Look {
  shape: cytoscape.Css.NodeShape;
  color: string;
  /** The shape as a path in a box of 20 by 20, for legends. */
  path: string;
}

const LOOKS: Record<string, Look> = {
  School: { shape: "round-rectangle", color: "#2f6fc1", path: "M4 5h12a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2z" },
  Group: { shape: "hexagon", color: "#c2570c", path: "M6 3h8l5 7-5 7H6l-5-7z" },
  Alliance: { shape: "diamond", color: "#8b3fc0", path: "M10 1l9 9-9 9-9-9z" },
  Partner: { shape: "ellipse", color: "#1f8a4c", path: "M10 4c5 0 9 2.700 9 6s-4 6-9 6-9-2.700-9-6 4-6 9-6z" },
  Campus: { shape: "round-tag", color: "#0e7f8c", path: "M2 4h10l7 6-7 6H2z" },
  Township: { shape: "triangle", color: "#7a6a12", path: "M10 2l9 15H1z" },
  Region: { shape: "pentagon", color: "#a33a5f", path: "M10 1l9 7-3 11H4L1 8z" },
  District: { shape: "octagon", color: "#5a5f6b", path: "M6 1h8l5 5v8l-5 5H6l-5-5V6z" },
};

const OTHER: Look = { shape: "rectangle", color: "#5a5f6b", path: "M2 5h16v10H2z" };

/** How a type looks. */
export const look = (type: string): Look => LOOKS[type] ?? OTHER;

/** The look of all nodes and ties, in the colors of the page. */
export function style(element: Element): cytoscape.StylesheetStyle[] {
  const ink = getComputedStyle(element).color;
  const paper = getComputedStyle(element).backgroundColor;
  const font = 'system-ui, "Noto Sans", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
  return [
    {
      selector: "node",
      style: {
        shape: ((node: cytoscape.NodeSingular) => look(node.data("type")).shape) as never,
        "background-color": ((node: cytoscape.NodeSingular) => look(node.data("type")).color) as never,
        width: 26,
        height: 26,
        label: "data(label)",
        color: ink,
        "font-family": font,
        "font-size": 12,
        "text-wrap": "wrap",
        "text-max-width": "190px",
        "text-valign": "center",
        "text-halign": "right",
        "text-margin-x": 6,
        "text-background-color": paper,
        "text-background-opacity": 1,
        "text-background-padding": "2px",
      },
    },
    {
      selector: "edge",
      style: {
        width: 1.5,
        "line-color": "#8a93a3",
        "target-arrow-color": "#8a93a3",
        "target-arrow-shape": "triangle",
        "arrow-scale": 0.9,
        "curve-style": "bezier",
        label: "data(label)",
        color: ink,
        "font-family": font,
        "font-size": 9,
        "text-background-color": paper,
        "text-background-opacity": 0.9,
        "text-background-padding": "1px",
      },
    },
    { selector: "node:selected", style: { "border-width": 3, "border-color": ink } },
    { selector: ".faint", style: { opacity: 0.15 } },
  ];
}
