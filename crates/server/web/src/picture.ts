// What pictures share: elements of SVG, and a picture that can be enlarged by buttons, keys and the pointer.

const SVG = "http://www.w3.org/2000/svg";

export function element<Name extends keyof SVGElementTagNameMap>(name: Name, attributes: Record<string, string | number>): SVGElementTagNameMap[Name] {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

/** The picture and its buttons. `rescale` is told how large a unit is now, so that marks and names keep their size. */
export function zoomable(svg: SVGSVGElement, width: number, height: number, texts: DOMStringMap, rescale: (scale: number) => void): HTMLElement[] {
  let [x, y, scale] = [0, 0, 1];
  const show = () => {
    x = Math.min(Math.max(x, 0), width * (1 - scale));
    y = Math.min(Math.max(y, 0), height * (1 - scale));
    svg.setAttribute("viewBox", `${x} ${y} ${width * scale} ${height * scale}`);
    // On a narrow page the picture is small, and what is read in it is not.
    const shown = svg.getBoundingClientRect().width || width;
    rescale(scale * Math.min(2.7, Math.max(1, 850 / shown)));
  };
  const zoom = (factor: number, [centerX, centerY] = [0.5, 0.5]) => {
    const next = Math.min(1, Math.max(1 / 16, scale / factor));
    x += (scale - next) * width * centerX;
    y += (scale - next) * height * centerY;
    scale = next;
    show();
  };
  const button = (text: string, label: string, act: () => void) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.setAttribute("aria-label", label);
    made.title = label;
    made.addEventListener("click", act);
    return made;
  };
  const buttons = document.createElement("div");
  buttons.className = "zoom";
  buttons.append(
    button("+", texts.in!, () => zoom(1.6)),
    button("−", texts.out!, () => zoom(1 / 1.6)),
    button("⤢", texts.whole!, () => {
      [x, y, scale] = [0, 0, 1];
      show();
    }),
  );
  const frame = document.createElement("div");
  frame.className = "frame";
  frame.append(svg, buttons);
  // Where the keyboard goes, the picture follows. Not of the picture itself, which would become a stop of the keyboard.
  frame.addEventListener("focusin", ({ target }) => {
    if (scale === 1 || !(target instanceof SVGGraphicsElement)) return;
    const box = target.getBBox();
    x = box.x + box.width / 2 - (width * scale) / 2;
    y = box.y + box.height / 2 - (height * scale) / 2;
    show();
  });
  let from: { x: number; y: number; moved: boolean } | null = null;
  svg.addEventListener("pointerdown", (event) => {
    if (scale < 1) from = { x: event.clientX, y: event.clientY, moved: false };
  });
  svg.addEventListener("pointermove", (event) => {
    if (!from) return;
    const unit = (width * scale) / svg.getBoundingClientRect().width;
    const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
    if (!from.moved && Math.hypot(dx, dy) < 4) return;
    from = { x: event.clientX, y: event.clientY, moved: true };
    x -= dx * unit;
    y -= dy * unit;
    show();
  });
  const release = () => setTimeout(() => (from = null));
  svg.addEventListener("pointerup", release);
  svg.addEventListener("pointerleave", release);
  svg.addEventListener("dragstart", (event) => event.preventDefault());
  // A drag that ends on a link does not follow it.
  svg.addEventListener("click", (event) => from?.moved && event.preventDefault(), true);
  new ResizeObserver(show).observe(frame);
  show();
  return [frame];
}
