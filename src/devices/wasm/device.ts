import { dtypeInfo, type TypedArray } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { sizeOf } from '../../base/shape.ts';
import { checkPlan, verifyPlans } from '../../compiler/check/verifier.ts';
import { compile } from '../../compiler/compile.ts';
import { threadsTarget } from '../../compiler/threads-target.ts';
import { showAval } from '../../ir/tensor.ts';
import type { Device, Executable } from '../device.ts';
import type { HeapBuffer } from '../host/buffers.ts';
import { isNode } from '../host/platform.ts';
import { remembered } from '../host/remembered.ts';
import { hasKernel } from './emit/contraction.ts';
import { emitProgram } from './emit/program.ts';
import { type Loaded, load } from './executable.ts';
import { features } from './features.ts';
import { Machine } from './machine.ts';
import { timeOnWasm } from './time-kernels.ts';

const bytesOf = ({ buffer, byteOffset, byteLength }: TypedArray): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/**
 * WebAssembly with 128-bit vectors, on the given number of threads (all cores by default). They share work where it
 * pays or, for tests, from the given amount on.
 */
export function wasmDevice(threads?: number, leastWork?: number): Device {
  const machine = new Machine(threads);
  const { heap, pool } = machine;
  // In a page, threads start asynchronously; programs compiled before they are ready run on one thread. In Node, plans
  // are verified before code is generated where that is asked for.
  let ready = isNode() ? (process.env['HORNBEAM_VERIFY'] === '1' ? verifyPlans() : undefined) : pool.start();
  ready = ready?.then(() => {
    ready = undefined;
  });
  const dropped = new FinalizationRegistry<Loaded['owned']>(({ addresses, module }) => {
    for (const address of addresses) heap.free(address);
    if (module !== undefined) pool.unload(module);
  });
  const device: Device = {
    name: 'wasm',
    get ready() {
      return ready;
    },
    compile(program) {
      const target = threadsTarget(pool.threadCount, hasKernel, leastWork);
      const emitted = remembered(program, [target, heap.limits, features()], () => {
        const plan = compile(program, target);
        checkPlan(plan);
        return emitProgram(plan, heap.limits, pool.threadCount, { leastWork });
      });
      const loaded = load(program, emitted, machine);
      const executable: Executable = {
        ...loaded.executable,
        time: (inputs, rounds) => ({
          ms: timeOnWasm(program, target, machine, device, inputs, rounds),
          where: 'on one thread',
        }),
      };
      dropped.register(executable, loaded.owned);
      return executable;
    },
    upload(data, dtype) {
      const expected: Function = dtypeInfo[dtype].array;
      if (!(data instanceof expected))
        fail('wasm device', `${dtype} is stored in ${expected.name}, not ${data.constructor.name}`, 'convert the data');
      const buffer = machine.allocate(data.byteLength);
      heap.bytes(buffer.address, data.byteLength).set(bytesOf(data));
      return buffer;
    },
    zeros(bytes) {
      const buffer = machine.allocate(bytes);
      heap.bytes(buffer.address, bytes).fill(0);
      return buffer;
    },
    download(buffer, aval) {
      const { address, bytes } = buffer as HeapBuffer;
      const array = new dtypeInfo[aval.dtype].array(sizeOf(aval.shape));
      if (array.byteLength !== bytes)
        fail('wasm device', `the buffer has ${bytes} bytes, not those of ${showAval(aval)}`, 'ask for its own shape');
      bytesOf(array).set(heap.bytes(address, bytes));
      return array;
    },
    copy(buffer) {
      const { address, bytes } = buffer as HeapBuffer;
      const second = machine.allocate(bytes);
      heap.bytes(second.address, bytes).set(heap.bytes(address, bytes));
      return second;
    },
    free: (buffer) => machine.free(buffer),
    memory: (buffer) => heap.bytes((buffer as HeapBuffer).address, buffer.bytes),
    get bytesInUse() {
      return machine.bytesInUse;
    },
  };
  return device;
}
