/**
 * Teaches a small network to read a digit that it never sees: a large network tells for every other digit how much it
 * looks like it. Run it with `npm run example distillation`.
 */
import { mkdirSync } from 'node:fs';
import * as keras from 'hornbeam';
import { ops } from 'hornbeam';
import { type Labelled, loadData, only } from '../data/load-data.ts';
import { RandomAffine } from '../data/random-affine.ts';
import { makeDistiller, makeStudent, makeTeacher, temperature } from './model.ts';

const out = 'out/distillation';
mkdirSync(out, { recursive: true });
keras.utils.setRandomSeed(7);

const unseen = 3;
const [training, test] = loadData();
const shown = await only(training, (digit) => digit !== unseen);
const threes = await only(test, (digit) => digit === unseen);
const others = await only(test, (digit) => digit !== unseen);

async function tell(who: string, model: keras.Model): Promise<void> {
  const percent = async ([x, y]: Labelled): Promise<string> => {
    const read = ops.argmax(await model.predict(x, { verbose: 0 }), { axis: 1 });
    return `${(100 * (await ops.mean(ops.equal(read, y).cast('float32')).item())).toFixed(1)}%`;
  };
  console.log(
    `${who}: ${await percent(test)} of the unseen digits, ${await percent(threes)} of the threes, ${await percent(others)} of the others`,
  );
}
const loss = new keras.losses.SparseCategoricalCrossentropy({ fromLogits: true });
const fitOptions = { epochs: 50, batchSize: 64, verbose: 0 } as const;

// The teacher is shown all digits, each eight times, as if written by other people.
const distorted = new RandomAffine();
const copies = Array.from({ length: 7 }, () => distorted(training[0], { training: true }));
const teacher = makeTeacher();
teacher.compile({ optimizer: 'adam', loss });
const x = ops.concatenate([training[0], ...copies], { axis: 0 });
await teacher.fit(x, ops.tile(training[1], copies.length + 1), { epochs: 5, batchSize: 64, verbose: 2 });
await tell('teacher', teacher);

// A student by itself, without any three.
const alone = makeStudent();
alone.compile({ optimizer: new keras.optimizers.Adam({ learningRate: 3e-3 }), loss });
await alone.fit(...shown, fitOptions);
await tell('student alone', alone);

// The same student on the same digits, taught by the teacher's predictions.
const student = makeStudent();
const distiller = makeDistiller(teacher, student);
distiller.compile({ optimizer: new keras.optimizers.Adam({ learningRate: 3e-3 }), loss });
await distiller.fit(...shown, fitOptions);
await tell('student, distilled', student);

// Above, digits that the teacher finds most like a three; below, threes as the student reads them.
const columns = 8;
const softened = ops.softmax((await teacher.predict(shown[0], { verbose: 0 })).div(temperature));
const likeness = await ops.getItem(softened, ['...', unseen]).data();
const labels = await shown[1].data();
const most = [...likeness.keys()].sort((a, b) => Number(likeness[b]) - Number(likeness[a])).slice(0, columns);
const read = await ops.argmax(await student.predict(threes[0], { verbose: 0 }), { axis: 1 }).data();
const pictures = ops.concatenate([ops.take(shown[0], most, { axis: 0 }), threes[0].slice({ slice: [0, columns] })], {
  axis: 0,
});
await keras.visualization.plotImageGallery(
  ops.subtract(1, ops.image.resize(pictures, [40, 40], { interpolation: 'bicubic' })),
  {
    yTrue: Array.from({ length: 2 * columns }, (_, n) => n),
    labelMap: [
      ...most.map((n) => `${labels[n]}: ${Math.round(100 * Number(likeness[n]))}% a three`),
      ...Array.from({ length: columns }, (_, n) => `3, read as ${read[n]}`),
    ],
    columns,
    scale: 1,
    valueRange: [0, 1],
    toFile: `${out}/threes.png`,
  },
);
console.log(`The picture is ${out}/threes.png.`);
