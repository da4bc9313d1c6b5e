import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as keras from 'hornbeam';
import { describe, expect, test } from 'vitest';

const { layers, ops } = keras;
const root = fileURLToPath(new URL('../src', import.meta.url));
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => ({ file, text: readFileSync(`${root}/${file}`, 'utf8') }));

/** What a dotted name stands for in the library. */
const found = (path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], { keras, ops, layers });

test('every name of the library that a message gives exists', () => {
  const missing = sources.flatMap(({ file, text }) =>
    [...text.matchAll(/(['"`])((?:\\.|(?!\1)[^\\\n])*)\1/g)].flatMap(([, , literal]) =>
      [...literal!.replaceAll(/\$\{[^}]*\}/g, '').matchAll(/(?<![\w.'/@-])(?:keras|ops|layers)(?:\.[a-zA-Z]\w*)+/g)]
        .map(([path]) => path)
        // Modules of Python's Keras, as files name them.
        .filter((path) => !/^keras\.(?:src|api|engine)|_/.test(path))
        .filter((path) => found(path) === undefined)
        .map((path) => `${file}: ${path}`),
    ),
  );
  expect(missing).toEqual([]);
});

describe('mistakes that are told at once, with a cure that works', () => {
  const x = [
    [1, 2, 3, 4],
    [4, 3, 2, 1],
    [0, 1, 0, 1],
  ];
  const model = (loss: string): keras.Sequential => {
    const made = new keras.Sequential([
      keras.Input({ shape: [4] }),
      new layers.Dense({ units: 3, activation: 'softmax', name: 'head' }),
    ]);
    made.compile({ loss });
    return made;
  };
  const fit = (loss: string, y: keras.Like): Promise<unknown> => model(loss).fit(x, y as number[], { verbose: 0 });

  test('one-hot labels for a loss of class numbers', async () => {
    const y = [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ];
    await expect(fit('sparse_categorical_crossentropy', y)).rejects.toThrow(
      /loss "sparse_categorical_crossentropy" of output "head" \(labels \(3, 3\), predictions \(3, 3\)\)[^\n]*\n {2}Fix: .*"categorical_crossentropy"/,
    );
    await expect(fit('categorical_crossentropy', y)).resolves.toBeDefined();
  });
  test('class numbers for a loss of one-hot labels', async () => {
    const y = [0, 1, 2];
    await expect(fit('categorical_crossentropy', y)).rejects.toThrow(
      /labels \(3,\), predictions \(3, 3\)[^\n]*\n {2}Fix: .*"sparse_categorical_crossentropy"\), or .* ops\.oneHot\(y, numClasses\)/,
    );
    await expect(fit('sparse_categorical_crossentropy', y)).resolves.toBeDefined();
    await expect(fit('categorical_crossentropy', ops.oneHot(y, 3))).resolves.toBeDefined();
  });
  test('labels that are no class', async () => {
    await expect(fit('sparse_categorical_crossentropy', [1, 2, 3])).rejects.toThrow(
      /"head": y: the label 3 is no class: predictions of shape \(null, 3\) know 3 classes, 0 to 2\n {2}Fix: .*4 units/,
    );
    await expect(fit('sparse_categorical_crossentropy', [-1, 0, 1])).rejects.toThrow(/label -1 .*\s.*ignoreClass/);
    await expect(fit('sparse_categorical_crossentropy', [0.5, 0, 1])).rejects.toThrow(/label 0.5 .*\s.*whole numbers/);
    const ignoring = model('mse');
    ignoring.compile({ loss: new keras.losses.SparseCategoricalCrossentropy({ ignoreClass: -1 }) });
    await expect(ignoring.fit(x, [-1, 0, 1], { verbose: 0 })).resolves.toBeDefined();
    await expect(
      model('sparse_categorical_crossentropy').fit(x, [-1, 0, 1], { verbose: 0, sampleWeight: [0, 1, 1] }),
    ).resolves.toBeDefined();
  });
  test('labels of another width', async () => {
    await expect(
      fit('mse', [
        [1, 2],
        [1, 2],
        [1, 2],
      ]),
    ).rejects.toThrow(/loss "mse" of output "head" \(labels \(3, 2\), predictions \(3, 3\)\)/);
  });

  class Odd extends keras.Layer {
    static override readonly className: string = 'Odd';
    override call(t: keras.Tensor): keras.Tensor {
      return t;
    }
  }
  test('a call that is asynchronous, whose failure does not end the process', async () => {
    const failures: unknown[] = [];
    const listen = (error: unknown): void => void failures.push(error);
    process.on('unhandledRejection', listen);
    class Later extends Odd {
      override call(_: keras.Tensor): keras.Tensor {
        const late = async (): Promise<keras.Tensor> => {
          await null;
          throw new Error('late');
        };
        return late() as unknown as keras.Tensor;
      }
    }
    expect(() => new Later({ name: 'later' })(x)).toThrow(/"later": call\(\) gave a promise/);
    expect(() => new Later({ name: 'later' })(keras.Input({ shape: [4] }))).toThrow(/"later": call\(\) gave a promise/);
    expect(() => keras.jit((() => Promise.reject(new Error('late'))) as never)()).toThrow(/gave a promise/);
    expect(() => ops.add(Promise.reject(new Error('late')) as never, 1)).toThrow(/got a promise/);
    await new Promise((resolve) => setTimeout(resolve, 10));
    process.off('unhandledRejection', listen);
    expect(failures).toEqual([]);
  });
  test('a call that forgets to return, and a layer called on nothing', () => {
    class Nothing extends Odd {
      override call(_: keras.Tensor): keras.Tensor {
        return undefined as never;
      }
    }
    expect(() => new Nothing()(x)).toThrow(/call\(\) gave nothing\n {2}Fix: let it end with `return`/);
    expect(() => new layers.Dense({ units: 1 })(undefined as never)).toThrow(/it was called on undefined/);
  });
  test('data that are not batched, not there yet, or of another shape in validations', async () => {
    const one = keras.data.Dataset.fromTensorSlices([x, [0, 1, 2]]);
    const made = model('sparse_categorical_crossentropy');
    const quiet = { verbose: 0 } as const;
    await expect(made.fit(one, undefined, quiet)).rejects.toThrow(/axis of samples is missing.*\.batch\(size\)/);
    await expect(made.fit(one.batch(2), undefined, quiet)).resolves.toBeDefined();
    const open = new keras.Sequential([new layers.Dense({ units: 3 })]);
    open.compile({ loss: 'mse' });
    await expect(open.fit(one, undefined, quiet)).rejects.toThrow(/found ndim=1[\s\S]*\.batch\(size\)/);
    await expect(made.fit(Promise.resolve(one) as never, undefined, quiet)).rejects.toThrow(
      /x is a promise[\s\S]*await/,
    );
    const validate = (validationData: unknown): Promise<unknown> =>
      made.fit(one.batch(3), undefined, { ...quiet, validationData: validationData as [keras.Like, keras.Like] });
    await expect(validate([[[1, 2]], [0]])).rejects.toThrow(/^fit, validationData: .*shape \(1, 2\) was given/);
    await expect(validate(Promise.reject(new Error('late')))).rejects.toThrow(/^fit, validationData: .*is a promise/);
  });
  test('a log that is monitored and not there', async () => {
    const callbacks = [new keras.callbacks.EarlyStopping({ monitor: 'val_accuracy' })];
    await expect(
      model('mse').fit(
        x,
        x.map((row) => row.slice(1)),
        { verbose: 0, callbacks },
      ),
    ).rejects.toThrow(/"val_accuracy" is not among the logs \(loss\)\n {2}Fix: .*validation data/);
  });
  test('weights of no such name, a layer without call, options that stand twice, a shape among options', () => {
    const misspelled = { weights: 'imagnet', alpha: 0.35 } as never;
    expect(() => keras.applications.MobileNetV2(misspelled)).toThrow(/weights is "imagnet"\n {2}Fix: .*"imagenet"/);
    class Bare extends (keras.Layer as unknown as new () => object) {}
    const bare = new Bare() as keras.Layer;
    for (const input of [x, keras.Input({ shape: [4] })])
      expect(() => bare(input as keras.Like)).toThrow(/it has no call\(\)\n {2}Fix: .*class Bare/);
    const odd = { filters: 1, kernelSize: 1, odd: 1 } as never;
    expect(() => new layers.Conv2D(odd)).toThrow(
      /^(?!.*activityRegularizer.*activityRegularizer).*unknown option "odd"/s,
    );
    expect(new keras.metrics.Mean().addVariable({ shape: [2], name: 'sums' }).shape).toEqual([2]);
  });
});
