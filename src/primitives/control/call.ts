import { bind, type Primitive, primitive, type Rule } from '../../ir/primitive.ts';
import { equationsBehind, freeTensors, makeProgram, type Program } from '../../ir/program.ts';
import { Tensor } from '../../ir/tensor.ts';
import { mul, sin } from '../elementwise.ts';
import { barrier } from './barrier.ts';
import { avalOf, expectAvals, floats, gradientProgram, inline, subProgram } from './sub-program.ts';

/** Gradients of the inputs, from those of the outputs (null: nothing depends on it, or no gradient). */
export type CustomVjp = (
  g: readonly (Tensor | null)[],
  inputs: readonly Tensor[],
  outputs: readonly Tensor[],
) => readonly (Tensor | null)[];

/** Runs `program` on the inputs. */
export interface CallAttrs {
  readonly form: 'call';
  readonly program: Program;
  /** Replaces the gradient of the program, if there is a better one. */
  readonly vjp?: CustomVjp;
  /** Whether the gradient recomputes what it needs of the program instead of keeping it. */
  readonly again?: boolean;
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
    vjpMany: (g, inputs, { program, vjp, again }, outputs, context) => {
      if (vjp) return vjp(g, inputs, outputs);
      if (again) {
        const same = barrier(inputs);
        const wrt = floats(inputs);
        const found = context.gradients(
          inline(program, same),
          g,
          wrt.map((n) => same[n]),
        );
        return inputs.map((_, n) => found[wrt.indexOf(n)] ?? null);
      }
      const seeded = floats(outputs).filter((k) => g[k] !== null);
      const gradient = gradientProgram(program, seeded, context);
      const found = inline(gradient.program, [...inputs, ...seeded.map((k) => g[k]!)]);
      return inputs.map((_, n) => found[gradient.wrt.indexOf(n)] ?? null);
    },
    programs: ({ program }) => [program],
    samples: [false, true].map((again) => ({
      inputs: [{ shape: [3] }, { shape: [3] }],
      attrs: { form: 'call', program: example, again },
    })),
  },
);

/** Runs a closed program on tensors; returns the list of its outputs. */
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

/**
 * What was recorded since the serial `since` to compute `outputs`, as one equation. Its gradient recomputes what it
 * needs from the tensors that existed before.
 */
export function callAgain(outputs: readonly Tensor[], since: number): readonly Tensor[] {
  // What was recorded before is kept; only constants are cheaper to recompute.
  const isOuter = (t: Tensor): boolean => t.serial < since && (t.equation?.inputs.length ?? 1) > 0;
  const equations = equationsBehind(outputs, isOuter);
  const open: Program = { name: 'again', inputs: [], equations, outputs, donated: new Map() };
  const captured = freeTensors(open);
  // Recorded on placeholders: tensors that were computed at once hold bytes, which should be freed.
  const inputs = captured.map(({ shape, dtype }) => new Tensor({ shape, dtype }));
  const program = makeProgram(open.name, inputs, inline({ ...open, inputs: captured }, inputs));
  return call(captured, { program, again: true });
}
