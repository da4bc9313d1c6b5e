import { dtypeInfo } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { sizeOf } from '../../base/shape.ts';
import { checkPlan, verifyPlans } from '../../compiler/check/verifier.ts';
import { compile } from '../../compiler/compile.ts';
import type { Plan } from '../../compiler/plan.ts';
import { threadsTarget } from '../../compiler/threads-target.ts';
import type { Program } from '../../ir/program.ts';
import type { ScalarOp } from '../../ir/scalar.ts';
import { showAval } from '../../ir/tensor.ts';
import type { Buffer, Device, Executable } from '../device.ts';
import { type Allocator, Buffers, type HeapBuffer } from '../host/buffers.ts';
import { bindProgram } from '../host/executable.ts';
import { kernelSteps } from '../host/program.ts';
import { remembered } from '../host/remembered.ts';
import { availableThreads } from '../host/threads.ts';
import { timeKernels } from '../host/time-kernels.ts';
import { hasKernel } from '../kernels/contraction.ts';
import { scalarFunction } from '../reference/scalar-functions.ts';
import { barrier } from './emit/host-functions.ts';
import { type EmittedProgram, emitProgram } from './emit/program.ts';
import { type StopwatchPlace, stopwatchBytes, stopwatchTimes } from './emit/stopwatch.ts';
import { dropCode, type MachineCode, placeCode } from './memory/code-memory.ts';
import { vectorWidth } from './memory/features.ts';
import { foreign } from './memory/foreign.ts';
import { NativeHeap } from './memory/heap.ts';
import { threadCode } from './threads/machine-code.ts';
import { NativeThreads } from './threads/threads.ts';

export interface NativeOptions {
  /** Threads that share programs large enough (default: all cores). */
  readonly threads?: number;
  /** Programs with at least this much work are shared among threads; for tests. */
  readonly leastWork?: number;
  /** The most 32-bit elements in a vector (default: as many as the processor has). */
  readonly lanes?: 8 | 16;
  /** The most bytes that the heap may grow to (default: the machine's memory). */
  readonly maximumBytes?: number;
  /** What allocates arrays and scratch memory, for tests (default: a heap of the system's memory). */
  readonly heap?: Allocator;
}

/** What a program holds outside the garbage collector's reach: addresses on the heap, and its code. */
interface Owned {
  readonly addresses: readonly number[];
  readonly code: MachineCode;
}

