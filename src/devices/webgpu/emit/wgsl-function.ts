/** A WGSL function that kernels call, and the names of the functions it calls. */
export interface WgslFunction {
  readonly needs?: readonly string[];
  readonly text: string;
}

/** A finite float32 as a literal. */
export function float(x: number): string {
  const text = `${Math.fround(x)}`;
  return `${text.startsWith('-') ? `(${text}f)` : `${text}f`}`;
}

/** A polynomial in WGSL, by Horner's rule; the highest power's coefficient comes first. */
export const polynomial = (x: string, coefficients: readonly number[]): string =>
  coefficients.slice(1).reduce((sum, c) => `fma(${sum}, ${x}, ${float(c)})`, float(coefficients[0]));
