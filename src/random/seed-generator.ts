import type { Named } from '../base/errors.ts';
import { exact, exactMethods } from '../base/exact.ts';
import { autoName } from '../base/naming.ts';
import { optionsOf } from '../base/options.ts';
import { type Config, registerModule } from '../base/registry/serialize.ts';
import type { Tensor } from '../ir/tensor.ts';
import { op } from '../ops/op.ts';
import { like } from '../ops/operands.ts';
import { add, mul, rem } from '../primitives/elementwise.ts';
import { iota } from '../primitives/generators.ts';
import { outsideOfTraces } from '../tensor/frames.ts';
import { tensor } from '../tensor/like.ts';
import { asCallOf, countGenerator, currentCall } from '../tensor/scopes.ts';
import { Variable } from '../tensor/variable.ts';
import { checkSeed, defaultSeed, onRandomSeed } from './global-seed.ts';
import { KeySequence } from './key-sequence.ts';

/** The key `uint32[2]` of a seed: `[seed, 0]`. */
export const keyOf = (seed: number): Tensor => tensor([seed, 0], { dtype: 'uint32' });

/** `[seed, n]` -> `[seed, n + 1]`. */
const counted = op('nextSeed', (state: Tensor) => add(state, iota({ shape: [2], dtype: 'uint32', axis: 0 })));
/** `w -> ((w + 1) · 5387 mod 2^32) mod 933199`, for both words. */
const scrambled = op('nextGlobalSeed', (state: Tensor) =>
  rem(mul(add(state, like(state, 1)), like(state, 5387)), like(state, 933199)),
);

const stateName = 'seed_generator_state';
const firstSeeds = new WeakMap<Variable, number>();
function makeState(seed: number, name: string): Variable {
  const value = outsideOfTraces(() => keyOf(seed));
  const state = new Variable(value, { trainable: false, name, aggregation: 'only_first_replica' });
  firstSeeds.set(state, seed);
  return state;
}

/** States of the generators that the call of a layer makes, in their order. */
const statesInCalls = new WeakMap<Named, Variable[]>();
export const statesMadeBy = (owner: Named): readonly Variable[] => statesInCalls.get(owner) ?? [];

/**
 * The state of a generator that the call of a layer makes, and of its successors in later calls, compiled ones too: without a
 * seed each call goes on where the last one ended; with a seed each begins from it, as in Keras.
 */
function stateInCall(owner: Named, seed: number | null): Variable {
  const states = statesInCalls.get(owner) ?? [];
  statesInCalls.set(owner, states);
  const at = countGenerator();
  const state = (states[at] ??= asCallOf(undefined, () => makeState(seed ?? defaultSeed(), stateName)));
  if (seed !== null) state.assign(keyOf(seed));
  return state;
}

/**
 * A source of seeds that never gives one twice: its state `[seed, n]` is a variable, and each draw counts it up.
 * @example normal([2], { seed: new SeedGenerator({ seed: 42 }) }).shape // [2]
 */
export class SeedGenerator {
  static readonly className: string = 'SeedGenerator';
  readonly name: string;
  readonly seed: number;
  /** The next key, two numbers of `uint32`; every draw advances it. */
  readonly state: Variable;
  /** The seed that was given, as configs hold it. */
  readonly #given: number | null;

  constructor(
    options: {
      /** A whole number; by default one that the global seed or chance gives. */
      seed?: number | null;
      /** Name of the generator; made of the class's by default. */
      name?: string | null;
    } = {},
    ...surplus: undefined[]
  ) {
    const { seed = null, name = null } = optionsOf('SeedGenerator', { seed: true, name: true }, options, surplus);
    this.#given = seed;
    this.name = name ?? autoName('seed_generator');
    const owner = currentCall();
    if (seed !== null) checkSeed('SeedGenerator', seed);
    this.state = owner ? stateInCall(owner, seed) : makeState(seed ?? defaultSeed(), stateName);
    this.seed = seed ?? firstSeeds.get(this.state)!;
    if (!owner) this.state.path = `${this.name}/${stateName}`;
  }

  /** What a layer that holds the generator has to save and to update. */
  get variables(): readonly Variable[] {
    return [this.state];
  }
  /** The next key. */
  next(): Tensor {
    const key = this.state.value;
    this.state.assign(counted(key));
    return key;
  }
  /** The seed as it was given, null if it was not; the state is no part of it. */
  getConfig(): Config {
    return { seed: this.#given };
  }
  /** A generator from what `getConfig` returned, at its beginning. */
  static fromConfig(config: Config): SeedGenerator {
    return new SeedGenerator(config);
  }

  static {
    exactMethods(this);
  }
}
registerModule('keras.random', [SeedGenerator]);

let global: Variable | undefined;
onRandomSeed(() => (global = undefined));

/** Makes draws without a seed begin anew: with the next default seed. */
export const forgetGlobalSeed = (): void => void (global = undefined);

/** The state behind draws without a seed, if there were any. */
export const keptGlobalSeed = (): Variable | undefined => global;

/** The state behind draws without a seed: training counts it among the variables that a step changes. */
export const globalSeedState = exact(
  'random.globalSeedState',
  0,
  (): Variable => (global ??= asCallOf(undefined, () => makeState(defaultSeed(), 'global_seed_generator_state'))),
);

function nextGlobalKey(): Tensor {
  const state = globalSeedState();
  const key = state.value;
  state.assign(scrambled(key));
  return key;
}

/** A seed as users give it: an integer, a generator, a key `uint32[2]`, or nothing for the global generator. */
export type Seed = number | SeedGenerator | KeySequence | Tensor | null | undefined;

/** The key that a draw with this seed uses. */
export function drawKey(who: string, seed: Seed): Tensor {
  if (seed === null || seed === undefined) return nextGlobalKey();
  if (seed instanceof SeedGenerator || seed instanceof KeySequence) return seed.next();
  return typeof seed === 'number' ? keyOf(checkSeed(who, seed)) : seed;
}
