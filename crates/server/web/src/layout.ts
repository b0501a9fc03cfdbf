// Places nodes so that what is tied lies near each other, and nothing upon another; the same each time.
import { type SimulationLinkDatum, type SimulationNodeDatum, forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from "d3-force";

/** A node with the radius that it needs. */
export interface Disc {
  id: string;
  radius: number;
}

/** A point of the plane. */
export interface Point {
  x: number;
  y: number;
}

/** What is to be placed: nodes, the indexes of those that are tied, and how much wider than high the frame is. */
export interface Task {
  discs: Disc[];
  ties: [number, number][];
  aspect: number;
  /** How long a tie is at rest. */
  length: number;
}

/** Points in the order of the nodes. The library throws its own dice, always alike. */
export function place({ discs, ties, aspect, length }: Task): Point[] {
  const isTied = new Set(ties.filter(([source, target]) => source !== target).flat());
  const nodes: (SimulationNodeDatum & Disc)[] = discs.filter((_, i) => isTied.has(i)).map((disc) => ({ ...disc }));
  const at = new Map(discs.map((_, i) => i).filter((i) => isTied.has(i)).map((i, place) => [i, place]));
  const links: SimulationLinkDatum<SimulationNodeDatum>[] = ties.filter(([source, target]) => source !== target).map(([source, target]) => ({ source: at.get(source)!, target: at.get(target)! }));
  forceSimulation(nodes)
    .force("ties", forceLink(links).distance(length))
    .force("apart", forceManyBody().strength(-4 * length).distanceMax(12 * length))
    .force("whole", forceCollide<SimulationNodeDatum & Disc>((disc) => disc.radius + 3).iterations(2))
    .force("x", forceX(0).strength(0.04 / aspect))
    .force("y", forceY(0).strength(0.04 * aspect))
    .stop()
    .tick(300);
  // What has no tie stands in rows below, where it is in nobody's way.
  const [left, right, bottom] = nodes.reduce(([l, r, b], { x, y }) => [Math.min(l!, x!), Math.max(r!, x!), Math.max(b!, y!)], [Infinity, -Infinity, -Infinity]);
  const alone = discs.length - nodes.length;
  const step = Math.max(length / 2, ...discs.filter((_, i) => !isTied.has(i)).map(({ radius }) => 2 * radius + 6));
  const width = Math.max(nodes.length > 0 ? right! - left! : 0, step * Math.ceil(Math.sqrt(alone * aspect) - 1));
  const columns = Math.max(1, Math.floor(width / step) + 1);
  const start = nodes.length > 0 ? { x: (left! + right! - Math.min(width, (Math.min(columns, alone) - 1) * step)) / 2, y: bottom! + 1.5 * length } : { x: 0, y: 0 };
  let placed = 0;
  return discs.map((_, i) => {
    const place = at.get(i);
    if (place !== undefined) return { x: nodes[place]!.x!, y: nodes[place]!.y! };
    const point = { x: start.x + (placed % columns) * step, y: start.y + Math.floor(placed / columns) * step };
    placed += 1;
    return point;
  });
}
