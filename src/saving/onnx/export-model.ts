import { print } from '../../base/config.ts';
import { dtypeInfo } from '../../base/dtype.ts';
import { fail, type Named } from '../../base/errors.ts';
import { optionsOf, show } from '../../base/options.ts';
import { type SymbolicShape, showShape, sizeOf } from '../../base/shape.ts';
import { libraryVersion } from '../../base/version.ts';
import { type Place, writeFileAtomic } from '../../formats/file.ts';
import { protobuf } from '../../formats/protobuf.ts';
import { inner } from '../../layers/layer/inner.ts';
import type { AnyLayer } from '../../layers/layer/layer.ts';
import { mapShapes } from '../../layers/layer/shapes.ts';
import { KerasTensor, mapTensors, type Tensor, tensorsIn } from '../../tensor/index.ts';
import { type ElementType, elementType } from './element-types.ts';
import { type Initializer, Refusal } from './emitter.ts';
import { type ExportOptions, exportOptions, type OnnxModel } from './export-options.ts';
import { finishedModel, type Placed } from './finish.ts';
import { ProgramWriter } from './program.ts';
import { type InputSpec, recordAtSizes } from './recordings.ts';
import { modelSchema } from './schema.ts';
import { stored } from './values.ts';

/** The supported operator sets. */
const opsets = { first: 13, default: 18, last: 23 };
/** The largest file that protobuf can describe. */
const largest = 2 ** 31 - 1;

/** The bytes of an `.onnx` file: what the model computes when it is not being trained. */
export async function modelToOnnx(model: OnnxModel, options: ExportOptions): Promise<Uint8Array> {
  if (options.externalData)
    fail(model, 'modelToOnnx gives one file, and externalData asks for two', 'call model.export, which writes both');
  return (await writtenModel(model, options)).bytes;
}
/** What an export writes. */
interface WrittenModel {
  readonly bytes: Uint8Array;
  /** Parts of the file of weights, one after the other. */
  readonly external?: Iterable<Uint8Array<ArrayBuffer>>;
}
/** With `location`, the name of a file for weights beside the model's, these may stand there. */
async function writtenModel(model: OnnxModel, options: ExportOptions, location?: string): Promise<WrittenModel> {
  const { opsetVersion = opsets.default, inputSignature } = optionsOf(model, exportOptions, options);
  if (!Number.isInteger(opsetVersion) || opsetVersion < opsets.first || opsetVersion > opsets.last)
    fail(
      model,
      `opsetVersion is ${String(opsetVersion)}`,
      `give a whole number from ${opsets.first} to ${opsets.last}`,
    );
  const form = inputSignature === undefined ? formOf(model) : signatureOf(model, inputSignature);
  const specs = specsOf(model, form);
  return written(
    model,
    specs,
    opsetVersion,
    (tensors) => {
      let at = 0;
      return model(
        mapTensors(form, () => tensors[at++]),
        { training: false },
      );
    },
    (result, count) => outputNames(model, result, count),
    location === undefined ? undefined : { location, isAsked: options.externalData },
  );
}

/** The bytes of a file that computes a function of tensors. */
export async function functionToOnnx(
  who: Named,
  specs: readonly InputSpec[],
  opset: number,
  f: (tensors: readonly Tensor[]) => unknown,
  namesOf: (result: unknown, count: number) => readonly string[],
): Promise<Uint8Array> {
  return (await written(who, specs, opset, f, namesOf)).bytes;
}
async function written(
  who: Named,
  specs: readonly InputSpec[],
  opset: number,
  f: (tensors: readonly Tensor[]) => unknown,
  namesOf: (result: unknown, count: number) => readonly string[],
  beside?: { readonly location: string; readonly isAsked: boolean | undefined },
): Promise<WrittenModel> {
  const recordings = recordAtSizes(specs, f);
  const [first] = recordings.all;
  const writer = new ProgramWriter(recordings, opset, who.name);
  const { before, behind, given } = first.trace;
  for (const path of new Set([...before.paths, ...behind.paths, ...given.paths]))
    writer.problems.add(`${path}: it looks something up, or makes strings, which stays on the host`);
  for (const [variable] of first.trace.updates)
    writer.problems.add(`${variable.path}: a call changes it, and models of ONNX keep nothing between calls`);
  const names = {
    inputs: specs.map(({ name }) => writer.e.named(name)),
    outputs: namesOf(first.form, first.outputs.length).map((name) => writer.e.named(name)),
  };
  const outputs = writing(who, writer, () => {
    writer.declareInputs(names.inputs);
    const values = writer.write(first.outputs.map((_, n) => recordings.all.map((r) => r.outputs[n])));
    return writer.problems.size > 0 ? [] : values.map((value) => ({ value, name: stored(writer.e, value) }));
  });
  await writer.compute();
  const bytes = writer.e.initializers.reduce((n, each) => n + bytesOf(each), 0);
  const isApart = beside !== undefined && (beside.isAsked ?? bytes > largest);
  if (bytes > largest && !isApart)
    fail(
      who,
      `its weights take ${(bytes / 2 ** 30).toFixed(1)} GiB, and a file of ONNX holds 2 GiB`,
      'call model.export without { externalData: false }: it writes weights to a file of their own',
    );
  let placed: ReadonlyMap<Initializer, Placed> = new Map();
  const message = finishedModel({
    writer,
    specs,
    recordings,
    names,
    outputs,
    name: who.name,
    producer: libraryVersion,
    place: (initializers) => (placed = isApart ? placesFor(initializers, beside.location) : placed),
  });
  const file = (await protobuf()).encode(modelSchema, message as never);
  return isApart ? { bytes: file, external: partsOf(placed) } : { bytes: file };
}

