import { showAsText } from '../../base/display.ts';
import { fail } from '../../base/errors.ts';
import { exact } from '../../base/exact.ts';
import { fromFloat16 } from '../../base/half-floats.ts';
import { type OptionNames, optionsOf } from '../../base/options.ts';
import { sameShape, showShape } from '../../base/shape.ts';
import { isPlainObject } from '../../base/tree.ts';
import { bytesOf, type FileSource } from '../../formats/file.ts';
import { readNpz } from '../../formats/npy.ts';
import { loadModel, Model } from '../../models/index.ts';
import type { LoadModelOptions, ModelSource } from '../../saving/index.ts';
import { asTensor, type Like, tensor } from '../../tensor/index.ts';
import { type Activations, activationsOf } from './activations.ts';
import { matchLayers } from './match-layers.ts';

/**
 * One side: a model, a model file, a dump (`.npz`) written by `compareScript`'s program, or arrays by layer name from
 * other programs.
 */
export type CompareSide = Model<any> | ModelSource | Readonly<Record<string, Like>>;

/** Options of `utils.compare`. */
export interface CompareOptions {
  /**
   * A layer differs if its largest difference exceeds this fraction of its largest magnitude (at least 1); 1e-4 by
   * default.
   */
  readonly tolerance?: number | undefined;
  /** Custom classes and functions, by their names in files. */
  readonly customObjects?: LoadModelOptions['customObjects'];
}
const compareOptions: OptionNames<CompareOptions> = { tolerance: true, customObjects: true };

/** A layer on both sides. */
export interface ComparedLayer {
  /** Its name in the first model, prefixed with those of enclosing models. */
  readonly layer: string;
  /** Its name on the other side. */
  readonly other: string;
  /** Shape of its output in the first model. */
  readonly shape: readonly number[];
  /** Shape of its output on the other side. */
  readonly otherShape: readonly number[];
  /** The largest difference of two numbers; infinite if the shapes differ, or if only one number is finite. */
  readonly maxAbs: number;
  /** That difference relative to the largest magnitude on the first side. */
  readonly maxRel: number;
  /** Whether the outputs differ in shape, or by more than `tolerance` allows. */
  readonly differs: boolean;
}

/** Where two models begin to differ. Prints as a table. */
export interface ModelComparison {
  /** All layers that both models have, in the order of their calls. */
  readonly layers: readonly ComparedLayer[];
  /** The first layer that differs. */
  readonly first: ComparedLayer | undefined;
  /** Whether no layer differs. */
  readonly isSame: boolean;
  /** Names that only the first, or only the second, has. */
  readonly unmatched: readonly [first: readonly string[], second: readonly string[]];
  /** The fraction of a layer's largest magnitude (at least 1) by which its outputs may differ. */
  readonly tolerance: number;
}

class Compared implements ModelComparison {
  readonly layers: readonly ComparedLayer[];
  readonly first: ComparedLayer | undefined;
  readonly unmatched: ModelComparison['unmatched'];
  readonly tolerance: number;

  constructor(layers: readonly ComparedLayer[], unmatched: ModelComparison['unmatched'], tolerance: number) {
    this.layers = layers;
    this.first = layers.find(({ differs }) => differs);
    this.unmatched = unmatched;
    this.tolerance = tolerance;
  }
  get isSame(): boolean {
    return this.first === undefined;
  }

  toString(): string {
    const { first, layers, unmatched } = this;
    const rows = layers.map(({ layer, other, shape, otherShape, maxAbs, maxRel, differs }) => [
      layer === other ? layer : `${layer} = ${other}`,
      sameShape(shape, otherShape) ? showShape(shape) : `${showShape(shape)} / ${showShape(otherShape)}`,
      maxAbs.toExponential(1),
      maxRel.toExponential(1),
      differs ? 'differs' : '',
    ]);
    const all = [['layer', 'shape', 'largest difference', 'relative', ''], ...rows];
    const widths = all[0]!.map((_, k) => Math.max(...all.map((row) => row[k]!.length)));
    const table = all
      .map((row) =>
        row
          .map((cell, k) => cell.padEnd(widths[k]!))
          .join('  ')
          .trimEnd(),
      )
      .join('\n');
    const verdict = first
      ? `The first layer that differs is "${first.layer}": by ${first.maxAbs.toExponential(2)}, relative ${first.maxRel.toExponential(2)}.`
      : `All ${layers.length} layers agree within ${this.tolerance}.`;
    const lacking = unmatched.flatMap((names, side) =>
      names.length > 0
        ? [
            `Only the ${side === 0 ? 'first' : 'second'} has: ${names.slice(0, 20).join(', ')}${names.length > 20 ? ', …' : ''}.`,
          ]
        : [],
    );
    return [table, '', verdict, ...lacking].join('\n');
  }
}
showAsText(Compared.prototype);

