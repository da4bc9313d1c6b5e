import type { Point, Stroke } from './strokes.ts';

/** A sheet to draw on with mouse, pen or finger; it keeps the strokes. */
export class Pad {
  private readonly canvas: HTMLCanvasElement;
  private readonly changed: (strokes: readonly Stroke[]) => void;
  private strokes: Point[][] = [];

  constructor(canvas: HTMLCanvasElement, changed: (strokes: readonly Stroke[]) => void) {
    this.canvas = canvas;
    this.changed = changed;
    canvas.addEventListener('pointerdown', (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.strokes.push([this.place(event)]);
      this.update();
    });
    canvas.addEventListener('pointermove', (event) => {
      if (!canvas.hasPointerCapture(event.pointerId)) return;
      // Browsers gather the pointer's ways between two frames.
      const ways = event.getCoalescedEvents();
      this.strokes.at(-1)!.push(...(ways.length > 0 ? ways : [event]).map((way) => this.place(way)));
      this.update();
    });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw());
  }

  clear(): void {
    this.strokes = [];
    this.update();
  }

  private place({ clientX, clientY }: PointerEvent): Point {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    return [((clientX - left) / width) * this.canvas.width, ((clientY - top) / height) * this.canvas.height];
  }
  private update(): void {
    this.draw();
    this.changed(this.strokes);
  }
  private draw(): void {
    const { canvas } = this;
    const context = canvas.getContext('2d')!;
    context.clearRect(0, 0, canvas.width, canvas.height);
    Object.assign(context, { lineWidth: canvas.width / 16, lineCap: 'round', lineJoin: 'round' });
    context.strokeStyle = getComputedStyle(canvas).color;
    for (const stroke of this.strokes) {
      context.beginPath();
      context.moveTo(...stroke[0]!);
      // A dot is a line of no length.
      for (const point of stroke) context.lineTo(...point);
      context.stroke();
    }
  }
}
