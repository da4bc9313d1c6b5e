import { useContext, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Dark } from '../parts/theme.ts';
import { followed, type Shown } from './following.ts';
import { GraphBox } from './graph-box.tsx';
import { familyOfItem, type Item, type ModelItems } from './items.ts';
import type { Layout, Placed, Route } from './layout.ts';
import { Minimap } from './minimap.tsx';
import { paintOverview } from './overview.ts';
import { fitted, fromTop, readable, type View, zoomed } from './view.ts';
import { ViewButtons } from './view-buttons.tsx';

export interface GraphViewProps {
  readonly model: ModelItems;
  readonly layout: Layout;
  readonly selected: Item | undefined;
  readonly marks: ReadonlyMap<string, string>;
  readonly onSelect: (item: Item | undefined) => void;
  readonly onToggle: (item: Item) => void;
}
/** The graph: panned by dragging and scrolling, zoomed with Ctrl and the wheel. */
export function GraphView({ model, layout, selected, marks, onSelect, onToggle }: GraphViewProps) {
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const isDark = useContext(Dark);
  const [size, setSize] = useState<readonly [number, number]>([0, 0]);
  const [view, setView] = useState<View | undefined>();
  const places = useMemo(() => new Map(layout.boxes.map((box) => [box.id, box])), [layout]);

  useLayoutEffect(() => {
    const { current } = frame;
    if (!current) return;
    const measure = () => setSize([current.clientWidth, current.clientHeight]);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  const [width, height] = size;

  const before = useRef<Shown | undefined>(undefined);
  useLayoutEffect(() => {
    if (width === 0) return;
    const now: Shown = { layout, places, selected: selected?.id, width, height };
    setView(followed(view, before.current, now));
    before.current = now;
  }, [places, selected, width, height]);

  useEffect(() => {
    const { current } = frame;
    if (!current) return;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const { left, top } = current.getBoundingClientRect();
      const lines = event.deltaMode === 1 ? 16 : 1;
      setView((v) => {
        if (!v) return v;
        if (event.ctrlKey || event.metaKey)
          return zoomed(v, Math.exp(-event.deltaY * lines * 0.004), event.clientX - left, event.clientY - top);
        const [dx, dy] = event.shiftKey ? [event.deltaY, 0] : [event.deltaX, event.deltaY];
        return { ...v, x: v.x + (dx * lines) / v.scale, y: v.y + (dy * lines) / v.scale };
      });
    };
    current.addEventListener('wheel', onWheel, { passive: false });
    return () => current.removeEventListener('wheel', onWheel);
  }, []);

  const isSmall = view !== undefined && view.scale < readable;
  useLayoutEffect(() => {
    const { current } = canvas;
    if (current && view && isSmall)
      paintOverview(current, {
        layout,
        view,
        width,
        height,
        selected: selected?.id,
        colorOf: (id) => colorOf(model.find(id)),
      });
  }, [view, isSmall, layout, width, height, selected, isDark]);

  const pointers = useRef(new Map<number, { x: number; y: number }>());
  const moved = useRef(false);
  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0) return;
    pointers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
    moved.current = false;
  };
  const onPointerMove = (event: PointerEvent) => {
    const at = pointers.current.get(event.pointerId);
    if (!at) return;
    const [dx, dy] = [event.clientX - at.x, event.clientY - at.y];
    if (!moved.current && Math.hypot(dx, dy) < 4) return;
    if (!moved.current) frame.current?.setPointerCapture(event.pointerId);
    moved.current = true;
    const others = [...pointers.current].filter(([id]) => id !== event.pointerId).map(([, p]) => p);
    pointers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const { left, top } = frame.current!.getBoundingClientRect();
    setView((v) => {
      if (!v) return v;
      const other = others[0];
      if (!other) return { ...v, x: v.x - dx / v.scale, y: v.y - dy / v.scale };
      // Two fingers: the point between them stays in place.
      const factor =
        Math.hypot(event.clientX - other.x, event.clientY - other.y) /
        Math.max(1, Math.hypot(at.x - other.x, at.y - other.y));
      return zoomed(
        { ...v, x: v.x - dx / 2 / v.scale, y: v.y - dy / 2 / v.scale },
        factor,
        (event.clientX + other.x) / 2 - left,
        (event.clientY + other.y) / 2 - top,
      );
    });
  };
  const onPointerUp = (event: PointerEvent) => {
    pointers.current.delete(event.pointerId);
    if (!moved.current && view) clickAt(event);
  };
  // The first click may open the panel, which moves the graph: the second click is meant for the same box.
  const clicked = useRef<{ item: Item | undefined; at: number; x: number; y: number } | undefined>(undefined);
  const clickAt = (event: PointerEvent) => {
    if ((event.target as Element).closest?.('button, a')) return;
    const { timeStamp: at, clientX, clientY } = event;
    const last = clicked.current;
    if (last && at - last.at < 500 && Math.hypot(clientX - last.x, clientY - last.y) < 6) return;
    const { left, top } = frame.current!.getBoundingClientRect();
    const [x, y] = [view!.x + (event.clientX - left) / view!.scale, view!.y + (event.clientY - top) / view!.scale];
    const hit = layout.boxes.filter((b) => x >= b.x && x <= b.x + b.width && y >= b.y && y <= b.y + b.height).at(-1);
    const item = hit && model.find(hit.id);
    clicked.current = { item, at, x: clientX, y: clientY };
    onSelect(item);
  };
  const onDblClick = (event: MouseEvent) => {
    if ((event.target as Element).closest?.('button, a')) return;
    const item = clicked.current?.item;
    clicked.current = undefined;
    if (item?.opens) onToggle(item);
  };

  const seen = view ? visible(layout, view, width, height) : undefined;
  // Open boxes are drawn below the edges, closed ones above.
  const boxes = (isOpen: boolean) =>
    seen?.boxes
      .filter((box) => box.isOpen === isOpen)
      .map((box) => (
        <GraphBox
          key={box.id}
          box={box}
          item={model.find(box.id)!}
          model={model}
          isSelected={selected?.id === box.id}
          mark={marks.get(box.id)}
          onToggle={onToggle}
        />
      ));
  return (
    <div
      class="graph"
      ref={frame}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={(event) => pointers.current.delete(event.pointerId)}
      onDblClick={onDblClick}
      role="application"
      aria-label="Graph of the model. Arrow keys go along edges, Enter opens, Backspace closes."
    >
      <canvas ref={canvas} class="overview" hidden={!isSmall} />
      {view && seen && !isSmall && (
        <div class="stage" style={{ transform: `scale(${view.scale}) translate(${-view.x}px, ${-view.y}px)` }}>
          {boxes(true)}
          <Edges routes={seen.routes} selected={selected?.id} layout={layout} />
          {boxes(false)}
        </div>
      )}
      {view && (
        <>
          <ViewButtons
            onZoom={(factor) => setView(zoomed(view, factor, width / 2, height / 2))}
            onFit={() => setView(fitted({ x: 0, y: 0, width: layout.width, height: layout.height }, width, height))}
            onTop={() => setView(fromTop(layout, width, height))}
          />
          <Minimap
            layout={layout}
            view={view}
            width={width}
            height={height}
            colorOf={(id) => colorOf(model.find(id))}
            onMove={(x, y) => setView({ ...view, x: x - width / 2 / view.scale, y: y - height / 2 / view.scale })}
          />
        </>
      )}
    </div>
  );
}