/**
 * Compares two models layer by layer on one input, and reports where they begin to differ. All outputs of the layers
 * are kept in memory, so use a small batch.
 * @example
 * const found = await keras.utils.compare(model, 'model.keras', x);
 * console.log(String(found)); // a table of all layers; found.first is the first that differs
 */
export const compare = exact(
  'utils.compare',
  4,
  async function compare(
    a: CompareSide,
    b: CompareSide,
    x?: unknown,
    options: CompareOptions = {},
  ): Promise<ModelComparison> {
    const { tolerance = 1e-4, customObjects } = optionsOf('utils.compare', compareOptions, options);
    if (!(tolerance >= 0)) fail('utils.compare', `tolerance is ${tolerance}`, 'give a number such as 1e-4');
    const sides = [await openSide(a, customObjects), await openSide(b, customObjects)] as const;
    const brought = sides.find((side) => side.inputs)?.inputs;
    const [first, second] = [await sides[0].run(x ?? brought), await sides[1].run(x ?? brought)];
    const { pairs, unmatched } = matchLayers(first, second);
    if (pairs.length === 0)
      fail(
        'utils.compare',
        `the two have no layer in common: ${[...first.keys()].slice(0, 5).join(', ')} … and ${[...second.keys()].slice(0, 5).join(', ')} …`,
        'give models of one architecture, or arrays under the names of layers',
      );
    const layers = pairs.map(([layer, other]) =>
      difference(layer, other, first.get(layer)!, second.get(other)!, tolerance),
    );
    return new Compared(layers, unmatched, tolerance);
  },
);

interface Side {
  /** Inputs contained in a dump. */
  readonly inputs?: unknown;
  run(x: unknown): Promise<Activations>;
}
async function openSide(side: CompareSide, customObjects: LoadModelOptions['customObjects']): Promise<Side> {
  if (side instanceof Model) return { run: (x) => activationsOf(side, x) };
  if (isPlainObject(side)) {
    const found = new Map<string, { shape: readonly number[]; data: ArrayLike<number> }>();
    for (const [name, value] of Object.entries(side as Record<string, Like>)) {
      const y = asTensor(value);
      found.set(name, { shape: y.shape, data: Float64Array.from((await y.data()) as ArrayLike<number>, Number) });
    }
    return { run: async () => found };
  }
  const source = side as ModelSource;
  if (isDump(source)) return openDump(await bytesOf(source as FileSource));
  const model = await loadModel(source, { compile: false, ...(customObjects && { customObjects }) });
  return { run: (x) => activationsOf(model, x) };
}
const isDump = (source: ModelSource): boolean =>
  (source instanceof Blob ? ((source as Partial<File>).name ?? '') : String(source)).endsWith('.npz');

async function openDump(bytes: Uint8Array): Promise<Side> {
  const inputs: unknown[] = [];
  const found = new Map<string, { shape: readonly number[]; data: ArrayLike<number> }>();
  for (const [name, { shape, dtype, data }] of Object.entries(await readNpz(bytes))) {
    const read = dtype === 'float16' ? fromFloat16 : (v: number) => v;
    const numbers = Float64Array.from(data as ArrayLike<number>, (v) => read(Number(v)));
    if (name.startsWith('input/'))
      inputs.push(tensor(numbers, { shape, dtype: /int/.test(dtype) ? 'int32' : 'float32' }));
    else found.set(name, { shape, data: numbers });
  }
  return { inputs: inputs.length > 1 ? inputs : inputs[0], run: async () => found };
}

type Activation = NonNullable<ReturnType<Activations['get']>>;
function difference(layer: string, other: string, a: Activation, b: Activation, tolerance: number): ComparedLayer {
  const names = { layer, other, shape: a.shape, otherShape: b.shape };
  if (!sameShape(a.shape, b.shape)) return { ...names, maxAbs: Infinity, maxRel: Infinity, differs: true };
  let [maxAbs, largest] = [0, 0];
  for (let k = 0; k < a.data.length; k++) {
    const [p, q] = [a.data[k]!, b.data[k]!];
    if (Number.isFinite(p)) largest = Math.max(largest, Math.abs(p));
    const apart = Object.is(p, q) || p === q ? 0 : Math.abs(p - q);
    // NaN and unequal infinities differ from everything.
    maxAbs = Math.max(maxAbs, Number.isNaN(apart) ? Infinity : apart);
  }
  const maxRel = maxAbs === 0 ? 0 : largest === 0 ? Infinity : maxAbs / largest;
  return { ...names, maxAbs, maxRel, differs: maxAbs > tolerance * Math.max(1, largest) };
}