/** Smaller arrays stay in the model's own file, where tools look for sizes and axes. */
const leastApart = 1024;
/** Places in another file for all that is not small, one behind the other. */
function placesFor(initializers: readonly Initializer[], location: string): Map<Initializer, Placed> {
  const placed = new Map<Initializer, Placed>();
  let end = 0;
  for (const each of initializers) {
    const length = bytesOf(each);
    if (length < leastApart) continue;
    // Runtimes map files into memory, large arrays from the beginning of a page on.
    const step = length >= 2 ** 20 ? 4096 : 64;
    const offset = Math.ceil(end / step) * step;
    placed.set(each, { location, offset, length });
    end = offset + length;
  }
  return placed;
}
function* partsOf(placed: ReadonlyMap<Initializer, Placed>): Iterable<Uint8Array<ArrayBuffer>> {
  let end = 0;
  for (const [{ bytes }, { offset, length }] of placed) {
    if (offset > end) yield new Uint8Array(offset - end);
    yield bytes() as Uint8Array<ArrayBuffer>;
    end = offset + length;
  }
}

const bytesOf = ({ dims, dataType }: Initializer): number => {
  const type = (Object.keys(elementType) as ElementType[]).find((name) => elementType[name] === dataType)!;
  return sizeOf(dims) * (type === 'int64' || type === 'uint64' ? 8 : dtypeInfo[type].bytes);
};

/** Writes the graph, and reports everything that cannot be written at once. */
function writing<R>(who: Named, { problems }: ProgramWriter, write: () => R): R {
  let result: R | undefined;
  try {
    result = write();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    problems.add(error.problem);
  }
  if (problems.size === 0) return result!;
  const shown = [...problems].map((problem) => `\n    ${problem}`);
  return fail(
    who,
    `this of it cannot be exported to ONNX:${shown.slice(0, 30).join('')}${shown.length > 30 ? `\n    and ${shown.length - 30} more` : ''}`,
    'export a model without these layers, and do their part before or after it; give open sizes with { inputSignature }',
  );
}

/** The inputs as the model declares them, or as it was built. */
function formOf(model: OnnxModel): unknown {
  if (model.inputs) return model.input;
  const { shapes } = (model as AnyLayer)[inner];
  if (!shapes)
    return fail(
      model,
      'the shapes of its inputs are not known',
      'call it once, or give { inputSignature: keras.Input({ shape }) }',
    );
  const forms = shapes.map((each) => mapShapes(each, (shape) => new KerasTensor([null, ...shape.slice(1)])));
  return forms.length === 1 ? forms[0] : forms;
}
function signatureOf(model: OnnxModel, given: NonNullable<ExportOptions['inputSignature']>): unknown {
  const found = tensorsIn(given);
  if (found.length === 0 || !found.every((t) => t instanceof KerasTensor))
    fail(
      model,
      'inputSignature holds something else than KerasTensors',
      'give keras.Input({ shape, dtype, name }), or a list or an object of them',
    );
  return given;
}
function specsOf(model: OnnxModel, form: unknown): InputSpec[] {
  const declared = model.inputs;
  return tensorsIn(form).map((t, k) => {
    const { name, symbolicShape: shape, dtype } = t as KerasTensor;
    if (dtype === 'string' || dtype === 'complex64')
      fail(
        model,
        `input "${name}" is of dtype ${dtype}${shape.length > 0 ? ` and shape ${showShape(shape)}` : ''}`,
        dtype === 'string'
          ? 'export the part of the model behind the layer that looks strings up'
          : 'give the real and the imaginary part as two inputs',
      );
    return { name: declared?.[k]?.name ?? name, shape: shape as SymbolicShape, dtype };
  });
}
/** Names of outputs: keys of an object, or names of the layers that compute them. */
function outputNames(model: OnnxModel, form: unknown, count: number): string[] {
  const keys = typeof form === 'object' && form !== null && Object.getPrototypeOf(form) === Object.prototype;
  const known = keys ? Object.keys(form as object) : (model.outputNames ?? []);
  return Array.from({ length: count }, (_, k) => known[k] ?? (count === 1 ? 'output' : `output_${k}`));
}

/** Writes the `.onnx` file. */
export async function exportModel(model: OnnxModel, filepath: Place, options: ExportOptions): Promise<void> {
  const { format = 'onnx', verbose = false } = optionsOf(model, exportOptions, options);
  if (format !== 'onnx') fail(model, `format is ${show(format)}`, 'give "onnx"; model.save writes .keras and .h5');
  const location = `${/[^/\\]*$/.exec(String(filepath))![0]}.data`;
  const { bytes, external } = await writtenModel(model, options, location);
  // The weights first: a model without them would be of no use.
  if (external) await writeFileAtomic(beside(filepath, location), external);
  await writeFileAtomic(filepath, bytes);
  if (verbose)
    print(`Wrote ${bytes.length} bytes to ${String(filepath)}${external ? `, its weights to ${location}` : ''}`);
}
const beside = (place: Place, name: string): Place =>
  place instanceof URL ? new URL(name, place) : place.replace(/[^/\\]*$/, () => name);
