import * as keras from 'hornbeam';
import { layers, ops } from 'hornbeam';
import { beginnings, fallen, longest, next } from './cart-pole.ts';

/** From states `[n, 4]` to logits of the actions `[n, 2]` and the expected return `[n, 1]`. */
export function makeActorCritic(): keras.Model<[keras.Tensor, keras.Tensor]> {
  const inputs = keras.Input({ shape: [4] });
  const common = new layers.Dense({ units: 64, activation: 'tanh' });
  const actor = new layers.Dense({ units: 64, activation: 'tanh' })(common(inputs));
  const critic = new layers.Dense({ units: 64, activation: 'tanh' })(common(inputs));
  return new keras.Model({
    inputs,
    outputs: [new layers.Dense({ units: 2 })(actor), new layers.Dense({ units: 1 })(critic)],
  });
}

interface AgentOptions {
  /** Number of cart-poles that are played at once. */
  readonly games?: number;
  /** Steps of each between two updates. */
  readonly rollout?: number;
  readonly learningRate?: number;
  /** Updates until the learning rate has gone down to nothing. */
  readonly updates?: number;
}

/**
 * Advantage actor-critic: some cart-poles are played for some steps; then actions that turned out better than the critic had
 * expected become likelier, and the critic learns what came. Play, gradients and update are one compiled program.
 */
export class Agent {
  readonly model = makeActorCritic();
  readonly optimizer: keras.Optimizer;
  /** Plays, learns, and gives the mean of how long the games that ended were (0 where none did) and how many there were. */
  readonly update: () => { length: keras.Tensor; ended: keras.Tensor; loss: keras.Tensor };
  readonly #games: number;
  readonly #rollout: number;
  readonly #seed = new keras.random.SeedGenerator({ seed: 11 });
  readonly #states: keras.Variable;
  readonly #ages: keras.Variable;

