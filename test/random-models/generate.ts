import fc from 'fast-check';
import { ModelBuilder } from './build.ts';
import { type Around, type Known, sizeOf } from './catalogue/entry.ts';
import { catalogue } from './catalogue/index.ts';
import { judges, losses, objectOf, optimizers } from './catalogue/training.ts';
import type { InputDescription, LayerCall, ModelDescription, OutputDescription } from './description.ts';
import { Draw } from './draw.ts';

/** How large models may be. */
export interface Bounds {
  readonly layers: number;
  /** Elements of an array, the batch axis included. */
  readonly elements: number;
  /** Multiplications of one layer. */
  readonly products: number;
}
export const smallModels: Bounds = { layers: 12, elements: 3000, products: 150_000 };

/** A model as numbers: those of the whole, and those of each layer. */
export interface Genes {
  readonly whole: readonly number[];
  readonly layers: readonly (readonly number[])[];
}
const numbers = (n: number) => fc.array(fc.nat(0xffff), { minLength: n, maxLength: n });

/** Random models. Numbers are drawn evenly: where sizes change the ways of kernels, `Draw` knows. */
export const anyGenes = ({ layers }: Bounds): fc.Arbitrary<Genes> =>
  fc.noBias(
    fc.record({ whole: numbers(40), layers: fc.array(numbers(24), { minLength: 3, maxLength: layers, size: 'max' }) }),
  );

const names = Object.keys(catalogue);

/** What a model is to have, whatever else the genes say. */
export interface Wanted {
  readonly layer?: string;
  readonly loss?: string;
  readonly optimizer?: string;
}

/** The model that the genes stand for. */
export function describeModel({ whole, layers }: Genes, bounds: Bounds, wanted: Wanted = {}): ModelDescription {
  const draw = new Draw(whole);
  const seed = draw.below(0x10000);
  const inputs = Array.from({ length: draw.of([1, 1, 1, 2, 3]) }, () => inputOf(draw));
  if (wanted.layer) inputs.push(inputFor(wanted.layer, draw));
  const largest = Math.max(...inputs.map(({ shape }) => sizeOf(shape)));
  const batch = Math.min(draw.from(1, 70), Math.max(1, Math.floor(bounds.elements / 2 / largest)));
  const policy = draw.of([undefined, undefined, undefined, undefined, 'mixed_float16', 'mixed_bfloat16']);
  const builder = new ModelBuilder({ seed, batch, ...(policy && { policy }), inputs });
  const calls: LayerCall[] = [];
  const room = bounds.elements;
  for (const [k, gene] of layers.entries()) {
    const call = callOf(new Draw(gene), builder, calls, { batch, room }, bounds, k === 0 ? wanted.layer : undefined);
    if (call) calls.push(call);
  }
  const outputs = outputsOf(draw, builder, calls, wanted.loss);
  const drawn = draw.of(Object.keys(optimizers));
  const name = wanted.optimizer ?? drawn;
  return {
    seed,
    batch,
    ...(policy && { policy }),
    inputs,
    calls,
    outputs,
    optimizer: objectOf(name, optimizers[name]!(draw)),
  };
}

function inputOf(draw: Draw): InputDescription {
  const kind = draw.below(9);
  if (kind === 8) return { shape: [draw.size(16)], below: draw.from(2, 20) };
  const rank = [1, 3, 2, 3, 3, 2, 4, 1][kind]!;
  const most = [40, 40, 13, 6][rank - 1]!;
  const spatial = Array.from({ length: rank - 1 }, () => draw.size(most));
  return { shape: [...spatial, draw.size(rank === 1 ? 40 : 17)] };
}

/** An input that the layer can follow. */
function inputFor(layer: string, draw: Draw): InputDescription {
  const kinds = [1, 2, 3, 4, 5].map((rank) => ({
    shape: [...Array.from({ length: rank - 1 }, () => draw.from(2, rank === 5 ? 4 : 9)), draw.size(12)],
  }));
  const inputs: InputDescription[] = [...kinds, { shape: [draw.from(2, 9)], below: draw.from(2, 9) }];
  const fitting = inputs.filter((input) => {
    const t = { ...input, id: 0, learns: false };
    return catalogue[layer]!.fits(t, { known: [t], batch: 1, room: Infinity });
  });
  return draw.of(fitting);
}

/** A layer on one of the tensors there are, mostly the latest, or an earlier layer again. */
function callOf(
  draw: Draw,
  builder: ModelBuilder,
  calls: readonly LayerCall[],
  around: Omit<Around, 'known'>,
  bounds: Bounds,
  wanted?: string,
): LayerCall | undefined {
  const { known } = builder;
  const t = known.at(-1 - (!wanted && draw.oneIn(3) ? draw.below(known.length) : 0))!;
  const all = { ...around, known };
  if (!wanted && draw.oneIn(10)) {
    // Again: a layer that took one tensor of this shape.
    const again = calls.flatMap(({ layer, on }, k) => {
      const first = on.length === 1 ? known.find(({ id }) => id === on[0]) : undefined;
      return typeof layer !== 'number' && first && String(first.shape) === String(t.shape) && first.below === t.below
        ? [k]
        : [];
    });
    if (again.length > 0) return builder.add({ layer: draw.of(again), on: [t.id] }, bounds);
  }
  const fitting = wanted ? [wanted] : names.filter((name) => catalogue[name]!.fits(t, all));
  if (fitting.length === 0) return undefined;
  const name = draw.of(fitting);
  const { config, on } = catalogue[name]!.make(draw, t, all);
  return builder.add({ layer: objectOf(name, config), on: on ?? [t.id] }, bounds);
}

/** One to three of the last tensors, each with a loss. */
function outputsOf(draw: Draw, builder: ModelBuilder, calls: LayerCall[], loss?: string): OutputDescription[] {
  const isFree = (t: Known): boolean => t.below === undefined && t.shape.length > 0;
  const used = new Set(calls.flatMap(({ on }) => on.flat()));
  const follow = (t: Known, name: string, config: Readonly<Record<string, unknown>>): Known => {
    calls.push(builder.add({ layer: objectOf(name, config), on: [t.id] })!);
    return builder.known.at(-1)!;
  };
  // Integers alone are no output.
  if (!builder.known.some(isFree)) follow(builder.known[0]!, 'Embedding', { input_dim: 20, output_dim: draw.size(8) });
  const made = builder.known.filter((t) => t.id >= builder.inputCount && isFree(t));
  const ends = made.filter((t) => !used.has(t.id));
  const last = ends.length > 0 ? ends.slice(-2) : builder.known.filter(isFree).slice(-1);
  const wanted = [...new Set([...last, ...(made.length > 0 && draw.oneIn(3) ? [draw.of(made)] : [])])];
  return wanted.map((made) => {
    // A loss must depend on something that is trained.
    const t = made.learns && draw.oneIn(2) ? made : follow(made, 'Dense', { units: draw.size(12) });
    const fitting = Object.keys(losses).filter((name) => judges(losses[name]!, t));
    const drawn = draw.of(fitting);
    const name = loss && fitting.includes(loss) ? loss : drawn;
    const { labels, after, config, metrics } = losses[name]!;
    const { id: tensor } = (after ?? []).reduce((x, activation) => follow(x, 'Activation', { activation }), t);
    const chosen = metrics && draw.oneIn(2) ? [draw.of(metrics)] : [];
    return { tensor, loss: objectOf(name, config?.(draw)), labels, ...(chosen.length > 0 && { metrics: chosen }) };
  });
}
