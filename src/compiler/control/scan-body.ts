import { sizeOf } from '../../base/shape.ts';
import type { Expr, Region } from '../../ir/expr.ts';
import { bind, type Rule } from '../../ir/primitive.ts';
import { type Equation, Tensor } from '../../ir/tensor.ts';
import type { ScanAttrs } from '../../primitives/control/control.ts';
import type { Places } from '../schedule/places.ts';
import { instanceOf } from '../simplify/rewrite.ts';
import type { Lowered, Lowering } from './lowering.ts';

interface Surroundings {
  readonly carries: readonly Region[];
  readonly sequences: readonly Tensor[];
  readonly fixed: readonly Region[];
  readonly results: readonly Region[];
}

/**
 * One round of a scan: slices of the input sequences are read, and slices of the results written, in place. Its outputs
 * are the next carries.
 */
export function lowerScanBody(
  { body, carries, sequences }: ScanAttrs,
  around: Surroundings,
  at: Expr,
  lowering: Lowering,
): Lowered {
  const { places } = lowering;
  const { algebra } = places.formulas;
  const wholes = around.sequences.map((x) => standIn(x, places.regionOf(x), places));
  const inputs = body.inputs.map((t, k) => {
    if (k < carries) return standIn(t, around.carries[k], places);
    if (k >= carries + sequences) return standIn(t, around.fixed[k - carries - sequences], places);
    return bind(sliceRule(at), [wholes[k - carries]], undefined) as Tensor;
  });
  const slices = inputs.slice(carries, carries + sequences).map((t) => t.equation!);
  const known = [...inputs.filter((t) => !t.equation), ...wholes];
  const instance = instanceOf(body, inputs);
  const open = { ...instance, inputs: known, equations: [...slices, ...instance.equations] };
  const simple = lowering.simplified(open);
  const results: Equation[] = simple.outputs.slice(carries).map((y, k) => {
    const placed = bind(placeRule, [y], undefined) as Tensor;
    const start = algebra.apply('mul', 'i32', [at, algebra.constant(sizeOf(y.shape), 'i32')]);
    places.put(placed, around.results[k], start);
    return placed.equation!;
  });
  const outputs = [...simple.outputs.slice(0, carries), ...results.map(({ outputs: [y] }) => y)];
  const lowered = lowering.steps({ ...simple, equations: [...simple.equations, ...results], outputs });
  return { steps: lowered.steps, outputs: outputs.slice(0, carries) };
}

function standIn({ shape, dtype }: Tensor, region: Region, places: Places): Tensor {
  const t = new Tensor({ shape, dtype });
  places.put(t, region);
  return t;
}

/** `out[…] = x[at, …]`. */
const sliceRule = (at: Expr): Rule<undefined> => ({
  name: 'slice of sequence',
  kind: 'movement',
  result: ([x]) => ({ shape: x.shape.slice(1), dtype: x.dtype }),
  at: ([x], index) => x(at, ...index),
  samples: [],
});

/** The value itself, to be stored in its place among the results. */
const placeRule: Rule<undefined> = {
  name: 'slice of results',
  kind: 'elementwise',
  result: ([x]) => ({ shape: x.shape, dtype: x.dtype }),
  at: ([x], index) => x(...index),
  samples: [],
};
