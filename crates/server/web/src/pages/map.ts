// The map drawn from what the page says of areas and places: nothing is asked, and no place is made up.
import { geoArea, geoMercator, geoPath } from "d3-geo";
import type { Feature, MultiPolygon, Polygon } from "geojson";
import looks from "../looks.json";
import "./pictures.css";
import { element, zoomable } from "../picture";

interface Drawn {
  type: string;
  name: string;
  lang: string | null;
  href: string;
}
interface Area extends Drawn {
  geometry: Polygon | MultiPolygon;
  isApproximate: boolean;
  region: string | null;
}
interface Place extends Drawn {
  latitude: number;
  longitude: number;
  precision: string | null;
  note: string | null;
}

interface Label {
  text: SVGTextElement;
  x: number;
  y: number;
  /** How wide it is, and how wide it may be. */
  width: number;
  room: number;
}

/** How regions are filled beside their colors, as in the legend. */
const PATTERNS = ["", "M0 10L10 0M-2 2L2 -2M8 12L12 8", "M0 3H10M0 8H10", "M3 0V10M8 0V10", "M0 0L10 10M8 -2L12 2M-2 8L2 12", "M5 3v4M3 5h4"];

const WIDTH = 1000;
const MARGIN = 12;
/** Half the length of a mark, in units of the picture as long as it is not enlarged. */
const MARK = 9;

/** d3 takes what lies to the right of a ring as its inside, and the sources wind theirs as they like. */
function wind(geometry: Polygon | MultiPolygon): MultiPolygon {
  const isLarge = (ring: number[][]) => geoArea({ type: "Polygon", coordinates: [ring] }) > 2 * Math.PI;
  const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  return {
    type: "MultiPolygon",
    coordinates: polygons.map((rings) => rings.map((ring, at) => (isLarge(ring) === (at > 0) ? ring : [...ring].reverse()))),
  };
}

function fills(areas: Area[]): SVGDefsElement {
  const defs = element("defs", {});
  for (const region of new Set(areas.map((area) => area.region))) {
    if (!region) continue;
    const pattern = element("pattern", { id: `fill-${region}`, width: 10, height: 10, patternUnits: "userSpaceOnUse" });
    const lines = element("path", { d: PATTERNS[Number(region.split("-")[1])] ?? "", class: `${region} lines` });
    pattern.append(element("rect", { width: 10, height: 10, class: `${region} ground` }), lines);
    defs.append(pattern);
  }
  return defs;
}

/** Shows the names that have room and lie on no other; the larger areas come first. */
function place(labels: Label[], scale: number): void {
  const shown: Label[] = [];
  for (const label of labels) {
    const isFree = shown.every(({ x, y, width }) => Math.abs(x - label.x) > ((width + label.width) / 2) * scale || Math.abs(y - label.y) > 18 * scale);
    const isShown = isFree && label.width * scale <= label.room;
    label.text.style.display = isShown ? "" : "none";
    label.text.setAttribute("font-size", String(14 * scale));
    if (isShown) shown.push(label);
  }
}

function link(drawn: Drawn, label: string): SVGAElement {
  const to = element("a", { href: drawn.href, "aria-label": label });
  const title = element("title", {});
  title.textContent = label;
  to.append(title);
  return to;
}

function draw(figure: HTMLElement): void {
  const { areas, places } = JSON.parse(figure.dataset.map!) as { areas: Area[]; places: Place[] };
  const features: Feature<MultiPolygon>[] = areas.map(({ geometry }) => ({ type: "Feature", properties: {}, geometry: wind(geometry) }));
  const points: Feature[] = places.map(({ longitude, latitude }) => ({ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: [longitude, latitude] } }));
  const whole = { type: "FeatureCollection" as const, features: [...features, ...points] };
  const projection = geoMercator().fitWidth(WIDTH - 2 * MARGIN, whole);
  const path = geoPath(projection);
  const [[left, top], [, bottom]] = path.bounds(whole);
  const [x, y] = projection.translate();
  projection.translate([x - left + MARGIN, y - top + MARGIN]);
  const height = Math.max(200, bottom - top + 2 * MARGIN);

  const svg = element("svg", { viewBox: `0 0 ${WIDTH} ${height}`, role: "group", "aria-label": figure.dataset.label! });
  const ground = element("g", {});
  const names = element("g", { class: "names", "aria-hidden": "true" });
  const marks = element("g", {});
  // The whole lies below its parts.
  const order = features.map((_, at) => at).sort((one, other) => geoArea(features[other]) - geoArea(features[one]));
  const labels: Label[] = [];
  for (const at of order) {
    const area = areas[at];
    const to = link(area, area.name);
    to.append(element("path", { d: path(features[at]) ?? "", class: `area ${area.type === "District" ? "whole" : ""} ${area.isApproximate ? "approximate" : ""}`, ...(area.region && { fill: `url(#fill-${area.region})` }) }));
    ground.append(to);
    if (area.type === "District") continue;
    const [x, y] = path.centroid(features[at]);
    // What stands in brackets explains, and is told where the area is pointed at.
    const short = area.name.replace(/\s*[(（].*$/, "");
    const width = [...short].reduce((sum, letter) => sum + (letter.charCodeAt(0) > 0x2e80 ? 15 : 8), 0);
    const [[from], [until]] = path.bounds(features[at]);
    const text = element("text", { x, y, ...(area.lang && { lang: area.lang }) });
    text.textContent = short;
    names.append(text);
    labels.push({ text, x, y, width, room: (until - from) * 1.25 });
  }
  for (const drawn of places) {
    const at = projection([drawn.longitude, drawn.latitude]);
    if (!at) continue;
    const isExact = drawn.precision === "BUILDING" || drawn.precision === "CAMPUS";
    const to = link(drawn, drawn.note ? `${drawn.name} (${drawn.note})` : drawn.name);
    const spot = element("g", { class: `place ${isExact ? "exact" : "near"}`, "data-x": at[0], "data-y": at[1] });
    const look = (looks as Record<string, { color: string; path: string }>)[drawn.type] ?? looks.Other;
    if (!isExact) spot.append(element("circle", { r: MARK * 1.7, class: "halo" }));
    spot.append(element("path", { d: look.path, fill: isExact ? look.color : "none", stroke: look.color, transform: `scale(${(MARK * 2) / 20}) translate(-10 -10)` }));
    to.append(spot);
    marks.append(to);
  }
  svg.append(fills(areas), ground, names, marks);
  const spots = [...marks.querySelectorAll<SVGGElement>(".place")];
  figure.prepend(
    ...zoomable(svg, WIDTH, height, figure.dataset, (scale) => {
      for (const spot of spots) spot.setAttribute("transform", `translate(${spot.dataset.x} ${spot.dataset.y}) scale(${scale})`);
      place(labels, scale);
    }),
  );
}

document.querySelectorAll<HTMLElement>("figure[data-map]").forEach(draw);
