import { fixed } from '../../base/fixed.ts';

/** A float as Python prints it: `1.0`, `1e-05`, `nan`. */
export function floatText(x: number): string {
  if (Number.isNaN(x)) return 'nan';
  if (!Number.isFinite(x)) return x > 0 ? 'inf' : '-inf';
  if (Object.is(x, -0)) return '-0.0';
  const exponent = x === 0 ? 0 : Math.floor(Math.log10(Math.abs(x)));
  if (exponent < -4 || exponent >= 16) return exponentText(x.toExponential());
  const text = plain(x);
  return text.includes('.') ? text : `${text}.0`;
}
/** Exponents of at least two digits, with a sign. */
const exponentText = (text: string): string =>
  text.replace(/e([+-])(\d+)$/, (_, sign: string, digits: string) => `e${sign}${digits.padStart(2, '0')}`);
/** All digits, without an exponent. */
function plain(x: number): string {
  const text = String(x);
  if (!text.includes('e')) return text;
  const digits = text.slice(0, text.indexOf('e')).replace(/[-.]/g, '').length - 1;
  return x.toFixed(Math.min(100, digits - Number(text.slice(text.indexOf('e') + 1))));
}

/** A number by Python's format specification, as in `{loss:.2f}`: `[[fill]align][sign][0][width][.digits][type]`. */
export function formatNumber(value: number, specification: string, isInteger = false): string | undefined {
  const parts = /^(?:(.)?([<>=^]))?([+ -])?(0)?(\d+)?(?:\.(\d+))?([dfFeEg%])?$/u.exec(specification);
  if (!parts) return undefined;
  const [, fill, align, sign, zero, width, digits, type] = parts;
  const size = Math.abs(value);
  const body = bodyOf(size, digits === undefined ? undefined : Number(digits), type, isInteger);
  const prefix = value < 0 || Object.is(value, -0) ? '-' : sign === '+' || sign === ' ' ? sign : '';
  const missing = Math.max(0, Number(width ?? 0) - prefix.length - body.length);
  const padding = (n: number): string => (fill ?? (zero ? '0' : ' ')).repeat(n);
  const how = align ?? (zero ? '=' : '>');
  if (how === '=') return prefix + padding(missing) + body;
  const left = how === '>' ? missing : how === '^' ? Math.floor(missing / 2) : 0;
  return padding(left) + prefix + body + padding(missing - left);
}
function bodyOf(size: number, digits: number | undefined, type: string | undefined, isInteger: boolean): string {
  if (!Number.isFinite(size)) return floatText(size);
  if (type === 'e' || type === 'E') return exponentText(size.toExponential(digits ?? 6));
  if (type === '%') return `${fixed(size * 100, digits ?? 6)}%`;
  if (type === 'f' || type === 'F') return fixed(size, digits ?? 6);
  if (type === 'g' || digits !== undefined) return generalText(size, digits ?? 6);
  return type === 'd' || isInteger ? size.toFixed(0) : floatText(size);
}
/** `digits` significant digits, with an exponent where it is shorter. */
function generalText(size: number, digits: number): string {
  const text = size.toExponential(Math.max(0, digits - 1));
  const exponent = Number(text.slice(text.indexOf('e') + 1));
  const trim = (s: string): string => (s.includes('.') ? s.replace(/\.?0+$/, '') : s);
  if (exponent >= -4 && exponent < digits) return trim(size.toFixed(Math.max(0, digits - 1 - exponent)));
  return exponentText(`${trim(text.slice(0, text.indexOf('e')))}${text.slice(text.indexOf('e'))}`);
}

/** A value as Python's CSV writer formats it. */
export function csvCell(value: unknown): string {
  if (value === undefined) return 'NA';
  if (typeof value === 'number') return floatText(value);
  if (Array.isArray(value)) return `"[${value.map(csvCell).join(', ')}]"`;
  return String(value);
}