  constructor({ games = 32, rollout = 32, learningRate = 3e-3, updates = 500 }: AgentOptions = {}) {
    this.#games = games;
    this.#rollout = rollout;
    this.#states = new keras.Variable(beginnings(games, this.#seed));
    this.#ages = new keras.Variable(ops.zeros([games]));
    const slower = new keras.optimizers.schedules.PolynomialDecay({
      initialLearningRate: learningRate,
      decaySteps: updates,
      endLearningRate: 0,
    });
    this.optimizer = new keras.optimizers.Adam({ learningRate: slower, clipnorm: 0.5 });
    this.optimizer.build(this.model.trainableVariables);
    this.update = keras.jit(() => this.#update());
  }

  #play() {
    const [games, rollout] = [this.#games, this.#rollout];
    const chances = keras.random.uniform([rollout, games], { seed: this.#seed });
    const fresh = ops.reshape(beginnings(rollout * games, this.#seed), [rollout, games, 4]);
    type Carry = [states: keras.Tensor, ages: keras.Tensor];
    type Slices = [chance: keras.Tensor, fresh: keras.Tensor];
    const step = ([states, ages]: Carry, [chance, fresh]: Slices) => {
      const right = ops.getItem(ops.softmax(this.model(states)[0]), ['...', 1]);
      const actions = ops.cast(ops.less(chance, right), 'int32');
      const after = next(states, actions);
      const older = ops.add(ages, 1);
      const fell = fallen(after);
      const ends = ops.logicalOr(fell, ops.greaterEqual(older, longest));
      const length = ops.where(ends, older, 0);
      const carry: Carry = [ops.where(ops.expandDims(ends, 1), fresh, after), ops.where(ends, 0, older)];
      return [carry, { states, actions, after, fell, ends, length }] as const;
    };
    const [[states, ages], played] = ops.scan(step as never, [this.#states.value, this.#ages.value] as never, {
      xs: [chances, fresh] as never,
    }) as unknown as [Carry, Record<'states' | 'actions' | 'after' | 'fell' | 'ends' | 'length', keras.Tensor>];
    this.#states.assign(states);
    this.#ages.assign(ages);
    return played;
  }

  #update() {
    const { states, actions, after, fell, ends, length } = this.#play();
    const count = this.#games * this.#rollout;
    const flat = (t: keras.Tensor) => ops.reshape(t, [count, ...t.shape.slice(2)]);
    const grid = (t: keras.Tensor) => ops.reshape(t, [this.#rollout, this.#games]);
    const [expected, later] = [states, after].map((s) => ops.stopGradient(grid(this.model(flat(s))[1]))) as [
      keras.Tensor,
      keras.Tensor,
    ];
    // A step is worth 1 - discount, so that a game without end is worth 1. Generalized advantages (https://arxiv.org/abs/1506.02438), from the last step to the first.
    const [discount, trust] = [0.995, 0.97];
    const goesOn = ops.subtract(1, ops.cast(fell, 'float32'));
    const surprise = ops.subtract(ops.add(1 - discount, ops.multiply(ops.multiply(later, goesOn), discount)), expected);
    const keeps = ops.multiply(ops.subtract(1, ops.cast(ends, 'float32')), discount * trust);
    const back = (sum: keras.Tensor, [delta, keep]: [keras.Tensor, keras.Tensor]) => {
      const total = ops.add(delta, ops.multiply(keep, sum));
      return [total, total] as const;
    };
    const [, advantages] = ops.scan(back as never, ops.zeros([this.#games]) as never, {
      xs: [surprise, keeps] as never,
      reverse: true,
    }) as unknown as [keras.Tensor, keras.Tensor];
    const returns = flat(ops.add(advantages, expected));
    const gains = flat(advantages);
    const scaled = ops.divide(ops.subtract(gains, ops.mean(gains)), ops.add(ops.std(gains), 1e-6));

    const { value, gradients } = keras.gradients(() => {
      const [logits, values] = this.model(flat(states));
      const logs = ops.logSoftmax(logits);
      const chosen = ops.sum(ops.multiply(logs, ops.oneHot(flat(actions), 2)), { axis: -1 });
      const entropy = ops.negative(ops.mean(ops.sum(ops.multiply(ops.exp(logs), logs), { axis: -1 })));
      const actor = ops.negative(ops.mean(ops.multiply(chosen, scaled)));
      const critic = ops.mean(ops.square(ops.subtract(ops.squeeze(values, { axis: -1 }), returns)));
      return ops.add(ops.subtract(actor, ops.multiply(entropy, 0.01)), critic);
    }, this.model.trainableVariables);
    this.optimizer.apply(gradients, this.model.trainableVariables);

    const ended = ops.sum(ops.cast(ends, 'float32'));
    return { length: ops.divide(ops.sum(length), ops.maximum(ended, 1)), ended, loss: value };
  }
}

/**
 * How long games last, `[n]`, when the likelier action is always taken: no noise, at most `longest` steps. With `watch` also
 * the states of the first game, `[steps, 4]`.
 */
export function playOut(model: keras.Model<[keras.Tensor, keras.Tensor]>, n: number, seed: number) {
  const start = beginnings(n, new keras.random.SeedGenerator({ seed }));
  const play = keras.jit((states: keras.Tensor) => {
    type Carry = [states: keras.Tensor, stands: keras.Tensor, lengths: keras.Tensor];
    const step = ([states, stands, lengths]: Carry) => {
      const after = next(states, ops.argmax(model(states)[0], { axis: -1 }));
      const carry: Carry = [
        after,
        ops.logicalAnd(stands, ops.logicalNot(fallen(after))),
        ops.add(lengths, ops.cast(stands, 'float32')),
      ];
      return [carry, ops.getItem(states, 0)] as const;
    };
    const carry: Carry = [states, ops.ones([n], { dtype: 'bool' }), ops.zeros([n])];
    const [[, , lengths], watched] = ops.scan(step as never, carry as never, { length: longest }) as unknown as [
      Carry,
      keras.Tensor,
    ];
    return { lengths, watched };
  });
  return play(start);
}
