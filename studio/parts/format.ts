import type { StudioTensor } from '../../src/studio/protocol.ts';

const units = ['', 'k', 'M', 'G', 'T'];
/** `1234567` -> `1.23 M`. */
export function short(n: number): string {
  let at = 0;
  let rest = Math.abs(n);
  while (rest >= 999.5 && at < units.length - 1) {
    rest /= 1000;
    at++;
  }
  const digits = at === 0 && Number.isInteger(rest) ? String(rest) : rest.toPrecision(3);
  return `${n < 0 ? '−' : ''}${digits}${at === 0 ? '' : ` ${units[at]}`}`;
}
/** `1234567` -> `1,234,567`. */
export const whole = (n: number): string => n.toLocaleString('en-US');
/** `1536` -> `1.54 kB`. */
export const bytes = (n: number): string => `${short(n)}${n < 1000 ? ' ' : ''}B`;
/** A number of a curve or a weight in few characters. */
export function figure(n: number): string {
  if (Number.isNaN(n)) return 'NaN';
  if (!Number.isFinite(n)) return n > 0 ? '∞' : '−∞';
  if (n === 0) return '0';
  const size = Math.abs(n);
  const text = size >= 1e6 || size < 1e-4 ? n.toExponential(2) : String(Number(n.toPrecision(4)));
  return text.replace('-', '−');
}
/** Seconds as a clock shows them. */
export function duration(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
  return h > 0 ? `${h} h ${m} min` : `${m} min ${s} s`;
}
/** `[null, 28, 28, 1]` -> `? × 28 × 28 × 1`. */
export const shapeText = (shape: readonly (number | null)[]): string =>
  shape.length === 0 ? 'scalar' : shape.map((n) => n ?? '?').join(' × ');
export const tensorText = ({ shape, dtype }: StudioTensor): string => `${shapeText(shape)}  ${dtype}`;

const sizes: Readonly<Record<string, number>> = { bool: 1, complex64: 8, string: 0 };
/** Bytes of an element. */
export const bytesOf = (dtype: string): number => sizes[dtype] ?? Number(/\d+$/.exec(dtype)?.[0] ?? 32) / 8;
/** Bytes of a tensor for one sample. */
export const tensorBytes = ({ shape, dtype }: StudioTensor): number =>
  shape.reduce<number>((n, size) => n * (size ?? 1), 1) * bytesOf(dtype);

/** Values of configs as a person would write them: objects by class and what is in them. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value).replace('-', '−');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value))
    return value.some((x) => typeof x === 'object' && x !== null)
      ? `[${value.map(valueText).join(', ')}]`
      : value.map(valueText).join(' × ');
  const { class_name: name, config } = value as { class_name?: unknown; config?: unknown };
  if (typeof name === 'string') {
    const parts = Object.entries((config ?? {}) as object).filter(
      ([key, x]) => x !== null && x !== undefined && key !== 'name',
    );
    return parts.length === 0 ? name : `${name}(${parts.map(([key, x]) => `${key} ${valueText(x)}`).join(', ')})`;
  }
  return Object.entries(value as object)
    .map(([key, x]) => `${key}: ${valueText(x)}`)
    .join(', ');
}
