import { type MemberCount, membersSection } from './parity-members.ts';
import { reasons } from './parity-reasons.ts';

/** Keras's public names, namespace by namespace (`keras` is the root). */
export interface KerasNames {
  readonly keras: string;
  readonly namespaces: Readonly<
    Record<string, { readonly functions: readonly string[]; readonly classes: readonly string[] }>
  >;
}
export interface Entry {
  /** As in Keras, within its namespace. */
  readonly name: string;
  /** What it is called here. */
  readonly here: string;
  readonly isPresent: boolean;
  /** Why it is absent, where that is no oversight. */
  readonly reason: string | undefined;
}

const camelCase = (name: string): string =>
  /^[a-z]/.test(name) ? name.replace(/_+(\w)/g, (_, letter: string) => letter.toUpperCase()) : name;
const pascalCase = (name: string): string => camelCase(`_${name}`).replace(/^./, (letter) => letter.toUpperCase());
const spaceOf = (namespace: string, exports: object): Record<string, unknown> =>
  (namespace === 'keras' ? [] : namespace.split('.')).reduce<Record<string, unknown>>(
    (space, key) => (space[camelCase(key)] ?? {}) as Record<string, unknown>,
    exports as Record<string, unknown>,
  );

/** Every public name of a namespace of Keras, and whether it is exported here. */
export function entriesOf(namespace: string, names: KerasNames, exports: object): Entry[] {
  const { functions, classes } = names.namespaces[namespace]!;
  const space = spaceOf(namespace, exports);
  const full = (name: string): string => (namespace === 'keras' ? `keras.${name}` : `keras.${namespace}.${name}`);
  return [...functions, ...classes].sort().map((name) => {
    const here = camelCase(name);
    const isPresent = space[here] !== undefined;
    const original = classes.includes(name)
      ? classes.find((other) => other !== name && other.toLowerCase() === pascalCase(name).toLowerCase())
      : undefined;
    const alias = original && space[original] !== undefined ? `another name of \`${original}\`` : undefined;
    return {
      name,
      here,
      isPresent,
      reason: isPresent ? undefined : (alias ?? reasons.find(([rule]) => rule.test(full(name)))?.[1]),
    };
  });
}

const titleOf = (namespace: string): string => (namespace === 'keras' ? 'keras' : `keras.${namespace}`);
const code = (text: string): string => `\`${text}\``;
const sorted = (names: KerasNames): string[] =>
  Object.keys(names.namespaces)
    .filter((n) => n !== 'datasets')
    .sort();

/** The part of the page about one namespace. */
export function sectionOf(namespace: string, names: KerasNames, exports: object): string {
  const entries = entriesOf(namespace, names, exports);
  const absent = entries.filter((e) => !e.isPresent);
  const present = entries.filter((e) => e.isPresent).map((e) => code(e.here));
  const lines = [`## ${titleOf(namespace)}`, ''];
  if (present.length > 0) lines.push(`Present (${present.length} of ${entries.length}): ${present.join(', ')}.`, '');
  if (absent.length > 0)
    lines.push(
      '| absent | why |',
      '|---|---|',
      ...absent.map(({ name, reason }) => `| ${code(name)} | ${reason ?? 'not made yet'} |`),
      '',
    );
  return lines.join('\n');
}

/** The whole page in Markdown. */
export function pageOf(names: KerasNames, exports: object, members: MemberCount): string {
  const namespaces = sorted(names);
  const rows = namespaces.map((namespace) => {
    const entries = entriesOf(namespace, names, exports);
    const count = (test: (e: Entry) => boolean): number => entries.filter(test).length;
    return `| ${titleOf(namespace)} | ${entries.length} | ${count((e) => e.isPresent)} | ${count((e) => e.reason !== undefined)} | ${count((e) => !e.isPresent && e.reason === undefined)} |`;
  });
  return `# Keras's names and members

What is public in Keras ${names.keras}, and whether it is here. Made by \`npm run parity\` from the exports; functions are in camelCase.

| namespace | names | present | absent for a reason | not made yet |
|---|---:|---:|---:|---:|
${rows.join('\n')}

${conventions}
${membersSection(members)}
${namespaces.map((namespace) => sectionOf(namespace, names, exports)).join('\n')}`;
}

