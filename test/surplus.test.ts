import { expect, test } from 'vitest';
import * as keras from '../src/index.ts';
import { methodOf, publicCounts } from './public-options.ts';

/** What may be given more than it declares, and why. */
const others: readonly (readonly [name: RegExp, reason: string])[] = [
  [/^(callbacks|utils)\.\w+\.(on[A-Z]\w*|setModel|setParams)$/, 'the library calls it and users write it'],
  [/^callbacks\.(CallbackList|ProgbarLogger)\./, 'the library calls it'],
  [/\.(build|call|computeMask|computeOutputShape|computeOutputSpec)$/, 'users write it; the library says all it knows'],
  [
    /^layers\.\w+\.(getRandomTransformation|transform[A-Z]\w*|resample|seedFor)$/,
    'users write it, with as many arguments as they have use for',
  ],
  [/^constraints\.\w+\.project$/, 'users write it'],
  [/^initializers\.\w+\.values$/, 'users write it'],
  [/^layers\.\w+\.firstStates$/, 'a recurrence calls it'],
  [/\.(getConfig|toString|toJSON)$/, 'it takes nothing, and JavaScript calls it'],
  [/^losses\.\w+\.(checkLabels|validity)$/, 'training calls it'],
  [
    /^metrics\.\w+\.(update|compute|values|validity|take|counts|prepared|settle|best|missName)$/,
    'classes of metrics write it',
  ],
  [/^metrics\.\w+\.(updateState|statelessUpdateState)$/, 'it takes what the class of metrics takes'],
  [/^ops\.(meshgrid|einsum|switch)$/, 'it takes any number'],
  [/^optimizers\.\w+\.(update|slotsOf|beforeUpdates|decayOf)$/, 'classes of optimizers write it'],
  [/^optimizers\.schedules\.\w+\.rate$/, 'users write it'],
  [/^regularizers\.\w+\.penalty$/, 'users write it'],
  [/^tree\.mapStructure(UpTo)?$/, 'it takes any number'],
  [/(^|\.)(Layer|Operation)\.(statelessCall|symbolicCall)$/, 'it takes what a call takes'],
];

type Call = (...args: unknown[]) => unknown;
const at = (path: readonly string[]): unknown =>
  path.reduce<unknown>((space, name) => (space as Record<string, unknown>)[name], keras);

/** Something of a class that has a name and nothing else. */
const objectOf = (prototype: object): object =>
  Object.create(prototype, { className: { value: 'Some' }, name: { value: 'x' } });

/** What comes of a call with one argument too many. */
async function answerTo(call: () => unknown): Promise<string> {
  try {
    await call();
    return 'is accepted';
  } catch (error) {
    return (error as Error).message.split('\n')[0]!;
  }
}

test('whatever is public refuses an argument too many', async () => {
  const problems: string[] = [];
  const counts = new Map(others.map(([, reason]) => [reason, 0]));
  const tried = new Set<unknown>();
  for (const { path, kind, most } of publicCounts()) {
    if (kind === 'class') continue;
    const name = path.join('.');
    const owner = kind === 'method' ? (at(path.slice(0, -1)) as { prototype: object }).prototype : undefined;
    const callee = owner ? methodOf(owner, path.at(-1)!) : at(path);
    if (typeof callee !== 'function' || tried.has(callee)) continue;
    tried.add(callee);
    const reason = others.find(([rule]) => rule.test(name))?.[1];
    if (reason) {
      counts.set(reason, counts.get(reason)! + 1);
      continue;
    }
    const args = [...new Array<undefined>(Number.isFinite(most) ? most : 0), 'surplus'];
    const answer = await answerTo(() => (callee as Call).apply(owner && objectOf(owner), args));
    if (!/was given "surplus" by position/.test(answer)) problems.push(`${name}/${most}: ${answer}`);
  }
  expect(problems).toEqual([]);
  expect(tried.size).toBeGreaterThan(900);
  // 631 of some 1,517: image layers have many methods for users to write.
  const excepted = [...counts.values()];
  expect(Math.min(...excepted)).toBeGreaterThan(0);
  expect(excepted.reduce((a, b) => a + b)).toBeLessThan(0.45 * tried.size);
});