const colorOf = (item: Item | undefined): string => `--family-${item ? familyOfItem(item) : 'other'}`;

/** The visible part, with a margin. */
function visible(layout: Layout, view: View, width: number, height: number): { boxes: Placed[]; routes: Route[] } {
  const [left, top] = [view.x - 80, view.y - 80];
  const [right, bottom] = [view.x + width / view.scale + 80, view.y + height / view.scale + 80];
  const boxes = layout.boxes.filter((b) => b.x < right && b.x + b.width > left && b.y < bottom && b.y + b.height > top);
  const routes = layout.routes.filter(({ points }) => {
    const y0 = points[1]!;
    const y1 = points[points.length - 1]!;
    return Math.min(y0, y1) < bottom && Math.max(y0, y1) > top;
  });
  return { boxes, routes };
}

function Edges({
  routes,
  selected,
  layout,
}: {
  routes: readonly Route[];
  selected: string | undefined;
  layout: Layout;
}) {
  return (
    <svg class="edges" width={layout.width} height={layout.height} aria-hidden="true">
      <defs>
        <marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
          <path d="M0.5 0.8 L7 4 L0.5 7.2 z" />
        </marker>
        <marker id="tip-on" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
          <path d="M0.5 0.8 L7 4 L0.5 7.2 z" />
        </marker>
      </defs>
      {routes.map((route) => {
        const isOn = selected !== undefined && (route.from === selected || route.to === selected);
        return (
          <path
            key={`${route.from} ${route.to}`}
            class={isOn ? 'on' : undefined}
            d={curve(route.points)}
            marker-end={isOn ? 'url(#tip-on)' : 'url(#tip)'}
          />
        );
      })}
    </svg>
  );
}

/** A smooth line down through the points, vertical at both ends and wherever it turns. */
function curve(points: readonly number[]): string {
  const count = points.length / 2;
  const slope = (k: number): number => {
    const height = points[2 * k + 3]! - points[2 * k + 1]!;
    return height === 0 ? 0 : (points[2 * k + 2]! - points[2 * k]!) / height;
  };
  const tangent = (k: number): number => {
    if (k === 0 || k === count - 1) return 0;
    const [before, after] = [slope(k - 1), slope(k)];
    return before * after <= 0 ? 0 : (2 * before * after) / (before + after);
  };
  let d = `M${points[0]} ${points[1]}`;
  for (let k = 0; k < count - 1; k++) {
    const [x0, y0, x1, y1] = points.slice(2 * k, 2 * k + 4) as [number, number, number, number];
    if (Math.abs(x1 - x0) < 0.5) d += `L${x1} ${y1}`;
    else {
      const third = (y1 - y0) / (count === 2 ? 2 : 3);
      d += `C${x0 + tangent(k) * third} ${y0 + third} ${x1 - tangent(k + 1) * third} ${y1 - third} ${x1} ${y1}`;
    }
  }
  return d;
}
