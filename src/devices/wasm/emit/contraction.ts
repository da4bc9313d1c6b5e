import type { Algebra } from '../../../algebra/algebra.ts';
import { fail } from '../../../base/errors.ts';
import { describeKernel } from '../../../codegen/kernel-key.ts';
import { Lowering } from '../../../codegen/lowering.ts';
import { summarize } from '../../../codegen/summary.ts';
import type { ContractionStep, View } from '../../../compiler/plan.ts';
import { type Axis, axis, type Expr, indexOf, type Region, unflatten } from '../../../ir/expr.ts';
import { type Stmt, store } from '../../../ir/loops.ts';
import type { Aval } from '../../../ir/tensor.ts';
import type { ConvAttrs } from '../../../primitives/conv.ts';
import type { DotAttrs } from '../../../primitives/dot.ts';
import type { ModuleBuilder, Operand } from '../encoder/index.ts';
import { conv } from '../kernels/conv.ts';
import type { ConvSpec } from '../kernels/conv-geometry.ts';
import { type MatmulSpec, matmul } from '../kernels/matmul.ts';
import type { Epilogue, ProductKernel } from '../kernels/tiled-product.ts';
import { targetOf } from './elementary.ts';
import { Frame, Lanes } from './frames.ts';
import { extract } from './lane-operations.ts';
import { Statements } from './statements.ts';
import { Values } from './values.ts';

type Sizes = { readonly sizes: readonly number[]; readonly axes: readonly Axis[] };
/** A contraction as the hand-tuned kernels see it: rows, columns and independent products of the output. */
interface Shape {
  readonly batch: Sizes;
  readonly rows: Sizes;
  readonly columns: Sizes;
  /** Where the operands begin, in elements of their regions. */
  readonly offsets: readonly [number, number];
  readonly kernel:
    | { readonly kind: 'matmul'; readonly spec: Omit<MatmulSpec, 'extra' | 'epilogue'> }
    | { readonly kind: 'conv'; readonly spec: Omit<ConvSpec, 'extra' | 'epilogue'> };
}

/** A contraction made ready to be written as a function. */
export interface Contraction {
  readonly key: string;
  /** Regions of the fused tail, whose addresses follow the operands' and the workspace's. */
  readonly regions: readonly Region[];
  readonly offsets: readonly [number, number];
  write(module: ModuleBuilder): ProductKernel;
}

/** Whether a hand-tuned kernel does this contraction. */
export const hasKernel = (step: ContractionStep): boolean => shapeOf(step) !== undefined;

function shapeOf(step: ContractionStep): Shape | undefined {
  const { equation, operands } = step;
  if (operands.some((r) => r.dtype !== 'float32') || step.sum.type !== 'f32') return undefined;
  if ([...equation.inputs, ...equation.outputs].some((t) => t.shape.includes(0))) return undefined;
  if (equation.rule.name === 'dot') return dotShape(step);
  return equation.rule.name === 'conv' ? convShape(step) : undefined;
}

/** One stride for axes that follow each other evenly; undefined if they do not. Axes of size 1 fit anywhere. */
function merged(axes: readonly { readonly size: number; readonly stride: number }[]): number | undefined {
  const real = axes.filter(({ size }) => size > 1);
  for (let i = 1; i < real.length; i++) if (real[i - 1]!.stride !== real[i]!.stride * real[i]!.size) return undefined;
  return real.at(-1)?.stride ?? 1;
}

function dotShape({ equation, views, axes }: ContractionStep): Shape | undefined {
  const { batch, contract } = equation.attrs as DotAttrs;
  const [x, y] = equation.inputs as readonly Aval[] as readonly [Aval, Aval];
  const free = (rank: number, side: 0 | 1): number[] =>
    Array.from({ length: rank }, (_, d) => d).filter((d) => !batch[side].includes(d) && !contract[side].includes(d));
  const [freeX, freeY] = [free(x.shape.length, 0), free(y.shape.length, 1)];
  const along = (side: 0 | 1, dims: readonly number[]) =>
    dims.map((d) => ({ size: equation.inputs[side]!.shape[d]!, stride: views[side].strides[d]! }));
  if (views.some(({ strides }) => strides.some((s) => s < 0))) return undefined;
  const depth = [merged(along(0, contract[0])), merged(along(1, contract[1]))];
  const columns = merged(along(1, freeY));
  // Rows that are not evenly spaced become products of their own.
  let inner = 0;
  while (merged(along(0, freeX.slice(inner))) === undefined) inner++;
  const rows = merged(along(0, freeX.slice(inner)));
  if (depth[0] === undefined || depth[1] === undefined || columns === undefined || rows === undefined) return undefined;
  const sizes = (dims: readonly number[], shape: readonly number[]) => dims.map((d) => shape[d]!);
  const size = (dims: readonly number[], shape: readonly number[]) => sizes(dims, shape).reduce((a, b) => a * b, 1);
  const outer = freeX.slice(0, inner);
  const lead = batch[0].length;
  return {
    batch: {
      sizes: [...sizes(batch[0], x.shape), ...sizes(outer, x.shape)],
      axes: axes.slice(0, lead + inner),
    },
    rows: { sizes: sizes(freeX.slice(inner), x.shape), axes: axes.slice(lead + inner, lead + freeX.length) },
    columns: { sizes: sizes(freeY, y.shape), axes: axes.slice(lead + freeX.length) },
    offsets: [views[0].offset, views[1].offset],
    kernel: {
      kind: 'matmul',
      spec: {
        m: size(freeX.slice(inner), x.shape),
        n: size(freeY, y.shape),
        k: size(contract[0], x.shape),
        a: { row: rows, column: depth[0] },
        b: { row: depth[1], column: columns },
        batch: [
          ...batch[0].map((d, i) => ({
            size: x.shape[d]!,
            a: views[0].strides[d]!,
            b: views[1].strides[batch[1][i]!]!,
          })),
          ...outer.map((d) => ({ size: x.shape[d]!, a: views[0].strides[d]!, b: 0 })),
        ],
      },
    },
  };
}

