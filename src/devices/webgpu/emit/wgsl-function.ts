/** A function in WGSL that kernels call, and the names of those that it calls itself. */
export interface WgslFunction {
  readonly needs?: readonly string[];
  readonly text: string;
}

/** A finite float32 as a literal. */
export function float(x: number): string {
  const text = `${Math.fround(x)}`;
  return `${text.startsWith('-') ? `(${text}f)` : `${text}f`}`;
}
