import { bind, type Primitive, primitive, type Rule } from '../../ir/primitive.ts';
import type { Program } from '../../ir/program.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { mul, sin } from '../elementwise.ts';
import { avalOf, expectAvals, floats, gradientProgram, inline, subProgram } from './sub-program.ts';

/** Gradients for the inputs, from those of the outputs (null: nothing depends on it, nothing flows). */
export type CustomVjp = (
  g: readonly (Tensor | null)[],
  inputs: readonly Tensor[],
  outputs: readonly Tensor[],
) => readonly (Tensor | null)[];

/** Runs `program` on the inputs. */
export interface CallAttrs {
  readonly form: 'call';
  readonly program: Program;
  /** Stands for the gradient of the program where there is a better one. */
  readonly vjp?: CustomVjp;
}

const example = subProgram('example', ([x, y]) => [mul(x, sin(y)), sin(x)], [
  { shape: [3], dtype: 'float32' },
  { shape: [3], dtype: 'float32' },
]).program;

const record: Primitive<Tensor[], CallAttrs, readonly Tensor[]> = primitive<Tensor[], CallAttrs, readonly Tensor[]>(
  'call',
  {
    kind: 'control',
    result: (inputs, { program }) => {
      expectAvals('primitive call', program, inputs, program.inputs);
      return program.outputs.map(avalOf);
    },
    vjpMany: (g, inputs, { program, vjp }, outputs, context) => {
      if (vjp) return vjp(g, inputs, outputs);
      const seeded = floats(outputs).filter((k) => g[k] !== null);
      const gradient = gradientProgram(program, seeded, context);
      const found = inline(gradient.program, [...inputs, ...seeded.map((k) => g[k]!)]);
      return inputs.map((_, n) => found[gradient.wrt.indexOf(n)] ?? null);
    },
    programs: ({ program }) => [program],
    samples: [{ inputs: [{ shape: [3] }, { shape: [3] }], attrs: { form: 'call', program: example } }],
  },
);

/** Runs a closed program on tensors, its outputs in a list. */
export const call = Object.assign(
  (inputs: readonly Tensor[], attrs: Omit<CallAttrs, 'form'>): readonly Tensor[] =>
    bind<CallAttrs>(record.rule as Rule<CallAttrs>, inputs, { form: 'call', ...attrs }) as readonly Tensor[],
  { rule: record.rule },
);

/** Records `f` as one equation whose gradient is `vjp`, given the gradients of its outputs, its inputs and its outputs. */
export function callWithGradient(
  f: (inputs: readonly Tensor[]) => readonly Tensor[],
  inputs: readonly Tensor[],
  vjp: CustomVjp,
  name = 'custom',
): readonly Tensor[] {
  const { program, captured } = subProgram(name, f, inputs);
  const own: CustomVjp = (g, all, outputs) => [
    ...vjp(g, all.slice(0, inputs.length), outputs),
    ...captured.map(() => null),
  ];
  return call([...inputs, ...captured], {
    program: { ...program, inputs: [...program.inputs, ...captured] },
    vjp: own,
  });
}