function convShape({ equation, views, axes }: ContractionStep): Shape | undefined {
  const attrs = equation.attrs as ConvAttrs;
  const [x, w] = equation.inputs as readonly Aval[] as readonly [Aval, Aval];
  const out = equation.outputs[0]!.shape;
  const rank = x.shape.length - 3;
  const [xs, ws] = [views[0].strides, views[1].strides] as [readonly number[], readonly number[]];
  const isWindow = (d: number) => d >= 1 && d <= rank;
  if (xs.some((s) => s < 0) || ws.some((s, d) => s < 0 && !isWindow(d))) return undefined;
  const start = (view: View): number =>
    ws.reduce((sum, s, d) => sum + (s < 0 ? s * (w.shape[d]! - 1) : 0), view.offset);
  return {
    batch: { sizes: [], axes: [] },
    rows: { sizes: out.slice(0, rank + 1), axes: axes.slice(0, rank + 1) },
    columns: { sizes: out.slice(rank + 1), axes: axes.slice(rank + 1) },
    offsets: [views[0].offset, start(views[1])],
    kernel: {
      kind: 'conv',
      spec: {
        batch: x.shape[0]!,
        groups: x.shape[rank + 1]!,
        inputs: x.shape[rank + 2]!,
        outputs: w.shape[rank + 2]!,
        axes: attrs.strides.map((stride, i) => ({
          x: x.shape[i + 1]!,
          w: w.shape[i + 1]!,
          out: out[i + 1]!,
          stride,
          dilation: attrs.dilation[i]!,
          inputDilation: attrs.inputDilation[i]!,
          low: attrs.padding[i]![0],
          xStride: xs[i + 1]!,
          wStride: Math.abs(ws[i + 1]!),
          ...(ws[i + 1]! < 0 && { flip: true }),
        })),
        x: { batch: xs[0]!, group: xs[rank + 1]!, channel: xs[rank + 2]! },
        w: { group: ws[0]!, input: ws[rank + 1]!, output: ws[rank + 2]! },
      },
    },
  };
}

export function makeContraction(step: ContractionStep, algebra: Algebra): Contraction {
  const shape = shapeOf(step)!;
  const size = ({ sizes }: Sizes) => sizes.reduce((a, b) => a * b, 1);
  const tail: Tail = {
    step,
    lowering: new Lowering(algebra),
    batch: axis(size(shape.batch), 'batch'),
    row: axis(size(shape.rows), 'row'),
    column: axis(size(shape.columns), 'column'),
    statements: [],
  };
  const index = new Map<Axis, Expr>();
  for (const [whole, { axes, sizes }] of [
    [tail.batch, shape.batch],
    [tail.row, shape.rows],
    [tail.column, shape.columns],
  ] as const)
    unflatten(indexOf(whole), sizes).forEach((e, d) => index.set(axes[d]!, algebra.simplify(e)));
  const substitute = (e: Expr): Expr => algebra.substitute(e, index);
  const stores = step.stores.map((s) => store(s.to, s.index.map(substitute), substitute(s.value)));
  const statements = tail.lowering.kernel(stores);
  const { key, regions } = describeKernel(statements);
  const { kind, spec } = shape.kernel;
  const name = step.info.name;
  return {
    key: `${kind} ${JSON.stringify(spec)} ${key}`,
    regions: regions.map((r) => tail.lowering.original(r)),
    offsets: shape.offsets,
    write(module) {
      const whole = { ...spec, extra: regions.length, epilogue: epilogueOf({ ...tail, statements }, regions, module) };
      return kind === 'conv' ? conv(module, name, whole as ConvSpec) : matmul(module, name, whole as MatmulSpec);
    },
  };
}

/** What is done with each finished sum. */
interface Tail {
  readonly step: ContractionStep;
  readonly lowering: Lowering;
  readonly batch: Axis;
  readonly row: Axis;
  readonly column: Axis;
  readonly statements: readonly Stmt[];
}

function epilogueOf(
  { step, lowering, batch, row, column, statements }: Tail,
  regions: readonly Region[],
  module: ModuleBuilder,
): Epilogue {
  return (f, out) => {
    const bases = new Map<Region, Operand>(regions.map((region, i) => [region, out.extra[i]!]));
    const emit = (at: Operand, lanes: Lanes | undefined, prepare: (values: Values) => void): void => {
      const frame = new Frame(undefined, new Set([column, step.sum]), lanes);
      frame.counters.set(batch, out.batch).set(row, out.row).set(column, at);
      const hostFunction = (name: string) =>
        fail('wasm device', `float64 ${name} after a float32 product`, 'convert the product first');
      const values = new Values(targetOf(f, module, hostFunction), lowering, bases, frame);
      frame.uses = summarize(statements, values.places).uses;
      prepare(values);
      f.scope(() => new Statements(values).list(statements));
    };
    if (out.lanes === 4) {
      const lanes = new Lanes(column, 1, lowering.algebra);
      lanes.variables.set(step.sum, [out.value]);
      emit(out.column, lanes, () => {});
      return;
    }
    for (let i = 0; i < out.lanes; i++)
      f.scope(() => {
        const at = f.let('i32', out.column);
        f.increment(at, i);
        emit(at, undefined, (values) => f.set(values.variable(step.sum), extract(out.value, 'f32', i)));
      });
  };
}
