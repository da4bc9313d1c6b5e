import { type DType, isFloat } from '../base/dtype.ts';

const fractionDigits = 8;

/** The shortest digits that identify the number in its dtype, as `d.ddde±x`. */
function shortest(x: number, dtype: DType): string {
  if (dtype !== 'float64')
    for (let p = 0; p < 9; p++) {
      const text = x.toExponential(p);
      if (Math.fround(Number(text)) === Math.fround(x)) return text;
    }
  return x.toExponential();
}

/** Positional notation, with at most eight decimals and no trailing zeros. */
function positional(x: number, dtype: DType): string {
  const [digits, exponent] = shortest(x, dtype).split('e') as [string, string];
  const behind = Math.max(0, (digits.split('.')[1]?.length ?? 0) - Number(exponent));
  const [whole, fraction = ''] = Number(`${digits}e${exponent}`).toFixed(Math.min(behind, fractionDigits)).split('.');
  return `${whole}.${fraction.replace(/0+$/, '')}`;
}

function scientific(x: number, dtype: DType): { front: string; fraction: string; exponent: number } {
  const text = shortest(x, dtype);
  const long = (text.split('e')[0].split('.')[1]?.length ?? 0) > fractionDigits;
  const [digits, exponent] = (long ? x.toExponential(fractionDigits) : text).split('e') as [string, string];
  const [front, fraction = ''] = digits.split('.');
  return { front: front, fraction: fraction.replace(/0+$/, ''), exponent: Number(exponent) };
}

/** Numbers as NumPy prints them side by side: equally wide, with exponents if their magnitudes differ much. */
export function numberTexts(numbers: readonly number[], dtype: DType): string[] {
  const texts = !isFloat(dtype)
    ? numbers.map((n) => (dtype === 'bool' ? String(n !== 0) : String(n)))
    : isScientific(numbers, dtype)
      ? scientificTexts(numbers, dtype)
      : positionalTexts(numbers, dtype);
  const width = Math.max(0, ...texts.map((t) => t.length));
  return texts.map((t) => t.padStart(width));
}

/** Complex numbers as NumPy prints them, `1.+2.j`: real parts equally wide, and imaginary parts with their sign. */
export function complexTexts(real: readonly number[], imaginary: readonly number[]): string[] {
  const signed = numberTexts(imaginary, 'float32').map((text, k) => {
    const x = imaginary[k];
    const [digits, end] = [text.trim(), /\s*$/.exec(text)![0]];
    return `${x < 0 || Object.is(x, -0) ? '' : '+'}${digits}j${end}`;
  });
  const width = Math.max(0, ...signed.map((text) => text.length));
  return numberTexts(real, 'float32').map((text, k) => text + signed[k].padStart(width));
}

/** The magnitude from which NumPy uses exponents: where a float's digits end before the decimal point, 1e8 at most. */
const large: Partial<Record<DType, number>> = { bfloat16: 1e3, float16: 1e3, float32: 1e6 };

function isScientific(numbers: readonly number[], dtype: DType): boolean {
  const sizes = numbers.filter((x) => Number.isFinite(x) && x !== 0).map(Math.abs);
  if (sizes.length === 0) return false;
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  return most >= (large[dtype] ?? 1e8) || least < 1e-4 || most / least > 1000;
}

const odd = (x: number): string | undefined => (Number.isFinite(x) ? undefined : String(x));

function positionalTexts(numbers: readonly number[], dtype: DType): string[] {
  const texts = numbers.map((x) => odd(x) ?? (Object.is(x, -0) ? '-0.' : positional(x, dtype)));
  const behind = (t: string): number => (t.includes('.') ? t.length - t.indexOf('.') : 0);
  const most = Math.max(0, ...texts.map(behind));
  return texts.map((t) => (t.includes('.') ? t + ' '.repeat(most - behind(t)) : t));
}

function scientificTexts(numbers: readonly number[], dtype: DType): string[] {
  const parts = numbers.map((x) => odd(x) ?? scientific(x, dtype));
  const fractions = parts.map((p) => (typeof p === 'string' ? 0 : p.fraction.length));
  const exponents = parts.map((p) => (typeof p === 'string' ? 0 : String(Math.abs(p.exponent)).length));
  const [digits, width] = [Math.max(...fractions), Math.max(2, ...exponents)];
  return parts.map((p) => {
    if (typeof p === 'string') return p;
    const power = String(Math.abs(p.exponent)).padStart(width, '0');
    return `${p.front}.${p.fraction.padEnd(digits, '0')}e${p.exponent < 0 ? '-' : '+'}${power}`;
  });
}
