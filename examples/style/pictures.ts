import { type Canvas, type Color, canvas, dot, stroke } from '../data/canvas.ts';
import { randomNumbers } from '../digit-detector/scenes.ts';

const mix = (a: Color, b: Color, t: number): Color =>
  [0, 1, 2].map((c) => a[c]! + (b[c]! - a[c]!) * t) as unknown as Color;
const hex = (code: string): Color =>
  [1, 3, 5].map((at) => Number.parseInt(code.slice(at, at + 2), 16) / 255) as unknown as Color;
/** A colour of a pixel from its place, both from 0 to 1. */
function paint(side: number, color: (x: number, y: number) => Color): Canvas {
  const on = canvas(side, side);
  for (let k = 0; k < side * side; k++)
    on.pixels.set(color(((k % side) + 0.5) / side, (Math.floor(k / side) + 0.5) / side), k * 3);
  return on;
}

/** Short strokes of a brush that follow a wind, in colours of the night, with some stars. */
function night(side: number): Canvas {
  const random = randomNumbers(5);
  const colors = ['#0f2150', '#1b3a7a', '#2b5aa0', '#5b8fc4', '#9fc3d8', '#16305f', '#e8c75a'].map(hex);
  const on = paint(side, () => colors[0]!);
  const eddies = Array.from({ length: 6 }, (_, k) => ({ x: random(), y: random(), turn: k % 2 ? 1 : -1 }));
  const wind = (x: number, y: number): readonly [number, number] => {
    let [u, v] = [0.6, 0.15 * Math.sin(6 * x)];
    for (const eddy of eddies) {
      const [dx, dy] = [x - eddy.x, y - eddy.y];
      const strength = (0.5 * eddy.turn * Math.exp(-(dx * dx + dy * dy) / 0.02)) / 0.1;
      u -= dy * strength * 4;
      v += dx * strength * 4;
    }
    const length = Math.hypot(u, v) || 1;
    return [u / length, v / length];
  };
  for (let n = 0; n < 900; n++) {
    let [x, y] = [random() * 1.2 - 0.1, random() * 1.2 - 0.1];
    const near = Math.min(...eddies.map((eddy) => Math.hypot(x - eddy.x, y - eddy.y)));
    const shade = near < 0.07 ? 6 : Math.min(5, Math.floor(random() * 4 + (near < 0.16 ? 2 : 0)));
    const color = mix(colors[shade]!, colors[Math.floor(random() * 5)]!, random() * 0.25);
    for (let k = 0; k < 5; k++) {
      const [u, v] = wind(x, y);
      const to = [x + 0.018 * u, y + 0.018 * v] as const;
      stroke(on, [x * side, y * side], [to[0] * side, to[1] * side], 0.011 * side, color);
      [x, y] = to;
    }
  }
  return on;
}

/** Tiles of stone that nobody cut alike, with mortar between them. */
function mosaic(side: number): Canvas {
  const random = randomNumbers(9);
  const colors = ['#b5482f', '#d98a3d', '#e6c27a', '#2f6f73', '#7fb0a4', '#efe3c8', '#3d3a4f'].map(hex);
  const count = 11;
  const stones = Array.from({ length: count * count }, (_, k) => ({
    x: ((k % count) + 0.5 + (random() - 0.5) * 0.7) / count,
    y: (Math.floor(k / count) + 0.5 + (random() - 0.5) * 0.7) / count,
    color: mix(colors[Math.floor(random() * colors.length)]!, [1, 1, 1], random() * 0.2),
  }));
  return paint(side, (x, y) => {
    let [first, second] = [{ far: 9, color: colors[0]! }, 9];
    for (const stone of stones) {
      const far = Math.hypot(x - stone.x, y - stone.y);
      if (far < first.far) [first, second] = [{ far, color: stone.color }, first.far];
      else if (far < second) second = far;
    }
    return mix(hex('#f4efe4'), first.color, Math.min(1, Math.max(0, (second - first.far) * 85 - 0.7)));
  });
}

/** Waves as they are printed on cloth: rows of rings that overlap. */
function waves(side: number): Canvas {
  const [paper, ink] = [hex('#f3ecd9'), hex('#1f4e79')];
  const [across, rings] = [4, 3];
  return paint(side, (x, y) => {
    // The rows in front hide those behind.
    for (let row = across * 4 + 4; row >= -4; row--) {
      const middle = (row % 2 === 0 ? 0 : 0.5) + Math.round(x * across - (row % 2 === 0 ? 0 : 0.5));
      const [dx, dy] = [x * across - middle, y * across - row / 4 - 0.5];
      const far = Math.hypot(dx, dy) / 0.5;
      if (far > 1 || dy > 0.3) continue;
      const ring = Math.abs(((far * rings) % 1) - 0.5) * 2;
      return mix(paper, ink, Math.min(1, Math.max(0, (ring - 0.35) * 5)));
    }
    return ink;
  });
}

/** Hatching: ink on paper, in three directions that bend. */
function hatching(side: number): Canvas {
  const random = randomNumbers(3);
  const on = paint(side, () => hex('#f6f1e4'));
  for (let n = 0; n < 420; n++) {
    const [x, y] = [random(), random()];
    const angle = 0.7 + (Math.floor(random() * 2) * Math.PI) / 2 + 0.6 * Math.sin(3 * x + 4 * y);
    const long = 0.05 + random() * 0.06;
    const [u, v] = [Math.cos(angle) * long, Math.sin(angle) * long];
    const color = mix(hex('#1c1b1a'), hex('#8a3b1e'), random() < 0.2 ? 1 : 0);
    stroke(on, [(x - u) * side, (y - v) * side], [(x + u) * side, (y + v) * side], 0.003 * side, color);
  }
  return on;
}

