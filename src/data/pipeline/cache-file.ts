import { asDType, type DType, dtypeInfo } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { type Shape, sizeOf } from '../../base/shape.ts';
import { isPlainObject } from '../../base/tree.ts';
import { crc32 } from '../../formats/crc32.ts';
import { type NodeModules, nodeModules } from '../../formats/node-modules.ts';
import { removeLeftovers, temporaryBeside } from '../../formats/temporary-file.ts';
import { elementsOf, hostTensor } from '../../runtime/host-tensor.ts';
import { stringTensor, Tensor } from '../../tensor/index.ts';

/*
 * A file of elements: the mark; for each element the length of its form, the checksum of form and data, the form (JSON), the data;
 * then where each element begins (float64), and last the checksum of that, the number of elements, and the mark again.
 */
const mark = new TextEncoder().encode('HBCACHE1');
const headSize = 8;
const tailSize = 12 + mark.length;

/** A tensor in a form: its dtype, its shape, its bytes among the data. */
type Leaf = { readonly t: DType; readonly s: Shape; readonly n: number };
type Form = Leaf | { readonly l: readonly Form[] } | { readonly o: Readonly<Record<string, Form>> };

const modules = (who: string): NodeModules => nodeModules(who, 'cache in memory: cache()');

/** Opens a cache file; undefined if there is none yet. */
export async function openCache(place: string): Promise<CacheFile | undefined> {
  const who = `cache ${place}`;
  const { fs } = modules(who);
  const file = await fs.open(place, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    return fail(who, `cannot be read: ${error.message}`, 'check the path and the permissions');
  });
  if (!file) return undefined;
  try {
    const { size } = await file.stat();
    const damaged = (): never => damage(who, 'is no whole cache');
    const read = async (from: number, length: number): Promise<Buffer> => {
      if (from < 0 || from + length > size) damaged();
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, from);
      return bytesRead === length ? buffer : damaged();
    };
    if (size < mark.length + tailSize) damaged();
    const tail = await read(size - tailSize, tailSize);
    if (!(await read(0, mark.length)).equals(mark) || !tail.subarray(12).equals(mark)) damaged();
    const count = tail.readDoubleLE(4);
    if (!(Number.isInteger(count) && count >= 0 && count * 8 <= size)) damaged();
    const end = size - tailSize - 8 * count;
    const index = await read(end, 8 * count);
    if (crc32(index) !== tail.readUInt32LE(0)) damaged();
    const places = Array.from({ length: count }, (_, k) => index.readDoubleLE(8 * k));
    return new CacheFile(place, [...places, end]);
  } finally {
    await file.close();
  }
}
const damage = (who: string, problem: string): never =>
  fail(who, `the file ${problem}: it is damaged, or something else`, 'remove it, and it is made anew');

/** A file of cached elements. */
export class CacheFile {
  private readonly place: string;
  /** Where each begins, and where the last ends. */
  private readonly places: readonly number[];

  constructor(place: string, places: readonly number[]) {
    this.place = place;
    this.places = places;
  }
  get count(): number {
    return this.places.length - 1;
  }
  async *elements(from: number): AsyncGenerator<unknown> {
    const who = `cache ${this.place}`;
    const file = await modules(who).fs.open(this.place, 'r');
    try {
      for (let k = from; k < this.count; k++) {
        const [start, end] = [this.places[k], this.places[k + 1]];
        const length = end - start;
        const bytes = Buffer.alloc(length);
        const { bytesRead } = await file.read(bytes, 0, length, start);
        if (bytesRead !== length || length < headSize || crc32(bytes.subarray(headSize)) !== bytes.readUInt32LE(4))
          damage(who, `has other bytes at element ${k} than were written`);
        const formSize = bytes.readUInt32LE(0);
        const form = JSON.parse(bytes.toString('utf8', headSize, headSize + formSize)) as Form;
        yield decode(form, bytes.subarray(headSize + formSize));
      }
    } finally {
      await file.close();
    }
  }
}

/** Passes elements through and writes them to a file, which appears once it is complete. */
export async function* writingCache(place: string, elements: AsyncIterable<unknown>): AsyncGenerator<unknown> {
  const who = `cache ${place}`;
  const node = modules(who);
  await removeLeftovers(place, node);
  const temporary = temporaryBeside(place, node);
  const problem = (error: Error): never =>
    fail(who, `cannot be written: ${error.message}`, 'check the folder, the permissions and the room on the disk');
  const file = await node.fs.open(temporary, 'w').catch(problem);
  try {
    const places: number[] = [];
    let at = mark.length;
    const write = async (...parts: readonly Uint8Array[]): Promise<void> => {
      await file.writev(parts.filter(({ length }) => length > 0)).catch(problem);
    };
    await write(mark);
    for await (const element of elements) {
      const data: Uint8Array[] = [];
      const form = new TextEncoder().encode(JSON.stringify(await encode(element, data, who)));
      const body = Buffer.concat([form, ...data]);
      const head = Buffer.alloc(headSize);
      head.writeUInt32LE(form.length, 0);
      head.writeUInt32LE(crc32(body), 4);
      await write(head, body);
      places.push(at);
      at += headSize + body.length;
      yield element;
    }
    const index = Buffer.from(Float64Array.from(places).buffer);
    const tail = Buffer.alloc(12);
    tail.writeUInt32LE(crc32(index), 0);
    tail.writeDoubleLE(places.length, 4);
    await write(index, tail, mark);
    await file.sync();
    await file.close();
    await node.fs.rename(temporary, place).catch(problem);
  } finally {
    // The iteration was abandoned.
    await file.close().catch(() => {});
    await node.fs.rm(temporary, { force: true });
  }
}

async function encode(element: unknown, data: Uint8Array[], who: string): Promise<Form> {
  if (Array.isArray(element)) {
    const l: Form[] = [];
    for (const part of element) l.push(await encode(part, data, who));
    return { l };
  }
  if (isPlainObject(element)) {
    const o: [string, Form][] = [];
    for (const [key, part] of Object.entries(element)) o.push([key, await encode(part, data, who)]);
    return { o: Object.fromEntries(o) };
  }
  if (!(element instanceof Tensor)) return fail(who, 'an element holds a pipeline', 'use flatMap first');
  const { dtype, shape, strings } = element;
  if (element.parts) return fail(who, `an element is ${dtype}`, 'cache its real and imaginary part');
  const bytes = strings ? new TextEncoder().encode(JSON.stringify(strings)) : bytesOf(await elementsOf(element));
  data.push(bytes);
  return { t: dtype, s: shape, n: bytes.length };
}
const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

function decode(form: Form, data: Uint8Array): unknown {
  let at = 0;
  const made = (node: Form): unknown => {
    if ('l' in node) return node.l.map(made);
    if ('o' in node) return Object.fromEntries(Object.entries(node.o).map(([key, part]) => [key, made(part)]));
    const { t, s, n } = node;
    const bytes = Uint8Array.from(data.subarray(at, at + n));
    at += n;
    if (t === 'string') return stringTensor(JSON.parse(new TextDecoder().decode(bytes)) as string[], s);
    const Array = dtypeInfo[asDType(t, 'cache')].array;
    return hostTensor(new Array(bytes.buffer, bytes.byteOffset, sizeOf(s)), { shape: s, dtype: t });
  };
  return made(form);
}
