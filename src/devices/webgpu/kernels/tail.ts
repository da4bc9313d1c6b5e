import { Algebra } from '../../../algebra/algebra.ts';
import { count, placed } from '../../../compiler/contraction/product.ts';
import type { ContractionStep } from '../../../compiler/plan.ts';
import { type Axis, axis, type Expr, indexOf, type Region, unflatten } from '../../../ir/expr.ts';
import type { KernelText } from './kernel-text.ts';
import type { Arranged } from './layout.ts';

/** A finished sum and its position, as names of WGSL values (`i32` for the position). */
export interface Finished {
  readonly batch: string;
  readonly row: string;
  readonly column: string;
  readonly sum: string;
}

/** Writes the fused tail: the step's stores, for one finished sum. */
export function writeTail(text: KernelText, step: ContractionStep, arranged: Arranged, at: Finished): void {
  const { product, layouts } = arranged;
  const algebra = new Algebra();
  const [batch, row, column] = [
    axis(count(product.batch), 'batch'),
    axis(count(layouts[0].lines), 'row'),
    axis(count(layouts[1].lines), 'column'),
  ];
  const sizes = (axes: readonly { readonly size: number }[]) => axes.map(({ size }) => size);
  const index = new Map<Axis, Expr>();
  unflatten(indexOf(batch), sizes(product.batch)).forEach((e, d) =>
    index.set(product.batch[d].axis, algebra.simplify(e)),
  );
  [row, column].forEach((whole, s) =>
    unflatten(indexOf(whole), sizes(layouts[s].lines)).forEach((e, d) => {
      const line = layouts[s].lines[d];
      index.set(line.axis, algebra.simplify(placed(line, e)));
    }),
  );
  text.call(batch, at.batch);
  text.call(row, at.row);
  text.call(column, at.column);
  text.call(step.sum, at.sum);
  const results = step.stores.map((s) => ({
    to: s.to,
    position: algebra.substitute(s.index[0], index),
    value: algebra.substitute(s.value, index),
  }));
  // All values are computed before the first store, which may overwrite the inputs of another.
  const texts = text.values(...results.flatMap(({ position, value }) => [value, position]));
  const named = results.map(({ value }, k) => {
    if (results.length === 1 || value.op === 'local' || value.op === 'const') return texts[2 * k];
    const name = text.fresh('value');
    text.line(`let ${name} = ${texts[2 * k]};`);
    return name;
  });
  results.forEach(({ to }, k) => text.store(to, texts[2 * k + 1], named[k]));
}

/** The places that the tail writes, which cannot be bound as vectors. */
export const writtenPlaces = (step: ContractionStep, placeOf: (r: Region) => unknown): Set<unknown> =>
  new Set(step.stores.map((s) => placeOf(s.to)));