const conventions = `## What differs

**Complex numbers** are tensors of dtype \`complex64\`, as in Keras on JAX. JavaScript has no complex number: wherever one enters or leaves, it is a pair \`[real, imaginary]\`.

- \`tensor([[1, 2], [3, -4]], { dtype: 'complex64' })\` has shape \`[2]\`: the last axis of the data holds the pairs; a typed array holds real and imaginary parts in turn. So do \`array()\` and \`data()\`. \`ops.cast(x, 'complex64')\`, \`ops.viewAsComplex\` and \`ops.polar\` make complex tensors of real ones.
- Arithmetic, elementary functions, comparisons, sums, products, contractions (\`matmul\`, \`einsum\`, …) and everything that moves elements take complex tensors, compute in float32 and keep Keras's branch cuts. What has no meaning for them, or is not made (order along an axis, factorizations, convolution), says so in an error that names the op. \`eig\` gives complex tensors.
- The \`fft\` family takes and gives pairs of real tensors, in Keras too.
- A gradient flows through complex intermediates; with respect to a complex tensor it is \`∂/∂re - i ∂/∂im\`, as in JAX.
- Variables, and so weights and files, are real.

**Quantization**: in Keras 3.15.1 GPTQ and AWQ see none of the calibration data (layers that are to be quantized no longer use the method that is watched), begin their samples at a place that differs from process to process, and fail where a layer has more than 128 inputs and groups that reach across blocks of 128; here they see the data, begin with the first token, and take any groups. GPTQ spreads errors by the inverse of the Hessian itself, as Keras does, where the paper takes its Cholesky factor: it gains less than it might. Quantized attention layers can be loaded again (Keras opens our files of them, its own it cannot). Layers outside of the blocks stay floats; \`layer.quantize\` takes \`'int8'\`, \`'int4'\` and \`'float8'\`. EinsumDense may have ellipses. The way back of a ReversibleEmbedding has its correction of low rank too.

**Training** differs from Keras on JAX where that loses or mixes something:

- Masks count in the metrics of \`fit\` and \`trainOnBatch\` as they do in \`evaluate\` (Keras on TensorFlow and torch; on JAX they are lost), and in all metrics, not only in means.
- A list of losses for one output is their sum, in the logs too (Keras counts the first alone, or shows the last). Losses of a subclassed model's outputs that share a name are numbered.
- Metrics of a running \`fit\` are never mixed: \`model.evaluate\` in a callback leaves them as they were; beside the run it is refused.
- With \`gradientAccumulationSteps\`, schedules, moving averages and the growth of a loss scale count updates (Keras counts batches, against its documentation).
- The \`training\` that a call inside a functional model was given stays in force, as Keras's guide to transfer learning says (\`base(x, { training: false })\` and then fine-tuning); in Keras 3.15.1 that of the outer call replaces it.
- \`model.export(filepath)\` writes ONNX, or for TensorFlow.js, and says nothing unless \`verbose\` is true (Keras writes a SavedModel unless told otherwise, LiteRT and OpenVINO too; its ONNX wants the policy float32).
- \`BackupAndRestore\` goes on with the batch after the last one saved (Keras begins the epoch again), and with the random state of that moment.
- What a branch of \`ops.cond\` or \`ops.switch\` assigns to variables holds if that branch runs, and what a loop's turn assigns is there in the next: random numbers in \`ops.scan\` and \`ops.map\` are drawn anew in each (Keras on JAX fails, or draws once).
- When a source of batches gives no more, training ends after that epoch, with a warning; a generator is closed when the run ends.

**Layers of one's own** differ where Keras loses weights or noise without a word:

- A trainable layer or variable that \`call\` uses and no attribute holds (a \`#private\` field, a closure, an object of another class) is refused, and so is a constant computed of trainable weights in a functional model. An attribute may have any name that is no member of every layer; those are refused by name.
- A Dropout, or another layer with random noise, that is made inside \`call\` draws anew at every step, compiled or not (Keras on JAX compiles one draw into the step). With a seed of its own it draws the same at every call, as in Keras.
- \`LSTM\`, \`GRU\` and their kin keep the mask that travels with their input also when \`initialState\` is a list (Keras drops it), and heed \`zeroOutputForMask\` when unrolled.

**Layers over images** draw what Keras on JAX draws from equal seeds, and give equal images. What belongs to an image follows it where Keras loses it:

- Boxes: \`RandomCrop\` (Keras takes rows for columns), \`RandomRotation\` and \`RandomPerspective\` in every format (Keras: corners in pixels only), \`RandomShear\` of images that are not square, \`RandomFlip\` cuts them off at the border, \`RandAugment\` in the order of the changes, \`MixUp\` with their labels.
- Masks: \`RandomElasticTransform\` distorts them as it does the images (Keras: otherwise), \`MixUp\` mixes them, \`RandomCrop\` leaves them as it leaves the images where \`training\` is false, \`CutMix\` keeps their channels.
- Drawn masks: \`drawSegmentationMasks\` draws the class \`numClasses\` too, leaves the background (class 0) as it is, and takes masks without a last axis, as Keras documents; Keras leaves out the last class, darkens the background and fails without that axis.
- \`RandomGrayscale\` takes images with what belongs to them; \`RandomBrightness\` darkens bytes too; \`RandomColorJitter\` heeds \`dataFormat\`; a \`RandomShear\` whose factor was one number can be read from its config.
- \`ContrastLimitedAdaptiveHistogramEqualization\`, which moves no pixels, leaves labels, boxes and masks as they are, and a layer of one's own leaves labels unless it writes \`transformLabels\` (Keras raises \`NotImplementedError\`).
- \`AugMix\` draws its chains from its seed, anew for each batch (Keras: from Python's random numbers, once for a compiled step).
- Images with labels, boxes and masks come as \`{ images, labels, boundingBoxes, segmentationMasks }\`; Python's keys are taken as well.

**Files** come as in Keras, into the same folders, with these differences:

- \`utils.getFile\` writes a file whole or not at all, checks its hash before it takes its place, and goes on with a download that broke off. A cache that is missing is made, and one that was asked for and cannot be written to is an error (Keras goes to the folder of temporary files). Files that are extracted already stay as they are. An archive with a path or a link that leads out of its folder, or with a device in it, is refused (Keras leaves the entry out), and so is a file that is no archive.
- \`keras.datasets\` gives tensors (64-bit integers as int32; the labels of \`cifar100\` as uint8, as Keras's documentation has them), and lists of numbers for texts. As in Keras, \`numWords: null\` keeps all words but the one with the largest number. \`path\` may name a file of one's own, \`mirror\` (or \`HORNBEAM_DATASETS_MIRROR\`) another server.
- An image is \`{ mode, width, height, data }\`, in PIL's modes. \`utils.loadImg\` gives the pixels that PIL gives, resized ones too, except: grey of 16 bits becomes a colour by its upper half (PIL cuts it off at 255), JPEGs in four inks and WebPs that move are refused. \`saveImg\` writes PNG and JPEG, smaller JPEGs than PIL of the same quality, and gives the bytes; \`arrayToImg\` is asynchronous.
- Folders of images, texts and sounds are found, drawn and divided as in Keras: equal seeds give equal \`filePaths\`, which all three have. What then comes out in random order is drawn by \`keras.data\`, from all files. Images are decoded as PIL does (TensorFlow decodes JPEG by a step less exactly, and makes grey of colours otherwise) and are float32 with \`interpolation: 'nearest'\` too; \`.webp\` is taken. \`corruptFiles: 'skip'\` leaves out what cannot be read. Sounds may have any number of bits, \`samplingRate\` needs nothing else, and with \`ragged\` a batch is a list. \`format\` does not exist: there is one.

**Applications**: \`weights: null\` gives a model at once, all else a promise of one. A URL is taken as weights too. \`preprocessInput\` never changes the array that it is given, and takes integers as floats in every mode (Keras computes in the dtype of a tensor). The name of a model may be chosen for every family (Keras looks for the blocks of EfficientNetV2 and for files of weights by it).

**Sparse and ragged tensors** of Keras's backends do not exist here: where an op has the option \`sparse\`, it is refused when set.
`;
