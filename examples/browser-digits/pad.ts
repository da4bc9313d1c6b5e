import { onColours } from '../data/worker-calls.ts';
import type { Point, Stroke } from './strokes.ts';

const directions: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** A sheet to draw on with mouse, pen, finger or keys; it keeps the strokes. */
export class Pad {
  private readonly canvas: HTMLCanvasElement;
  private readonly changed: (strokes: readonly Stroke[]) => void;
  private strokes: Point[][] = [];
  /** Where the pen of the keyboard is, and whether it draws. */
  private pen: Point;
  private isDown = false;

  constructor(canvas: HTMLCanvasElement, changed: (strokes: readonly Stroke[]) => void) {
    this.canvas = canvas;
    this.changed = changed;
    this.pen = [canvas.width / 2, canvas.height / 2];
    canvas.addEventListener('keydown', (event) => this.press(event));
    for (const name of ['focus', 'blur'])
      canvas.addEventListener(name, () => {
        this.isDown = false;
        this.draw();
      });
    canvas.addEventListener('pointerdown', (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.strokes.push([this.place(event)]);
      this.update();
    });
    canvas.addEventListener('pointermove', (event) => {
      if (!canvas.hasPointerCapture(event.pointerId)) return;
      // Browsers collect the pointer's positions between two frames.
      const ways = event.getCoalescedEvents();
      this.strokes.at(-1)!.push(...(ways.length > 0 ? ways : [event]).map((way) => this.place(way)));
      this.update();
    });
    onColours(() => this.update());
  }

  clear(): void {
    this.strokes = [];
    this.isDown = false;
    this.update();
  }

  private press(event: KeyboardEvent): void {
    const { key, shiftKey } = event;
    const [x, y] = directions[key] ?? [0, 0];
    if (key === ' ') {
      this.isDown = !this.isDown;
      if (this.isDown) this.strokes.push([this.pen]);
    } else if (key === 'Delete' || key === 'Backspace') {
      this.strokes = [];
      this.isDown = false;
    } else if (x || y) {
      const far = this.canvas.width / (shiftKey ? 8 : 28);
      const within = (at: number, most: number): number => Math.min(most, Math.max(0, at));
      const { width, height } = this.canvas;
      this.pen = [within(this.pen[0] + x * far, width), within(this.pen[1] + y * far, height)];
      if (this.isDown) this.strokes.at(-1)!.push(this.pen);
    } else return;
    event.preventDefault();
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
      // A dot is a line of length 0.
      for (const point of stroke) context.lineTo(...point);
      context.stroke();
    }
    if (!canvas.matches(':focus-visible')) return;
    context.lineWidth = 4;
    context.beginPath();
    context.arc(...this.pen, canvas.width / 32 + 6, 0, 2 * Math.PI);
    if (this.isDown) context.setLineDash([]);
    else context.setLineDash([8, 8]);
    context.stroke();
    context.setLineDash([]);
  }
}