/** What the library alone makes, and what takes nothing and is there to be extended, by classes that may hand up what they like. */
const unmade =
  /^(Tensor|HornbeamError|data\.Dataset|saving\.KerasFileEditor|callbacks\.Callback|distillation\.DistillationLoss)$/;
/** Something that the constructors accept which look at their arguments before they hand them down. */
const firstArguments: readonly (readonly unknown[])[] = [
  [{}],
  [[]],
  [{ mode: 'int8', sourceName: 'float32' }],
  [{ inputs: keras.Input({ shape: [1] }), outputs: keras.Input({ shape: [1] }) }],
  [{ shape: [1] }],
  [() => 0],
];

test('constructors refuse an argument too many', async () => {
  const problems: string[] = [];
  const tried = new Set<unknown>();
  for (const { path, kind, most } of publicCounts()) {
    if (kind !== 'class') continue;
    const name = path.join('.');
    const type = at(path) as new () => object;
    if (tried.has(type) || unmade.test(name)) continue;
    tried.add(type);
    // Some are there to be extended, and a class that does has the constructor.
    class Own extends type {}
    const answers = new Set<string>();
    for (const [first] of most === 0 ? [[]] : firstArguments) {
      const args = [first, ...new Array<undefined>(Math.max(most, 1) - 1)].slice(0, most);
      answers.add(await answerTo(() => Reflect.construct(Own, [...args, 'surplus'])));
    }
    if (![...answers].some((answer) => /was given "surplus" by position/.test(answer)))
      problems.push(`${name}/${most}: ${[...answers].join(' | ')}`);
  }
  expect(problems).toEqual([]);
  expect(tried.size).toBeGreaterThan(290);
});

test("constructors of classes of one's own take what they like", () => {
  class Twice extends keras.Layer {
    readonly by: number;
    constructor(by: number, _more: string, options: keras.LayerOptions = {}) {
      super(options);
      this.by = by;
    }
    override call(x: keras.Tensor): keras.Tensor {
      return keras.ops.multiply(x, this.by);
    }
  }
  expect(new Twice(2, 'more', { name: 'twice' }).name).toBe('twice');
  class Counting extends keras.callbacks.Callback {
    readonly from: number;
    constructor(from: number, _step: number) {
      super();
      this.from = from;
    }
  }
  expect(new Counting(3, 4).from).toBe(3);
  expect(() => Reflect.construct(keras.layers.Dense, [{ units: 1 }, 5])).toThrow(
    'Dense: expects an object of options, but was given 5 by position as well',
  );
});

test('who took the argument is named', () => {
  const model = new keras.Sequential({ layers: [keras.Input({ shape: [2] })], name: 'small' });
  const loose = (f: unknown): Call => f as Call;
  expect(() => loose(model.predictOnBatch).call(model, [[1, 2]], 32)).toThrow(
    'Sequential "small": predictOnBatch expects 1 argument, but was given 32 by position as well',
  );
  expect(() => loose(keras.losses.get)('mse', undefined, 3)).toThrow('losses.get: expects 2 arguments');
  expect(() => loose(model.summary).call(model, {}, { lineLength: 80 })).toThrow('unknown option "lineLength"');
  const { initializers, losses, regularizers } = keras;
  for (const f of [new losses.Huber(), new initializers.Zeros(), new regularizers.L2()] as unknown as Call[])
    expect(() => f([1], [1], {}, 'surplus')).toThrow(/expects \d arguments?, but was given .* by position/);
  expect([0, 1].map(loose(keras.ops.ndim))).toEqual([0, 0]);
});
