import { range } from '../../../base/shape.ts';
import { type Emitter, refuse, type Value } from '../emitter.ts';
import { isKnown, isOne, type Layout, type Size } from '../layout.ts';
import { stored } from '../values.ts';
import { inType, type Lower, type Types, types, Work, wide } from '../work.ts';
import { heldLayout, placesIn } from './movement.ts';

/** A reduction over stored axes, which stay with size 1: what is repeated along them later needs no reshape. */
export function reduceNode(e: Emitter, opType: string, name: string, axes: readonly number[]): string {
  const isInput = e.opset >= 18 || opType === 'ReduceSum';
  return isInput
    ? e.node(opType, [name, e.ints(axes)], { keepdims: 1 })
    : e.node(opType, [name], { axes, keepdims: 1 });
}
/** Reduces over axes that are removed. */
export function reduceOver(work: Work, opType: string, supported: Types, axes: readonly number[]): Value {
  const { e, inputs } = work;
  const [x] = inputs;
  const summed = axes.filter((d) => !isOne(x.sizes[d]));
  const layout = heldLayout(work, summed);
  const name = work.inLayout(0, layout);
  const places = placesIn(layout, summed).sort((a, b) => a - b);
  const y =
    places.length === 0 ? name : inType(e, x.dtype, supported, [name], ([n]) => reduceNode(e, opType, n, places));
  return work.result(y, keptLayout(layout, x.sizes.length, axes));
}
/** The layout of the result, in which removed axes have size 1. */
function keptLayout(layout: Layout, rank: number, axes: readonly number[]): Layout {
  const kept = range(rank).filter((d) => !axes.includes(d));
  return layout.map((group) => group.filter((d) => kept.includes(d)).map((d) => kept.indexOf(d)));
}
const reduction =
  (opType: string, supported: Types = wide): Lower =>
  (work) =>
    reduceOver(work, opType, supported, work.attrs.axes);
/** Booleans are compared as numbers. */
const ofBools =
  (opType: string): Lower =>
  (work) => {
    const { e, inputs } = work;
    const value: Value = { dtype: 'int32', sizes: inputs[0].sizes, forms: [] };
    const layout = heldLayout(work, work.attrs.axes);
    value.forms.push({ name: e.cast(work.inLayout(0, layout), 'int32'), layout, scope: e.scope });
    const [result] = work.results;
    const inner = new Work(e, [value], work.all, [{ ...result, dtype: 'int32' }]);
    const y = reduceOver(inner, opType, wide, work.attrs.axes);
    const form = y.forms[0];
    return work.result(e.cast(form.name, 'bool'), form.layout);
  };

const cumSum: Lower = (work) => {
  const { e, attrs, inputs } = work;
  const name = work.name(0);
  const axis = e.scalar(attrs.axis, 'int64');
  return work.result(
    inType(e, inputs[0].dtype, wide, [name], ([n]) =>
      work.node('CumSum', [n, axis], attrs.reverse ? { reverse: 1 } : {}),
    ),
  );
};
/** Shifts elements along an axis, filling in others before them. */
function delayed(
  e: Emitter,
  name: string,
  rank: number,
  axis: number,
  by: number,
  reverse: boolean,
  first: string,
): string {
  const at = (n: number): number[] => range(rank).map((d) => (d === axis ? n : 0));
  return e.node('Pad', [name, e.ints(reverse ? [...at(-by), ...at(by)] : [...at(by), ...at(-by)]), first]);
}
/** Runs along an axis by doubling: after k rounds each element stands for 2^k of them. */
const running =
  (opType: string, start: (work: Work) => number): Lower =>
  (work) => {
    const { e, attrs, inputs } = work;
    const [{ sizes, dtype }] = inputs;
    const n = sizes[attrs.axis];
    if (!isKnown(n)) return refuseLength();
    let name = stored(e, inputs[0]);
    for (let by = 1; by < n[0]; by *= 2)
      name = e.node(opType, [
        name,
        delayed(e, name, sizes.length, attrs.axis, by, attrs.reverse, e.scalar(start(work), dtype)),
      ]);
    return work.result(name);
  };
const refuseLength = (): never => refuse('a running product or extreme goes along an axis of open size');
const recurrence: Lower = (work) => {
  const { e, attrs, inputs } = work;
  const [{ sizes, dtype }] = inputs;
  const n = sizes[attrs.axis];
  if (!isKnown(n)) return refuseLength();
  let [a, b] = [work.name(0), work.name(1)];
  for (let by = 1; by < n[0]; by *= 2) {
    const late = (name: string, first: number): string =>
      delayed(e, name, sizes.length, attrs.axis, by, attrs.reverse, e.scalar(first, dtype));
    b = e.node('Add', [e.node('Mul', [a, late(b, 0)]), b]);
    a = e.node('Mul', [a, late(a, 1)]);
  }
  return work.result(b);
};

const argExtreme =
  (opType: string): Lower =>
  (work) => {
    const { e, attrs, inputs } = work;
    const { dtype, sizes } = inputs[0];
    const layout = heldLayout(work, [attrs.axis]);
    const places = placesIn(layout, [attrs.axis]);
    if (isOne(sizes[attrs.axis])) {
      const [result] = work.results;
      return { ...result, forms: [], fill: 0 };
    }
    const name = inType(
      e,
      dtype,
      types('float16', 'float32', 'float64', 'int32', 'int8', 'uint8'),
      [work.inLayout(0, layout)],
      ([n]) => e.node(opType, [n], { axis: places[0], keepdims: 1 }),
      'int32',
    );
    return work.result(e.cast(name, 'int32'), keptLayout(layout, sizes.length, [attrs.axis]));
  };
/** The first k of an axis in order. Equal elements keep their order. */
function topK(work: Work, axis: number, k: Size, largest: boolean): Value {
  const { e, inputs } = work;
  const type = inputs[0].dtype;
  const name = stored(e, inputs[0]);
  const sortable = types('float16', 'float32', 'float64', 'int32');
  const x = sortable.has(type) ? name : e.cast(name, type === 'uint32' ? 'int64' : 'int32');
  const [, order] = e.nodes('TopK', [x, e.size(k)], { axis, largest: largest ? 1 : 0, sorted: 1 }, 2);
  return work.result(e.cast(order, 'int32'));
}

export const reductionTable: Readonly<Record<string, Lower>> = {
  reduceSum: reduction('ReduceSum'),
  reduceProd: reduction('ReduceProd', types('float16', 'float32', 'int32')),
  reduceMax: reduction('ReduceMax', types(...wide, 'int8', 'uint8')),
  reduceMin: reduction('ReduceMin', types(...wide, 'int8', 'uint8')),
  reduceAnd: ofBools('ReduceMin'),
  reduceOr: ofBools('ReduceMax'),
  cumSum,
  cumProd: running('Mul', () => 1),
  cumMax: running('Max', ({ inputs }) => (inputs[0].dtype.includes('float') ? -Infinity : -(2 ** 31))),
  cumMin: running('Min', ({ inputs }) => (inputs[0].dtype.includes('float') ? Infinity : 2 ** 31 - 1)),
  recurrence,
  argMax: argExtreme('ArgMax'),
  argMin: argExtreme('ArgMin'),
  argSort: (work) => topK(work, work.attrs.axis, work.inputs[0].sizes[work.attrs.axis], work.attrs.descending),
  selectTop: (work) =>
    topK(
      work,
      work.inputs[0].sizes.length - 1,
      work.size((attrs) => attrs.k),
      true,
    ),
};
