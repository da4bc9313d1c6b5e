import { isFloat } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { bind, type VjpContext } from '../../ir/primitive.ts';
import { equationsBehind, freeTensors, makeProgram, type Program } from '../../ir/program.ts';
import { type Aval, showAval, Tensor } from '../../ir/tensor.ts';
import { full } from '../generators.ts';

/** A program, and the outside tensors that are additional inputs of it. */
export interface OpenProgram {
  readonly program: Program;
  readonly captured: Tensor[];
}

/** Records `f` on placeholders as a program; tensors from outside become additional inputs, listed in `captured`. */
export function subProgram(
  name: string,
  f: (inputs: readonly Tensor[]) => readonly Tensor[],
  avals: readonly Aval[],
): OpenProgram {
  const { outputs, close } = recordOpen(name, f, avals);
  return close(outputs);
}
/** Records `f` on placeholders; its results can be chosen later, when other programs have been recorded too. */
export function recordOpen(
  name: string,
  f: (inputs: readonly Tensor[]) => readonly Tensor[],
  avals: readonly Aval[],
): { readonly outputs: readonly Tensor[]; close(outputs: readonly Tensor[]): OpenProgram } {
  const inputs = avals.map(({ shape, dtype }) => new Tensor({ shape, dtype }));
  const start = new Tensor({ shape: [], dtype: 'bool' }).serial;
  const close = (outputs: readonly Tensor[]): OpenProgram => {
    // What was recorded before is computed once, outside; only constants are cheaper to recompute.
    const isOuter = (t: Tensor): boolean => t.serial < start && (t.equation?.inputs.length ?? 1) > 0;
    const equations = equationsBehind(outputs, (t) => t.storage !== undefined || isOuter(t));
    const program: Program = { name, inputs, equations, outputs, donated: new Map() };
    return { program, captured: freeTensors(program) };
  };
  return { outputs: f(inputs), close };
}

/** Gives programs the same additional inputs: everything that any of them reads from outside. */
export function shareCaptured(parts: readonly OpenProgram[]): {
  programs: Program[];
  captured: Tensor[];
} {
  const captured = [...new Set(parts.flatMap((part) => part.captured))];
  return { programs: parts.map(({ program }) => ({ ...program, inputs: [...program.inputs, ...captured] })), captured };
}

/** Records the program's equations again, on other inputs. */
export function inline(program: Program, inputs: readonly Tensor[]): Tensor[] {
  const known = new Map<Tensor, Tensor>(program.inputs.map((t, k) => [t, inputs[k]]));
  const now = (t: Tensor): Tensor => known.get(t) ?? t;
  for (const { rule, inputs: operands, attrs, outputs } of program.equations) {
    const results = [bind(rule, operands.map(now), attrs)].flat();
    outputs.forEach((t, k) => known.set(t, results[k]));
  }
  return program.outputs.map(now);
}

/** Checks that the results of a program are as expected, and adopts their avals. */
export function expectAvals(who: string, program: Program, found: readonly Aval[], expected: readonly Aval[]): void {
  const show = (list: readonly Aval[]): string => `[${list.map(showAval).join(', ')}]`;
  if (show(found) !== show(expected))
    fail(
      who,
      `program "${program.name}" has ${show(found)} where ${show(expected)} is needed`,
      'make the shapes and dtypes equal',
    );
}

export const zerosLike = ({ shape, dtype }: Aval): Tensor => full({ shape, dtype, value: 0 });
export const avalOf = ({ shape, dtype }: Aval): Aval => ({ shape, dtype });

/** Positions of the tensors that can have a gradient. */
export const floats = (list: readonly Aval[]): number[] => list.flatMap((t, k) => (isFloat(t.dtype) ? [k] : []));

/**
 * The gradient of a program as a program: from its inputs and then one seed for each output position in `seeded`, to
 * gradients of the inputs at `wrt` (those that have any).
 */
export function gradientProgram(
  program: Program,
  seeded: readonly number[],
  context: VjpContext,
): { program: Program; wrt: number[] } {
  const seeds = seeded.map((k) => new Tensor(avalOf(program.outputs[k])));
  const all = floats(program.inputs);
  const found = context.gradients(
    program.outputs,
    program.outputs.map((_, k) => seeds[seeded.indexOf(k)] ?? null),
    all.map((n) => program.inputs[n]),
  );
  const wrt = all.filter((_, k) => found[k] !== null);
  const outputs = found.filter((g) => g !== null);
  return { program: makeProgram(`${program.name} gradient`, [...program.inputs, ...seeds], outputs), wrt };
}
