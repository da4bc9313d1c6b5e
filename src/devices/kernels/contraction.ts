import type { Algebra } from '../../algebra/algebra.ts';
import { describeKernel } from '../../codegen/kernel-key.ts';
import { type LinearCode, type LinearTarget, register } from '../../codegen/linear/ir.ts';
import { linearPiece, type Surroundings } from '../../codegen/linear/linearize.ts';
import { Lowering } from '../../codegen/lowering.ts';
import { count, type Product, placed, productsOf } from '../../compiler/contraction/product.ts';
import type { ContractionStep } from '../../compiler/plan.ts';
import { type Axis, axis, type Expr, indexOf, type Region, unflatten } from '../../ir/expr.ts';
import { type Stmt, store } from '../../ir/loops.ts';
import type { Local } from '../wasm/encoder/index.ts';
import type { TailMachine } from './machine.ts';
import { type Chosen, type Counted, chooseKernel, inTurn } from './product-kernel.ts';
import type { Epilogue, ProductKernel } from './tiled-product.ts';

/** A contraction prepared for emission as a function. */
export interface Contraction {
  readonly key: string;
  /** Regions of the fused tail, whose addresses follow the operands' and the workspace's. */
  readonly regions: readonly Region[];
  readonly offsets: readonly [number, number];
  write(machine: TailMachine): ProductKernel;
}

/** Whether there is a hand-written kernel for this contraction. */
export const hasKernel = (step: ContractionStep): boolean => chosenFor(step) !== undefined;

/** The kernels that make up a contraction, each with its product. */
function chosenFor(step: ContractionStep): (Chosen & { readonly product: Product })[] | undefined {
  if (step.operands.some((r) => r.dtype !== 'float32') || step.sum.type !== 'f32') return undefined;
  const chosen = productsOf(step)?.map((product) => ({ product, kernel: chooseKernel(product) }));
  return chosen?.every(({ kernel }) => kernel)
    ? chosen.map(({ product, kernel }) => ({ ...kernel!, product }))
    : undefined;
}

/** The contraction for a machine with vectors of `target`. */
export function makeContraction(step: ContractionStep, algebra: Algebra, target: LinearTarget): Contraction {
  const tails = chosenFor(step)!.map((chosen) => ({ chosen, tail: tailOf(step, chosen, algebra, target) }));
  const touched = tails.map(({ tail }) => tail.regions.map((r) => tail.lowering.original(r)));
  const regions = [...new Set(touched.flat())];
  const parts = tails.map((part, k) => ({ ...part, places: touched[k].map((r) => regions.indexOf(r)) }));
  const offsets = parts.map(({ chosen }) => chosen.product.sides.map(({ offset }) => offset) as [number, number]);
  const { name } = step.info;
  const write = (machine: TailMachine, { chosen, tail, places }: (typeof parts)[number], as: string): ProductKernel =>
    chosen.write(machine, as, { extra: regions.length, epilogue: epilogueOf(tail, places, machine) });
  const [only] = parts;
  const isOne = parts.length === 1;
  return {
    key: parts
      .map(({ chosen, tail, places }, k) => `${chosen.key} ${tail.key}${isOne ? '' : ` ${offsets[k]} ${places}`}`)
      .join('\n'),
    regions,
    offsets: isOne ? offsets[0] : [0, 0],
    write(machine) {
      if (isOne) return write(machine, only, name);
      const turns = parts.map((part, k) => ({
        offsets: offsets[k],
        write: (as: string) => write(machine, part, as),
      }));
      return inTurn(machine, name, regions.length, turns);
    },
  };
}

/** The fused tail of each finished sum, in terms of a kernel's rows, columns and independent products. */
interface Tail {
  readonly step: ContractionStep;
  readonly lowering: Lowering;
  readonly batch: Axis;
  readonly row: Axis;
  readonly column: Axis;
  readonly statements: readonly Stmt[];
  readonly key: string;
  readonly regions: readonly Region[];
}

function tailOf(step: ContractionStep, chosen: Chosen, algebra: Algebra, target: LinearTarget): Tail {
  const lowering = new Lowering(algebra);
  const whole = (axes: readonly Counted[], name: string): Axis => axis(count(axes), name);
  const [batch, row, column] = [
    whole(chosen.batch, 'batch'),
    whole(chosen.rows, 'row'),
    whole(chosen.columns, 'column'),
  ];
  const index = new Map<Axis, Expr>();
  for (const [counter, axes] of [
    [batch, chosen.batch],
    [row, chosen.rows],
    [column, chosen.columns],
  ] as const)
    unflatten(
      indexOf(counter),
      axes.map(({ size }) => size),
    ).forEach((e, d) => index.set(axes[d].axis, algebra.simplify(placed(axes[d], e))));
  const substitute = (e: Expr): Expr => algebra.substitute(e, index);
  const stores = step.stores.map((s) => store(s.to, s.index.map(substitute), substitute(s.value)));
  const statements = lowering.kernel(stores, target.lanes);
  return { step, lowering, batch, row, column, statements, ...describeKernel(statements, [batch, row, column]) };
}

/** The fused tail of a vector of finished sums, as register code. */
export const tailPiece = (step: ContractionStep, algebra: Algebra, target: LinearTarget): LinearCode =>
  pieceOf(tailOf(step, chosenFor(step)![0], algebra, target), target.lanes, target);

/**
 * The tail for a vector of adjacent sums, or for a single one. Its parameters are the counters of products, rows and
 * columns, the addresses of its regions, and the sum.
 */
function pieceOf(
  { step, lowering, batch, row, column, statements, regions }: Tail,
  lanes: number,
  target: LinearTarget,
): LinearCode {
  const axes = [batch, row, column];
  const counters = axes.map(() => register('i32'));
  const bases = regions.map(() => register('address'));
  const sum = register('f32', lanes);
  const surroundings: Surroundings = {
    counters: new Map(axes.map((a, k) => [a, counters[k]])),
    bases: new Map(regions.map((region, i) => [region, bases[i]])),
    local: step.sum,
    value: sum,
    lanes: lanes > 1 ? column : undefined,
  };
  return {
    params: [...counters, ...bases, sum],
    body: linearPiece(statements, surroundings, lowering, target),
  };
}

function epilogueOf(tail: Tail, places: readonly number[], machine: TailMachine): Epilogue {
  const { target } = machine;
  // There are no vectors of float64. The key names all types.
  const isSingle = /f64|float64/.test(tail.key);
  const pieces = new Map<number, LinearCode>();
  return (f, { batch, row, column, value, lanes, extra }) => {
    const emit = (width: number, at: Local, sum: Local): void => {
      const code = pieces.get(width) ?? pieceOf(tail, width, target);
      pieces.set(width, code);
      machine.piece(f, code, [batch, row, at, ...places.map((place) => extra[place]), sum]);
    };
    if (lanes === target.lanes && !isSingle) emit(lanes, column, value);
    else machine.eachElement(f, value, lanes, column, (at, sum) => emit(1, at, sum));
  };
}
