import type { Layout } from './layout.ts';
import type { View } from './view.ts';

export interface Overview {
  readonly layout: Layout;
  readonly view: View;
  readonly width: number;
  readonly height: number;
  readonly selected?: string | undefined;
  /** The name of the style variable that a box's colour is in. */
  readonly colorOf: (id: string) => string;
}

/** Paints boxes and edges when they are too small for text. */
export function paintOverview(
  canvas: HTMLCanvasElement,
  { layout, view, width, height, selected, colorOf }: Overview,
): void {
  const ratio = Math.min(2, devicePixelRatio || 1);
  if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
  if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
  const pen = canvas.getContext('2d');
  if (!pen) return;
  const style = getComputedStyle(canvas);
  const colors = new Map<string, string>();
  const color = (name: string): string => {
    const known = colors.get(name);
    if (known !== undefined) return known;
    const found = style.getPropertyValue(name).trim() || '#888';
    colors.set(name, found);
    return found;
  };
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.clearRect(0, 0, canvas.width, canvas.height);
  const scale = view.scale * ratio;
  pen.setTransform(scale, 0, 0, scale, -view.x * scale, -view.y * scale);
  const [top, bottom] = [view.y, view.y + height / view.scale];
  const thin = 1 / view.scale;
  for (const b of layout.boxes) {
    if (!b.isOpen || b.y > bottom || b.y + b.height < top) continue;
    pen.fillStyle = color('--frame');
    pen.strokeStyle = color('--line');
    pen.lineWidth = thin;
    pen.fillRect(b.x, b.y, b.width, b.height);
    pen.strokeRect(b.x, b.y, b.width, b.height);
  }
  pen.strokeStyle = color('--edge');
  pen.lineWidth = thin;
  pen.beginPath();
  for (const { points } of layout.routes) {
    if (
      Math.min(points[1]!, points[points.length - 1]!) > bottom ||
      Math.max(points[1]!, points[points.length - 1]!) < top
    )
      continue;
    pen.moveTo(points[0]!, points[1]!);
    for (let k = 2; k < points.length; k += 2) pen.lineTo(points[k]!, points[k + 1]!);
  }
  pen.stroke();
  for (const b of layout.boxes) {
    if (b.y > bottom || b.y + b.height < top) continue;
    if (!b.isOpen) {
      pen.fillStyle = color(colorOf(b.id));
      pen.beginPath();
      pen.roundRect(b.x, b.y, b.width, b.height, 8);
      pen.fill();
    }
    if (b.id !== selected) continue;
    pen.strokeStyle = color('--accent');
    pen.lineWidth = 3 * thin;
    pen.strokeRect(b.x, b.y, b.width, b.height);
  }
}
