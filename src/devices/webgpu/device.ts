import { dtypeInfo, type TypedArray } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { compile } from '../../compiler/compile.ts';
import type { LoopStep, Target } from '../../compiler/plan.ts';
import { asTurns } from '../../compiler/schedule/turns.ts';
import { showAval } from '../../ir/tensor.ts';
import type { Device } from '../device.ts';
import { acquire } from './adapter.ts';
import type { Dispatch, EmitContext, Gpu } from './dispatch.ts';
import { bytesOf, decode, encode } from './elements.ts';
import type { OwnKernels } from './emit/commands.ts';
import { load } from './executable.ts';
import { contraction } from './kernels/contraction.ts';
import { rowKernel } from './kernels/rows.ts';
import { type GpuBuffer, Machine } from './machine.ts';

const ownRows = (step: LoopStep, context: EmitContext): readonly Dispatch[] | undefined => {
  const kernel = rowKernel(step, context);
  return kernel && [kernel];
};
const ownKernels: OwnKernels = (step, context) =>
  step.kind === 'contraction' ? contraction(step, context) : step.kind === 'loops' ? ownRows(step, context) : undefined;

/** Blocks into which a large reduction is cut, so that this many invocations share it. */
const reducers = 256;

/**
 * A GPU through WebGPU: `navigator.gpu` in pages and workers, the package `webgpu` in Node. Booleans, narrow integers
 * and bfloat16 take 32 bits per element, as does float16 where the GPU lacks `shader-f16`; there is no float64. `known`
 * overrides what the GPU reports about itself.
 */
export async function webgpuDevice(known: Partial<Gpu> = {}): Promise<Device & { close(): void }> {
  const acquired = await acquire();
  const machine = new Machine({ ...acquired, gpu: { ...acquired.gpu, ...known } });
  const { gpu, device } = machine;
  const target: Target = {
    vectorWidth: 1,
    dealing: 'turns',
    asTurns,
    workers: reducers,
    scratch: 'slots',
    arrays: gpu.bindings,
    bytesOf: (region) => bytesOf(region, gpu),
    contraction: () => true,
  };
  return {
    name: 'webgpu',
    isRemote: true,
    get isLost() {
      return machine.isLost;
    },
    compile: (program) => load(program, compile(program, target), machine, ownKernels),
    upload(data, dtype) {
      machine.check();
      const expected: Function = dtypeInfo[dtype].array;
      if (!(data instanceof expected))
        fail(
          'webgpu device',
          `${dtype} is stored in ${expected.name}, not ${data.constructor.name}`,
          'convert the data',
        );
      const bytes = encode(data, dtype, gpu);
      const buffer = machine.allocate(bytes.byteLength, `an array of ${data.length} elements (${dtype})`);
      const { gpu: to } = buffer;
      // A queued write must not see later changes by the caller to its array.
      let source: Uint8Array<ArrayBuffer> | undefined = bytes;
      const write = (): void => device.queue.writeBuffer(to, 0, source!);
      let isDone = false;
      machine.inOrder(() => {
        write();
        isDone = true;
      });
      if (!isDone) source = bytes.slice();
      return buffer;
    },
    download(buffer, aval) {
      const { gpu: from, bytes } = buffer as GpuBuffer;
      if (bytesOf(aval, gpu) !== bytes)
        fail('webgpu device', `the buffer has ${bytes} bytes, not those of ${showAval(aval)}`, 'ask for its own shape');
      return new Promise<TypedArray>((resolve, reject) => {
        machine.inOrder(() => {
          // The copy is queued at once, so later work need not wait for the numbers.
          machine
            .read(from, bytes, `an array (${showAval(aval)})`)
            .then((data) => resolve(decode(data, aval, gpu)), reject);
        });
      });
    },
    copy: (buffer) => machine.copy(buffer as GpuBuffer),
    free: (buffer) => machine.free(buffer as GpuBuffer),
    get bytesInUse() {
      return machine.bytesInUse;
    },
    close: () => machine.close(),
  };
}
