import { fail } from '../../base/errors.ts';

/** The axes of one factor of a contraction. */
export interface FactorAxes {
  /** Those that are summed over. */
  readonly summed: readonly number[];
  /** For each axis of the outputs the factor's that it comes from, or -1. */
  readonly inOutput: readonly number[];
}
/** The axes of inputs and kernel of a contraction. */
export interface EinsumAxes {
  readonly input: FactorAxes;
  readonly kernel: FactorAxes;
  /** The contraction that gives the gradient of the inputs. */
  readonly reverse: string;
}

/** The letters of inputs, kernel and outputs, with letters for the axes of an ellipsis. */
function lettersOf(equation: string, rank: number): readonly [input: string, kernel: string, output: string] {
  const form = /^(\.\.\.)?([a-zA-Z]+)(\.\.\.)?,([a-zA-Z]+)->(?:\.\.\.)?([a-zA-Z]+)(?:\.\.\.)?$/;
  const [, left, input, right, kernel, output] =
    form.exec(equation.replace(/\s/g, '')) ??
    fail('EinsumDense', `the equation "${equation}" is of no form that can be quantized`, 'write "abc,cd->abd"');
  const used = `${input}${kernel}${output}`;
  const free = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'].filter((c) => !used.includes(c));
  const elided = left || right ? free.slice(0, Math.max(0, rank - input.length)).join('') : '';
  return left ? [elided + input, kernel, elided + output] : [input + elided, kernel, output + elided];
}
const axesOf = (factor: string, output: string): FactorAxes => ({
  summed: [...factor].flatMap((c, d) => (output.includes(c) ? [] : [d])),
  inOutput: [...output].map((c) => factor.indexOf(c)),
});

/** The axes of a contraction with inputs of a rank. */
export function axesOfEinsum(equation: string, rank: number): EinsumAxes {
  const [input, kernel, output] = lettersOf(equation, rank);
  return { input: axesOf(input, output), kernel: axesOf(kernel, output), reverse: `${output},${kernel}->${input}` };
}
