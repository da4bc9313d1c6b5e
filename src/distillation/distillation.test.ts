import { expect, test } from 'vitest';
import * as keras from '../index.ts';
import { tensor } from '../index.ts';

const { FeatureDistillation, LogitsDistillation, Distiller } = keras.distillation;
const teacherSays = tensor(
  [
    [1, 2, 3],
    [0, -1, 1],
  ],
  { dtype: 'float32' },
);
const studentSays = tensor([
  [0.5, 1, 4],
  [1, 0, 0],
]);

// All numbers are those of Keras 3.15.1.
test.each([
  ['the function by its name', new LogitsDistillation(), 2.84982],
  ['KLDivergence', new LogitsDistillation({ temperature: 2, loss: new keras.losses.KLDivergence() }), 0.44303],
  ['mse', new LogitsDistillation({ temperature: 2, loss: 'mse' }), 0.21875],
  ['features', new FeatureDistillation(), 0.875],
  ['directions of features', new FeatureDistillation({ loss: 'cosine_similarity' }), -0.46653],
] as const)('the loss between logits: %s', async (_, loss, expected) => {
  expect(await loss.computeLoss(teacherSays, studentSays).item()).toBeCloseTo(expected, 4);
});

test('losses of several outputs are added, null leaves one out', async () => {
  const loss = new LogitsDistillation({ temperature: 2, loss: ['mse', null] });
  expect(await loss.computeLoss([teacherSays, teacherSays], [studentSays, studentSays]).item()).toBeCloseTo(0.21875);
  expect(() => loss.computeLoss(teacherSays, studentSays)).toThrow(/2 losses for 1 outputs/);
  expect(() => new FeatureDistillation({ loss: [null] })).toThrow(/no loss/);
  expect(() => new LogitsDistillation({ temperature: 0 })).toThrow(/temperature is 0/);
});

const make = (name: string, value: number, units = 2): keras.Sequential => {
  const kernelInitializer = new keras.initializers.Constant({ value });
  return new keras.Sequential(
    [
      keras.Input({ shape: [2] }),
      new keras.layers.Dense({ units: 3, name: 'h', kernelInitializer }),
      new keras.layers.Dense({ units, name: 'o', kernelInitializer }),
    ],
    { name },
  );
};
const x = [
  [1, 2],
  [3, -1],
  [0, 1],
];
const y = [
  [1, 0],
  [0, 1],
  [1, 0],
];

test('a student is trained as Keras trains it', async () => {
  const [teacher, student] = [make('teacher', 0.5), make('student', 0.25)];
  const distiller = new Distiller({
    teacher,
    student,
    distillationLosses: [
      new LogitsDistillation({ temperature: 2, loss: new keras.losses.KLDivergence() }),
      new FeatureDistillation({ teacherLayerName: 'h', studentLayerName: 'h' }),
    ],
    distillationLossWeights: [1, 0.5],
    studentLossWeight: 0.3,
  });
  distiller.compile({ optimizer: new keras.optimizers.SGD({ learningRate: 0.1 }), loss: 'mse', metrics: ['mae'] });
  const { history } = await distiller.fit(x, y, { epochs: 2, batchSize: 2, shuffle: false, verbose: 0 });
  const expected = {
    distillation_loss: [0.1142368, 0.0838925],
    loss: [0.1860746, 0.1559277],
    mae: [0.4994847, 0.4920783],
    student_loss: [0.2969583, 0.2783102],
    total_loss: [0.1690533, 0.1422178],
  };
  expect(Object.keys(history).sort()).toEqual(Object.keys(expected));
  for (const [name, values] of Object.entries(expected))
    values.forEach((value, k) => expect(history[name]![k]).toBeCloseTo(value, 5));
  expect(teacher.trainable).toBe(false);
  expect(await teacher.getWeights()[0]!.array()).toEqual([
    [0.5, 0.5, 0.5],
    [0.5, 0.5, 0.5],
  ]);
  const learnt = await student.getWeights()[0]!.array<2>();
  expect(learnt[0]![0]).toBeCloseTo(0.3001984, 5);
  expect(learnt[1]![0]).toBeCloseTo(0.2861212, 5);
  const evaluated = (await distiller.evaluate(x, y, { verbose: 0 })) as number[];
  [0.1384161, 0.4846553, 0.2702902, 0.0818987, 0.1384161].forEach((value, k) =>
    expect(evaluated[k]).toBeCloseTo(value, 5),
  );
  const [first] = await ((await distiller.predict(x)) as keras.Tensor).array<2>();
  expect(first![0]).toBeCloseTo(0.7701907, 5);
});

test('a distiller comes back from its config', () => {
  const distiller = new Distiller({
    teacher: make('teacher', 1),
    student: make('student', 1),
    distillationLosses: new LogitsDistillation({ temperature: 2, loss: new keras.losses.KLDivergence() }),
  });
  const config = distiller.getConfig();
  expect(config).toMatchObject({ name: 'distiller', distillation_loss_weights: [1], student_loss_weight: 0.5 });
  expect((config.distillation_losses as object[])[0]).toEqual({
    module: 'keras.distillation',
    class_name: 'LogitsDistillation',
    config: {
      temperature: 2,
      loss: {
        module: 'keras.losses',
        class_name: 'KLDivergence',
        config: { name: 'kl_divergence', reduction: 'sum_over_batch_size' },
        registered_name: null,
      },
    },
    registered_name: null,
  });
  const again = Distiller.fromConfig(JSON.parse(JSON.stringify(config))) as unknown as InstanceType<typeof Distiller>;
  expect(again.getConfig()).toEqual(config);
});

test('what does not fit together is refused', () => {
  const [teacher, student] = [make('teacher', 1), make('student', 1)];
  const distillationLosses = new LogitsDistillation();
  expect(() => new Distiller({ teacher, student: make('other', 1, 5), distillationLosses })).toThrow(
    /teacher's outputs have shape \(null, 2\), the student's \(null, 5\)/,
  );
  expect(() => new Distiller({ teacher, student, distillationLosses, studentLossWeight: 2 })).toThrow(/from 0 to 1/);
  const named = new FeatureDistillation({ teacherLayerName: 'no' });
  expect(() => new Distiller({ teacher, student, distillationLosses: named })).toThrow(/no layer "no"/);
  expect(() => new Distiller({ teacher, student, distillationLosses }).compile({})).toThrow(/no loss for the student/);
});
