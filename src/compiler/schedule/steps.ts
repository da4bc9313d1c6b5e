import { loadsOf } from '../../algebra/cost.ts';
import { bodiesOf } from '../../algebra/statements.ts';
import { sizeOf } from '../../base/shape.ts';
import { type Expr, type Region, readLocal } from '../../ir/expr.ts';
import { loop, type Stmt, store } from '../../ir/loops.ts';
import type { Tensor } from '../../ir/tensor.ts';
import type { Kernel } from '../group/kernel.ts';
import type { ContractionStep, LoopStep, Target, View } from '../plan.ts';
import { contractionLoops } from './contraction-loops.ts';
import { customNest } from './custom-nest.ts';
import { deal } from './deal.ts';
import { guard } from './guard.ts';
import { loopNest } from './loop-nest.ts';
import { bytesOf, infoOf, loopStep } from './loop-step.ts';
import { mergeAxes } from './merge-axes.ts';
import { flopsOf, isShared, parallelize, workOf } from './parallelize.ts';
import type { Places } from './places.ts';
import { splitRanges } from './split-ranges.ts';
import { tileColumns } from './tile-columns.ts';
import { vectorize } from './vectorize.ts';

/** The steps of a kernel other than control flow. */
export function stepsOf(
  kernel: Kernel,
  stored: (t: Tensor) => boolean,
  places: Places,
  target: Target,
): readonly (LoopStep | ContractionStep)[] {
  const { algebra } = places.formulas;
  if (kernel.kind === 'contraction') {
    const step = contractionStep(kernel, stored, places, target);
    return [target.contraction(step) ? step : contractionLoops(step, target, places.formulas)];
  }
  if (kernel.kind === 'custom') return customSteps(kernel, places, target);
  const merged = mergeAxes(loopNest(kernel, stored, places), algebra);
  if (target.asTurns) return [loopStep(infoOf(kernel), target.asTurns(merged, algebra), false, flopsOf(merged))];
  const nest = splitRanges(vectorize(merged, target, algebra), algebra);
  const { body, serial } = parallelize(nest, target, algebra);
  // Columns are dealt out before they are tiled, because the loop over the tiles carries sums from turn to turn.
  const tiled = tileColumns(body, algebra);
  return [loopStep(infoOf(kernel), guard(tiled, algebra), serial, flopsOf(nest))];
}

/** Consecutive loops supplied by a primitive become separate steps, so that threads can share each of them. */
function customSteps(kernel: Kernel, places: Places, target: Target): readonly LoopStep[] {
  const { body, indices } = customNest(kernel.equation!, places, target.dealing === 'turns');
  const info = infoOf(kernel);
  if (!body.every((s) => s.op === 'for')) return [{ ...loopStep(info, body, true), indices }];
  return body.map((s) => {
    const isDealt = s.op === 'for' && s.mode === 'parallel' && isShared(workOf([s]), target);
    return { ...loopStep(info, isDealt && target.dealing === 'shares' ? deal([s], target) : [s], !isDealt), indices };
  });
}

/** Contractions with less arithmetic than this are left to one thread. */
const worthSharing = 60_000;

function contractionStep(
  kernel: Kernel,
  stored: (t: Tensor) => boolean,
  places: Places,
  { leastWork = worthSharing, dealing }: Pick<Target, 'leastWork' | 'dealing'>,
): ContractionStep {
  const { algebra } = places.formulas;
  const { equation, sum, members, operands } = kernel as Required<Kernel>;
  const axes = members[0].tensor.shape.map((size, d) => axisAt(members[0].index[d]) ?? { name: `o${d}`, size });
  const values = new Map<Expr, Expr>();
  const stores: ContractionStep['stores'][number][] = [];
  const regions = operands.map((x) => places.regionOf(x.tensor)) as [Region, Region];
  const reads = new Set<Region>(regions);
  for (const { tensor, index, value } of members) {
    const place = algebra.simplify({
      op: 'load',
      type: value.type,
      from: places.formulas.regionOf(tensor),
      index,
    });
    const result = algebra.substitute(value, values);
    values.set(place, stored(tensor) ? places.asStored(result, tensor) : result);
    if (!stored(tensor)) continue;
    const flat = places.flat(result);
    for (const { from } of loadsOf(flat)) reads.add(from);
    const position = places.position(index, tensor.shape);
    const view = viewIn(position, axes, algebra);
    // Values computed from an old value are stored before what may replace it: later members first.
    stores.unshift({ to: places.regionOf(tensor), index: [position], value: flat, view });
  }
  const tail = dealing === 'turns' ? stores : guarded(stores, axes, algebra);
  const writes = stores.map((s) => s.to);
  const work = sizeOf(equation.outputs[0].shape);
  const info = infoOf(kernel);
  const flops = 2 * work * termsOf(kernel, places);
  return {
    kind: 'contraction',
    info: { ...info, bytes: bytesOf([...new Set([...reads, ...writes])]), flops },
    barrier: true,
    serial: flops < leastWork,
    equation,
    operands: regions,
    views: [operands[0].view, operands[1].view],
    axes,
    sum: (readLocal(sum) as Expr & { op: 'local' }).local,
    stores: tail,
    reads: [...reads],
    writes,
  };
}

/** The stores of a tail, with each load kept in bounds. Lanes run along the last axis. */
function guarded(
  stores: ContractionStep['stores'],
  axes: ContractionStep['axes'],
  algebra: Places['formulas']['algebra'],
): ContractionStep['stores'] {
  const list = stores.map((s) => store(s.to, s.index, s.value));
  const lanes = axes.findLast(({ size }) => size > 1);
  const whole = guard(lanes ? [loop(lanes, list, 'vector')] : list, algebra);
  const kept = (lanes ? bodiesOf(whole[0])[0] : whole) as (Stmt & { op: 'store' })[];
  return stores.map((s, k) => ({ ...s, value: kept[k].value }));
}

/** The number of products in one sum. */
function termsOf({ equation }: Kernel, places: Places): number {
  const { value } = places.formulas.of(equation!.outputs[0]);
  return value.op === 'reduce' ? value.axes.reduce((n, a) => n * a.size, 1) : 1;
}

const axisAt = (e: Expr) => (e.op === 'index' ? e.axis : undefined);

function viewIn(position: Expr, axes: ContractionStep['axes'], algebra: Places['formulas']['algebra']): View {
  const { constant, terms } = algebra.form(position);
  const strides = axes.map(() => 0);
  for (const [x, c] of terms) {
    const d = x.op === 'index' ? axes.indexOf(x.axis) : -1;
    strides[d] = c;
  }
  return { offset: constant, strides };
}
