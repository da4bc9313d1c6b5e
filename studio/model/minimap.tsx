import { useContext, useLayoutEffect, useRef } from 'preact/hooks';
import { Dark } from '../parts/theme.ts';
import type { Layout } from './layout.ts';
import { paintOverview } from './overview.ts';
import type { View } from './view.ts';

interface MinimapProps {
  readonly layout: Layout;
  readonly view: View;
  readonly width: number;
  readonly height: number;
  readonly colorOf: (id: string) => string;
  readonly onMove: (x: number, y: number) => void;
}
const most = { width: 132, height: 320 };

/** The whole drawing in small, with the visible part; absent if everything is visible. */
export function Minimap({ layout, view, width, height, colorOf, onMove }: MinimapProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const isDark = useContext(Dark);
  const scale = Math.min(most.width / layout.width, Math.min(most.height, height * 0.6) / layout.height);
  const [w, h] = [Math.max(24, layout.width * scale), layout.height * scale];
  const isWhole = layout.width * view.scale <= width && layout.height * view.scale <= height;
  useLayoutEffect(() => {
    if (canvas.current && !isWhole)
      paintOverview(canvas.current, {
        layout,
        view: { x: (layout.width - w / scale) / 2, y: 0, scale },
        width: w,
        height: h,
        colorOf,
      });
  }, [layout, w, h, isWhole, isDark]);
  if (isWhole || layout.boxes.length < 12) return null;
  const left = (view.x - (layout.width - w / scale) / 2) * scale;
  const move = (event: PointerEvent) => {
    if (event.buttons === 0) return;
    event.stopPropagation();
    const box = (event.currentTarget as Element).getBoundingClientRect();
    onMove((event.clientX - box.left) / scale + (layout.width - w / scale) / 2, (event.clientY - box.top) / scale);
  };
  return (
    <div
      class="minimap"
      style={{ width: `${w}px`, height: `${h}px` }}
      onPointerDown={move}
      onPointerMove={move}
      aria-hidden="true"
    >
      <canvas ref={canvas} />
      <div
        class="seen"
        style={{
          left: `${left}px`,
          top: `${view.y * scale}px`,
          width: `${(width / view.scale) * scale}px`,
          height: `${(height / view.scale) * scale}px`,
        }}
      />
    </div>
  );
}
