import { digitOf, type Point } from '../browser-digits/strokes.ts';
import type { Digit } from '../data/digits.ts';
import { shade } from '../data/worker-calls.ts';
import { draw, type Placed, placed } from '../digit-detector/scenes.ts';
import type { Found } from './worker.ts';

const size = 64;
/** Sides of digits that the detector was trained on. */
const [smallest, largest] = [12, 32];
/** How long a digit that is drawn waits for another stroke. */
const patience = 1500;

const within = (v: number, low: number, high: number): number => Math.min(high, Math.max(low, v));
const contains = ([x1, y1, x2, y2]: Placed['box'], [x, y]: Point, margin = 0): boolean =>
  x >= x1 - margin && x < x2 + margin && y >= y1 - margin && y < y2 + margin;

/** Strokes as the data set would show them, where they were drawn: of a number that nobody told. */
function drawnDigit(strokes: readonly (readonly Point[])[]): Placed {
  const [xs, ys] = [0, 1].map((axis) => strokes.flat().map((point) => point[axis]!));
  const [left, right, top, bottom] = [Math.min(...xs!), Math.max(...xs!), Math.min(...ys!), Math.max(...ys!)];
  const side = Math.round(within(Math.max(bottom - top, (right - left) / 2) * 1.15, smallest, largest));
  const corner = (middle: number): number => Math.round(within(middle - side / 2, 0, size - side));
  const digit = { pixels: digitOf(strokes), label: -1 };
  return placed(digit, corner((left + right) / 2), corner((top + bottom) / 2), side);
}

/** A scene that is edited with mouse, finger or keys: digits that are drawn, put and moved on it. */
export class Board {
  digits: readonly Placed[] = [];
  #found: readonly Found[] = [];
  #noise = Float32Array.from({ length: size * size }, Math.random);
  #strength = 0.15;
  readonly #context: CanvasRenderingContext2D;
  readonly #changed: () => void;
  /** The digit that is being drawn is the last one, and made of these strokes. */
  #strokes: Point[][] = [];
  #rest: ReturnType<typeof setTimeout> | undefined;
  #isDown = false;
  /** The digit being moved, and the point where it is held. */
  #held: { at: number; from: Point } | undefined;
  /** Where the keyboard's pen is. */
  #pen: Point = [size / 2, size / 2];

