import type { WindowMachine } from '../../kernels/conv.ts';
import { productInLines } from '../../kernels/conv-in-lines.ts';
import type { Block, KernelFunction, StoringMachine, TailMachine } from '../../kernels/machine.ts';
import { type Callable, op } from '../../wasm/encoder/index.ts';
import { type Assembler, Label } from '../encoder/assembler.ts';
import { at, rax, rdi, rdx, rsi } from '../encoder/operands.ts';
import { Context, machine } from './context.ts';
import { barrier, type HostFunctions } from './host-functions.ts';
import { finish } from './kernel.ts';
import { callable, type NativeCallable, NativeFunction } from './kernel-function.ts';
import { LinearWriter } from './linear/linear-writer.ts';
import { writeDotKernel, writeMicroKernel } from './micro-kernels.ts';

/** Blocks for 32 vector registers (16 lanes) and for 16: sums, a row of B, and one element of A in all lanes. */
export function blockFor(lanes: 8 | 16, rows: number, columns: number): Block {
  const vectors = Math.ceil(columns / lanes);
  if (rows === 1) return { rows, vectors: Math.min(lanes === 16 ? 8 : 7, vectors) };
  if (rows === 2) return { rows, vectors: Math.min(5, vectors) };
  const [single, double, triple] = lanes === 16 ? [14, 14, 9] : [8, 6, 4];
  if (vectors === 1) return { rows: Math.min(rows, single), vectors };
  if (vectors === 3) return { rows: Math.min(rows, triple), vectors };
  return { rows: Math.min(rows, double), vectors: 2 };
}

/** Kernels as functions of machine code; `finish` writes those still pending. */
export interface NativeKernels extends TailMachine, WindowMachine, StoringMachine {
  finish(): void;
}

export function nativeKernels(assembler: Assembler, lanes: 8 | 16, host: HostFunctions): NativeKernels {
  const functions: NativeFunction[] = [];
  const known = new Map<string, Callable>();
  const own = (f: KernelFunction): NativeFunction => f as NativeFunction;
  const once = <F extends Callable>(name: string, make: () => F): F => {
    const made = (known.get(name) as F | undefined) ?? make();
    known.set(name, made);
    return made;
  };
  /** A function that is written immediately; kernels only call it. */
  const written = (write: (label: Label) => void): NativeCallable => {
    const label = new Label();
    write(label);
    return callable(label);
  };
  const meeting = (): NativeCallable =>
    once('barrier', () =>
      written((label) => {
        assembler.align();
        assembler.bind(label);
        assembler.general('mov', { a: rdx, m: at(rdi, 16) });
        assembler.general('mov', { a: rsi, m: at(rdi, 8) });
        assembler.general('mov', { a: rdi, m: at(rdi) });
        assembler.moveSymbol(rax, barrier);
        assembler.general('call', { m: rax, wide: false });
        assembler.general('ret', {});
      }),
    );
  const length = lanes === 16 ? 512 : 256;
  return {
    target: machine(lanes),
    lanes,
    tallest: 32,
    inLines(name, spec, tail, chosen) {
      return productInLines(this, name, spec, tail, chosen);
    },
    blockFor: (rows, columns) => blockFor(lanes, rows, columns),
    func(_, params) {
      const f = new NativeFunction(new Context(assembler, lanes, host.label), params);
      functions.push(f);
      return f;
    },
    once,
    // The control page of the barrier is the last parameter of every function.
    barrier: (f, threadIndex, threadCount) => f.call(meeting(), threadIndex, threadCount),
    microKernel: (block, steps) =>
      once(`multiply ${JSON.stringify([block, steps])}`, () =>
        written((label) => writeMicroKernel(assembler, label, lanes, block, steps)),
      ),
    dotKernel: (rows, columns, aRow, bColumn) =>
      once(`dot ${[rows, columns, aRow, bColumn]}`, () =>
        written((label) => writeDotKernel(assembler, label, lanes, [rows, columns], [aRow, bColumn])),
      ),
    vector: (f) => f.local('v128'),
    zero: (f, vector) => void own(f).c.held([0], 128, own(f).register(vector)),
    load: (f, vector, address, offset = 0) =>
      void own(f).c.two('vmovups', { m: own(f).place(address, offset) }, length, own(f).register(vector)),
    store: (f, vector, address) =>
      own(f).c.write('vmovupsStore', own(f).register(vector), own(f).place(address), length),
    multiplyAdd: (f, sum, a, b) => {
      const [x, y, z] = [sum, a, b].map((v) => own(f).register(v));
      own(f).c.word('vfmadd231ps', { a: x, v: y, m: z, length });
    },
    piece(f, { params, body }, given) {
      new LinearWriter(
        own(f).c,
        params.map((p, k) => [p, own(f).register(given[k])]),
      ).list(body);
    },
    eachElement(f, vector, count, first, body) {
      const { c } = own(f);
      const place = c.code.place(4 * lanes);
      c.write('vmovupsStore', own(f).register(vector), place, length);
      const column = f.let('i32', first);
      const lane = f.let('i32', 0);
      f.loop((again) => {
        const m = { ...place, index: own(f).register(lane), scale: 4 };
        body(column, own(f).named(c.two('vmovss', { m }, 128)));
        f.increment(column, 1);
        f.increment(lane, 1);
        f.brIf(again, op('i32.lt_s', lane, count));
      });
    },
    finish() {
      for (const f of functions) finish(f.c, f.label);
      functions.length = 0;
    },
  };
}
