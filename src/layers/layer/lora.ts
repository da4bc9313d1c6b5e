import { fail } from '../../base/errors.ts';
import { f } from '../../base/field/field.ts';
import { type OptionNames, optionsOf } from '../../base/options.ts';
import type { Config } from '../../base/registry/serialize.ts';
import type { InitializerLike } from '../../initializers/index.ts';
import { add, matmul, multiply } from '../../ops/index.ts';
import type { Tensor, Variable } from '../../tensor/index.ts';
import { inner } from './inner.ts';
import type { AnyLayer } from './layer.ts';
import { ownVariablesOf } from './tracking.ts';

/** Options of layers whose main weight can be trained through a low-rank correction (https://arxiv.org/abs/2106.09685). */
export const loraFields = {
  /** Rank of the correction; null for none. */
  loraRank: f.nullable(f.int({ min: 1 })),
  /** The correction is multiplied by `loraAlpha / loraRank`. */
  loraAlpha: f.nullable(f.number()),
};

export interface LoraOptions {
  /** The correction is multiplied by this number divided by the rank; by default the rank. */
  readonly loraAlpha?: number | null;
  /** Initializer of the first factor; `'he_uniform'` by default. */
  readonly aInitializer?: InitializerLike;
  /** Initializer of the second factor; zeros by default, so that the layer starts unchanged. */
  readonly bInitializer?: InitializerLike;
}
const loraOptions: OptionNames<LoraOptions> = { loraAlpha: true, aInitializer: true, bInitializer: true };

const corrections = new WeakMap<Variable, Lora>();
/** The correction of a weight, if there is one. */
export const loraOf = (weight: Variable): Lora | undefined => corrections.get(weight);

/** What quantized weights are as files hold them, with their corrections. */
const merged = new WeakMap<Variable, () => Tensor | undefined>();
export const storeMerged = (variable: Variable, value: () => Tensor | undefined): void =>
  void merged.set(variable, value);
/** What files hold of a variable, where it is not its value. */
export function valueInFiles(variable: Variable): Tensor | undefined {
  const together = merged.get(variable);
  return together ? together() : loraOf(variable)?.read();
}

/** A layer's own variables as stored in files: low-rank corrections are merged into the weights they correct. */
export function savedVariablesOf(layer: AnyLayer): readonly Variable[] {
  const { quantized } = layer[inner];
  const own = [...new Set([...(quantized?.stored() ?? []), ...ownVariablesOf(layer)])];
  const parts = new Set(own.flatMap((v) => [loraOf(v)?.a, loraOf(v)?.b]));
  return own.filter((v) => !parts.has(v));
}

type Penalty = NonNullable<Variable['regularizer']>;
/** A low-rank correction to a frozen weight: `weight + alpha / rank · a · b`. */
export class Lora {
  readonly rank: number;
  readonly alpha: number;
  weight: Variable;
  readonly a: Variable;
  readonly b: Variable;

  constructor(layer: AnyLayer, weight: Variable, rank: number, options: LoraOptions = {}) {
    const {
      loraAlpha,
      aInitializer = 'he_uniform',
      bInitializer = 'zeros',
    } = optionsOf('enableLora', loraOptions, options);
    if (!weight) fail(layer, 'enableLora was called before the layer was built', 'call or build the layer first');
    if (loraOf(weight)) fail(layer, 'enableLora was called a second time', 'call it once for each layer');
    if (weight.constraint)
      fail(layer, `its weight "${weight.name}" has a constraint, which a correction would evade`, 'leave it out');
    this.rank = rank;
    this.alpha = loraAlpha ?? rank;
    this.weight = weight;
    const name = `lora_${weight.name}`;
    const { quantized } = layer[inner];
    const shape = quantized ? quantized.shape : weight.shape;
    if (!shape)
      fail(
        layer,
        'enableLora: its weights were calibrated with data, which takes no correction',
        "quantize with 'int8' or 'int4'",
      );
    const { kernelRegularizer, embeddingsRegularizer } = layer[inner].options as Partial<Record<string, Penalty>>;
    // In full precision whatever the dtype of the weight, so that small steps do not vanish.
    const common = { dtype: 'float32', regularizer: kernelRegularizer ?? embeddingsRegularizer ?? null } as const;
    const [left, right] = [
      [...shape.slice(0, -1), rank],
      [rank, shape.at(-1)!],
    ];
    this.a = layer.addWeight({ name: `${name}_a`, shape: left, initializer: aInitializer, ...common });
    this.b = layer.addWeight({ name: `${name}_b`, shape: right, initializer: bInitializer, ...common });
    this.correctThe(weight);
    const state = layer[inner];
    state.options = { ...state.options, loraRank: rank, loraAlpha: this.alpha };
  }
  /** Makes it the correction of a weight: of the quantized one, where that takes the place of the floats. */
  correctThe(weight: Variable): void {
    weight.trainable = false;
    this.weight = weight;
    corrections.set(weight, this);
  }
  /** The weight with its correction. */
  read(): Tensor {
    return add(this.weight, this.correct(this.a.read()));
  }
  /** `alpha / rank · x · b`. */
  correct(x: Tensor): Tensor {
    return multiply(matmul(x, this.b), this.alpha / this.rank);
  }
}

/** A config that mentions the correction only if there is one. */
export function withLora({ lora_rank: _, lora_alpha: __, ...config }: Config, lora: Lora | null): Config {
  return lora ? { ...config, lora_rank: lora.rank, lora_alpha: lora.alpha } : config;
}