/** A leaf of a hornbeam before a pale sky. */
function leaf(side: number): Canvas {
  const width = (t: number): number => 0.3 * Math.sin(Math.PI * t ** 0.8) ** 0.9 * (1 - 0.25 * t);
  return paint(side, (x, y) => {
    // Along the leaf from its stalk, bottom left, to its tip, and across it.
    const [dx, dy] = [x - 0.2, 0.84 - y];
    const [along, across] = [(dx * 0.6 + dy * 0.8) / 0.88, -dx * 0.8 + dy * 0.6];
    const sky = mix(hex('#f2e6c9'), hex('#9cc3d9'), 1 - y);
    if (along < 0) return along > -0.16 && Math.abs(across) < 0.014 ? hex('#5a3d22') : sky;
    if (along > 1) return sky;
    const edge = width(along) + 0.012 * Math.abs((((along - 0.5 * Math.abs(across)) * 26) % 1) - 0.5);
    if (Math.abs(across) > edge) return sky;
    if (Math.abs(across) < 0.01) return hex('#e9e3a5');
    const vein = Math.abs((((along - 0.75 * Math.abs(across)) * 11) % 1) - 0.5);
    const green = mix(hex('#2f6f3a'), hex('#7fb34c'), 0.5 + (across / edge) * 0.5);
    return mix(hex('#dbe39a'), green, Math.min(1, vein * 7));
  });
}

/** The sun over hills. */
function hills(side: number): Canvas {
  const shades = ['#7d8fa8', '#4f6f7f', '#2f4f4a', '#1d2f2c'].map(hex);
  const on = paint(side, (x, y) => {
    for (let k = 3; k >= 0; k--) {
      const crest =
        0.5 + 0.13 * k + (0.1 - 0.015 * k) * Math.sin((4 + 2 * k) * x + 2.1 * k) + 0.02 * Math.sin(23 * x + k);
      if (y > crest) return mix(shades[k]!, hex('#f3c98b'), Math.max(0, 0.25 - (y - crest)));
    }
    return mix(hex('#f7d9a0'), hex('#d9694f'), 1 - y * 1.6);
  });
  return on;
}

/** A cat that looks at one. */
function cat(side: number): Canvas {
  const on = paint(side, (_, y) => mix(hex('#e9d7b8'), hex('#c3a27a'), y));
  const put = (x: number, y: number, radius: number, color: string): void =>
    dot(on, x * side, y * side, radius * side, hex(color));
  const line = (x0: number, y0: number, x1: number, y1: number, radius: number, color: string): void =>
    stroke(on, [x0 * side, y0 * side], [x1 * side, y1 * side], radius * side, hex(color));
  put(0.5, 1.02, 0.36, '#3b3f4a');
  for (const way of [-1, 1]) {
    for (let k = 0; k <= 20; k++)
      line(0.5 + way * 0.12, 0.38, 0.5 + way * (0.2 + 0.006 * k), 0.14 + 0.012 * k, 0.02, '#3b3f4a');
    for (let k = 0; k <= 8; k++)
      line(0.5 + way * 0.16, 0.36, 0.5 + way * (0.215 + 0.006 * k), 0.22 + 0.014 * k, 0.012, '#b9838a');
  }
  put(0.5, 0.52, 0.28, '#3b3f4a');
  put(0.5, 0.66, 0.12, '#e8e2d6');
  for (const way of [-1, 1]) {
    put(0.5 + way * 0.12, 0.48, 0.068, '#d8c34a');
    line(0.5 + way * 0.12, 0.44, 0.5 + way * 0.12, 0.52, 0.02, '#14151a');
    for (const k of [-1, 0, 1])
      line(0.5 + way * 0.1, 0.66 + 0.02 * k, 0.5 + way * 0.38, 0.64 + 0.06 * k, 0.004, '#f4f1ea');
  }
  put(0.5, 0.6, 0.03, '#b9838a');
  line(0.5, 0.62, 0.5, 0.68, 0.007, '#3b3f4a');
  return on;
}

/** Noise, of which textures are made. */
function noise(side: number): Canvas {
  const random = randomNumbers(1);
  return paint(side, () => [random(), random(), random()]);
}

/** A picture drawn twice as large and made smaller: with smooth edges. */
const smooth =
  (draw: (side: number) => Canvas) =>
  (side: number): Canvas => {
    const { pixels } = draw(2 * side);
    const on = canvas(side, side);
    for (let k = 0; k < on.pixels.length; k++) {
      const [row, column, c] = [Math.floor(k / 3 / side), Math.floor(k / 3) % side, k % 3];
      const at = (i: number, j: number): number => pixels[((2 * row + i) * 2 * side + 2 * column + j) * 3 + c]!;
      on.pixels[k] = (at(0, 0) + at(0, 1) + at(1, 0) + at(1, 1)) / 4;
    }
    return on;
  };
type Pictures = Readonly<Record<string, (side: number) => Canvas>>;
/** Side of all pictures, in pixels. */
export const side = 128;
/** What pictures are drawn in the manner of. */
export const manners: Pictures = {
  mosaic: smooth(mosaic),
  night: smooth(night),
  hatching: smooth(hatching),
  waves: smooth(waves),
};
/** What is drawn. */
export const subjects: Pictures = { leaf: smooth(leaf), cat: smooth(cat), hills: smooth(hills), noise };
