// Places boxes and the ways between them so that no way crosses a box or a word that is not its own.
import { Graph, layout } from "@dagrejs/dagre";

/** A box with its size. */
export interface Box {
  id: string;
  width: number;
  height: number;
}

/** A way from one box to another, with the size of the words on it; without words both are 0. */
export interface Way extends Box {
  from: string;
  to: string;
}

/** A point of the plane. */
export interface Point {
  x: number;
  y: number;
}

/** Where things are: the middle of each box, the points of each way from border to border, the middle of its words. */
export interface Placed {
  boxes: Map<string, Point>;
  ways: Map<string, { points: Point[]; words: Point | null }>;
}

/** Places all, from left to right. */
export function place(boxes: Box[], ways: Way[]): Placed {
  const graph = new Graph({ multigraph: true });
  // The library's usual ranker takes minutes for a thousand ways; this one gives the same columns.
  graph.setGraph({ rankdir: "LR", nodesep: 16, edgesep: 12, ranksep: 70, ranker: "tight-tree" });
  for (const { id, width, height } of boxes) graph.setNode(id, { width, height });
  for (const { id, from, to, width, height } of ways) graph.setEdge(from, to, { width, height, labelpos: "c" }, id);
  layout(graph);
  const middle = (id: string): Point => ({ x: graph.node(id).x!, y: graph.node(id).y! });
  const edge = ({ id, from, to }: Way) => graph.edge({ v: from, w: to, name: id });

  // How far the things reach whose middle is at one x: a way is level there, and slopes only in between.
  const reach = new Map<number, number>();
  const at = (x: number) => Math.round(x);
  const extend = (x: number, width: number) => reach.set(at(x), Math.max(reach.get(at(x)) ?? 0, width / 2 + 6));
  for (const box of boxes) extend(middle(box.id).x, box.width);
  for (const way of ways) if (way.width > 0) extend(edge(way).x!, way.width);

  const half = new Map(boxes.map(({ id, width }) => [id, width / 2]));
  const placed: Placed = { boxes: new Map(boxes.map(({ id }) => [id, middle(id)])), ways: new Map() };
  for (const way of ways) {
    const label = edge(way);
    const given = label.points as Point[];
    const [from, to] = [middle(way.from), middle(way.to)];
    const forward = from.x <= to.x ? 1 : -1;
    const points: Point[] = [];
    const level = (x: number, y: number) => {
      const far = reach.get(at(x)) ?? 0;
      points.push({ x: x - forward * far, y }, { x: x + forward * far, y });
    };
    const first = { x: from.x + forward * half.get(way.from)!, y: from.y };
    const last = { x: to.x - forward * half.get(way.to)!, y: to.y };
    points.push(first, { x: from.x + forward * (reach.get(at(from.x)) ?? 0), y: from.y });
    for (const { x, y } of given.slice(1, -1)) level(x, y);
    points.push({ x: to.x - forward * (reach.get(at(to.x)) ?? 0), y: to.y }, last);
    placed.ways.set(way.id, { points: straightened(points), words: way.width > 0 ? { x: label.x!, y: label.y! } : null });
  }
  return placed;
}

/** Without the points at which nothing turns. */
function straightened(points: Point[]): Point[] {
  const kept: Point[] = [];
  for (const point of points) {
    const [before, last] = [kept.at(-2), kept.at(-1)];
    if (last && Math.hypot(point.x - last.x, point.y - last.y) < 0.5) continue;
    const turn = before && last ? (last.x - before.x) * (point.y - before.y) - (last.y - before.y) * (point.x - before.x) : 1;
    if (Math.abs(turn) < 0.5) kept.pop();
    kept.push(point);
  }
  return kept;
}