/** x86-64 machine code for the vectors of the current processor, AVX2 or AVX-512. */
export function nativeDevice({
  threads = availableThreads(),
  leastWork,
  lanes,
  maximumBytes,
  heap: given,
}: NativeOptions = {}): Device {
  const c = foreign();
  const width = vectorWidth();
  if (width === 0) fail('native device', 'this processor lacks AVX2 or FMA', "use config.setDevice('wasm')");
  const own = lanes === 8 ? 8 : (width as 8 | 16);
  const heap = given ?? new NativeHeap(maximumBytes);
  const buffers = new Buffers('native', heap);
  const team = new NativeThreads(threads);
  const target = { ...threadsTarget(team.count, hasKernel, leastWork), vectorWidth: own };
  const dropped = new FinalizationRegistry<Owned>(({ addresses, code }) => {
    for (const address of addresses) heap.free(address);
    dropCode(code);
  });

  const emit = (plan: Plan, stopwatch?: StopwatchPlace): EmittedProgram =>
    emitProgram(plan, { lanes: own, threads: stopwatch ? 1 : team.count, leastWork, stopwatch });

  function load(program: Program, emitted: EmittedProgram, isTimed = false): { executable: Executable; owned: Owned } {
    let isAlone = isTimed;
    const addressOf = (name: string): number => {
      const known = name === barrier ? threadCode().barrier : c.dlsym(null, name);
      if (known !== 0) return known;
      // Functions of JavaScript can be called on the caller's thread only.
      isAlone = true;
      return hostFunction(name);
    };
    const code = placeCode(emitted.code, emitted.symbols, addressOf);
    const { words, setAddress } = team.block(code.address + emitted.start, emitted.table.length);
    const count = emitted.isParallel && !isAlone ? team.count : 1;
    const { executable, constants } = bindProgram(
      program,
      emitted,
      buffers,
      (address, bytes) => c.copyIn(address, bytes, bytes.byteLength),
      (place) => {
        for (let slot = 0; slot < emitted.table.length; slot++) setAddress(slot, place(slot));
        team.run(words, count);
      },
    );
    return { executable, owned: { addresses: constants, code } };
  }

  /** Times a program's kernels with a second program that reads the clock between them. */
  function time(program: Program, inputs: readonly Buffer[], rounds: number): number[] {
    const plan = compile(program, { ...target, workers: 1 });
    const words = new BigInt64Array(stopwatchBytes(kernelSteps(plan.steps).length) / 8);
    const address = heap.allocate(words.byteLength);
    const stopwatch = { address, clock: c.dlsym(null, 'clock_gettime') };
    const { executable, owned } = load(program, emit(plan, stopwatch), true);
    const run: typeof executable.run = (given) => {
      c.copyIn(address, words.fill(0n), words.byteLength);
      return executable.run(given);
    };
    const times = (): number[] => {
      c.copyOut(words, address, words.byteLength);
      return stopwatchTimes(words);
    };
    try {
      return timeKernels(program, { executable: { ...executable, run }, times }, device, inputs, rounds);
    } finally {
      for (const place of [...owned.addresses, address]) heap.free(place);
      dropCode(owned.code);
    }
  }

  const device: Device = {
    name: 'native',
    ready: process.env['HORNBEAM_VERIFY'] === '1' ? verifyPlans() : undefined,
    compile(program) {
      const emitted = remembered(program, [target], () => {
        const plan = compile(program, target);
        checkPlan(plan);
        return emit(plan);
      });
      const { executable: made, owned } = load(program, emitted);
      const executable: Executable = {
        ...made,
        time: (inputs, rounds) => ({ ms: time(program, inputs, rounds), where: 'on one thread' }),
      };
      dropped.register(executable, owned);
      return executable;
    },
    upload(data, dtype) {
      const expected: Function = dtypeInfo[dtype].array;
      if (!(data instanceof expected))
        fail(
          'native device',
          `${dtype} is stored in ${expected.name}, not ${data.constructor.name}`,
          'convert the data',
        );
      const buffer = buffers.allocate(data.byteLength);
      if (data.byteLength > 0) c.copyIn(buffer.address, data, data.byteLength);
      return buffer;
    },
    zeros(bytes) {
      const buffer = buffers.allocate(bytes);
      c.fill(buffer.address, 0, bytes);
      return buffer;
    },
    download(buffer, aval) {
      const { address, bytes } = buffer as HeapBuffer;
      const array = new dtypeInfo[aval.dtype].array(sizeOf(aval.shape));
      if (array.byteLength !== bytes)
        fail('native device', `the buffer has ${bytes} bytes, not those of ${showAval(aval)}`, 'ask for its own shape');
      if (bytes > 0) c.copyOut(array, address, bytes);
      return array;
    },
    copy(buffer) {
      const { address, bytes } = buffer as HeapBuffer;
      const second = buffers.allocate(bytes);
      c.copy(second.address, address, bytes);
      return second;
    },
    free: (buffer) => buffers.free(buffer),
    memory: (buffer) => (buffer as HeapBuffer).address,
    get bytesInUse() {
      return buffers.bytesInUse;
    },
  };
  return device;
}

const callbacks = new Map<string, number>();
/** The address at which machine code calls a function of doubles that libm lacks. */
function hostFunction(name: string): number {
  let address = callbacks.get(name);
  if (address === undefined) {
    address = foreign().callback(scalarFunction(name as ScalarOp, 'f64')!);
    callbacks.set(name, address);
  }
  return address;
}