  constructor(canvas: HTMLCanvasElement, changed: () => void) {
    this.#context = canvas.getContext('2d')!;
    this.#changed = changed;
    const place = ({ clientX, clientY }: PointerEvent): Point => {
      const { left, top, width, height } = canvas.getBoundingClientRect();
      return [((clientX - left) / width) * size, ((clientY - top) / height) * size];
    };
    canvas.addEventListener('pointerdown', (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.#press(place(event));
    });
    canvas.addEventListener('pointermove', (event) => {
      const point = place(event);
      if (canvas.hasPointerCapture(event.pointerId)) this.#move(point);
      else canvas.style.cursor = this.#digitAt(point) < 0 ? 'crosshair' : 'grab';
    });
    for (const name of ['pointerup', 'pointercancel'] as const) canvas.addEventListener(name, () => this.#release());
    canvas.addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !this.#key(event)) return;
      event.preventDefault();
    });
    for (const name of ['focus', 'blur']) canvas.addEventListener(name, () => this.draw());
  }

  /** What the detector gets: ink from 0 to 1. */
  image(): Float32Array {
    const image = this.#noise.map((v) => v * this.#strength);
    for (const { digit, x, y, side } of this.digits) draw(image, size, digit, x, y, side);
    return image;
  }
  set noise(strength: number) {
    this.#strength = strength;
    this.#update();
  }
  /** Another scene. */
  set(digits: readonly Placed[]): void {
    this.#finish();
    this.digits = digits;
    this.#noise = this.#noise.map(Math.random);
    this.#update();
  }
  /** Places a digit where it touches no other, or at a given position. */
  put(digit: Digit, at?: Point): void {
    this.#finish();
    const tries = Array.from({ length: at ? 1 : 60 }, () => {
      const side = Math.round(smallest + Math.random() * (largest - smallest) * 0.8);
      const corner = (v: number | undefined): number =>
        v === undefined ? Math.floor(Math.random() * (size - side)) : Math.round(within(v - side / 2, 0, size - side));
      return placed(digit, corner(at?.[0]), corner(at?.[1]), side);
    });
    const touches = ({ box }: Placed): boolean => this.digits.some((other) => overlap(box, other.box) > 0);
    this.digits = [...this.digits, tries.find((each) => !touches(each)) ?? tries[0]!];
    this.#update();
  }
  show(found: readonly Found[]): void {
    this.#found = found;
    this.draw();
  }

  #digitAt(point: Point): number {
    return this.digits.findLastIndex(({ box }) => contains(box, point));
  }
  #press(point: Point): void {
    const at = this.#digitAt(point);
    const isNear = this.#strokes.length > 0 && contains(this.digits.at(-1)!.box, point, 4);
    if (!isNear) this.#finish();
    clearTimeout(this.#rest);
    if (at >= 0 && !isNear) this.#held = { at, from: point };
    else {
      this.#isDown = true;
      this.#strokes.push([point]);
      this.draw();
    }
  }
  #move(point: Point): void {
    if (this.#held) {
      const { at, from } = this.#held;
      const { digit, x, y, side } = this.digits[at]!;
      const [dx, dy] = [Math.round(point[0] - from[0]), Math.round(point[1] - from[1])];
      const [toX, toY] = [within(x + dx, 0, size - side), within(y + dy, 0, size - side)];
      if (toX === x && toY === y) return;
      this.#held = { at, from: [from[0] + toX - x, from[1] + toY - y] };
      this.digits = this.digits.with(at, placed(digit, toX, toY, side));
      this.#update();
    } else if (this.#isDown) {
      this.#strokes.at(-1)!.push(point);
      this.draw();
    }
  }
  #release(): void {
    this.#held = undefined;
    if (!this.#isDown) return;
    this.#isDown = false;
    const others = this.#strokes.length > 1 ? this.digits.slice(0, -1) : this.digits;
    this.digits = [...others, drawnDigit(this.#strokes)];
    this.#rest = setTimeout(() => {
      this.#finish();
      this.draw();
    }, patience);
    this.#update();
  }
  /** What is drawn next is another digit. */
  #finish(): void {
    clearTimeout(this.#rest);
    this.#strokes = [];
    this.#isDown = false;
    this.#held = undefined;
  }
  /** Whether it is a key that means something here. */
  #key({ key, shiftKey }: KeyboardEvent): boolean {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
    const at = this.#digitAt(this.#pen);
    if (way) {
      const far = shiftKey ? 8 : 2;
      this.#pen = [within(this.#pen[0] + way[0]! * far, 0, size), within(this.#pen[1] + way[1]! * far, 0, size)];
      this.#move(this.#pen);
    } else if (key === ' ') {
      if (this.#isDown || this.#held) this.#release();
      else this.#press(this.#pen);
    } else if (key === 'Delete' || key === 'Backspace') {
      this.#finish();
      this.digits = this.digits.filter((_, k) => k !== at);
      this.#update();
    } else if (/^\d$/.test(key)) this.#wanted(Number(key), this.#pen);
    else return false;
    this.draw();
    return true;
  }
  #wanted: (digit: number, at: Point) => void = () => {};
  /** What is done for a key with a digit. */
  set onDigit(wanted: (digit: number, at: Point) => void) {
    this.#wanted = wanted;
  }
  #update(): void {
    this.draw();
    this.#changed();
  }

  draw(): void {
    const on = this.#context;
    const { width } = on.canvas;
    const scale = width / size;
    // Text and lines have the same size on narrow and wide screens.
    const dot = width / (on.canvas.clientWidth || width);
    on.clearRect(0, 0, width, width);
    on.fillStyle = shade('--ink');
    this.image().forEach((ink, k) => {
      on.globalAlpha = ink;
      on.fillRect((k % size) * scale, Math.floor(k / size) * scale, scale, scale);
    });
    on.globalAlpha = 1;
    if (this.#isDown) {
      Object.assign(on, { strokeStyle: shade('--ink'), lineWidth: 2.5 * scale, lineCap: 'round', lineJoin: 'round' });
      for (const stroke of this.#strokes) {
        on.beginPath();
        for (const [x, y] of [stroke[0]!, ...stroke]) on.lineTo(x * scale, y * scale);
        on.stroke();
      }
    }
    // The most confident on top.
    for (const each of [...this.#found].reverse()) this.#drawFound(each, scale, dot);
    on.setLineDash([4 * dot, 4 * dot]);
    Object.assign(on, { strokeStyle: shade('--faint'), lineWidth: 1.5 * dot });
    if (this.#strokes.length > 0 && !this.#isDown) {
      const { x, y, side } = this.digits.at(-1)!;
      on.strokeRect((x - 3) * scale, (y - 3) * scale, (side + 6) * scale, (side + 6) * scale);
    }
    if (on.canvas.matches(':focus-visible')) {
      if (this.#isDown || this.#held) on.setLineDash([]);
      on.strokeStyle = shade('--ink');
      on.beginPath();
      on.arc(this.#pen[0] * scale, this.#pen[1] * scale, 9 * dot, 0, 2 * Math.PI);
      on.stroke();
    }
    on.setLineDash([]);
  }
  #drawFound(
    { box: [x1, y1, x2, y2], label, score, isRight }: Found & { isRight?: boolean },
    scale: number,
    dot: number,
  ): void {
    const on = this.#context;
    const color = shade(isRight === false ? '--amber' : '--leaf');
    Object.assign(on, { strokeStyle: color, fillStyle: color, lineWidth: 2 * dot });
    on.strokeRect(x1 * scale, y1 * scale, (x2 - x1) * scale, (y2 - y1) * scale);
    const text = `${label} · ${(100 * score).toFixed(0)}%`;
    on.font = `600 ${12 * dot}px "DejaVu Sans", Arial, sans-serif`;
    const [wide, tall] = [on.measureText(text).width + 8 * dot, 18 * dot];
    const left = within(x1 * scale - dot, 0, on.canvas.width - wide);
    const top = y1 * scale < tall ? y2 * scale : y1 * scale - tall;
    on.fillRect(left, top, wide, tall);
    on.fillStyle = shade('--on-leaf');
    on.fillText(text, left + 4 * dot, top + 13 * dot);
  }
}

/** Area that two boxes share, over that of both. */
export function overlap(a: readonly number[], b: readonly number[]): number {
  const wide = Math.min(a[2]!, b[2]!) - Math.max(a[0]!, b[0]!);
  const high = Math.min(a[3]!, b[3]!) - Math.max(a[1]!, b[1]!);
  if (wide <= 0 || high <= 0) return 0;
  const area = ([x1, y1, x2, y2]: readonly number[]): number => (x2! - x1!) * (y2! - y1!);
  return (wide * high) / (area(a) + area(b) - wide * high);
}
