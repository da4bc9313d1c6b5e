import type { Block, KernelFunction, KernelMachine } from '../../kernels/machine.ts';
import { barrier } from '../barrier.ts';
import { machine } from '../emit/target.ts';
import { type FunctionBuilder, load, type ModuleBuilder } from '../encoder/index.ts';
import { dotKernel } from './dot-kernel.ts';
import { largeBlock, microKernel, multiplyAdd } from './micro-kernel.ts';

/** The block of outputs that uses most registers with the least padding. */
function blockFor(rows: number, columns: number): Block {
  const vectors = Math.ceil(columns / 4);
  if (rows === 1) return { rows: 1, vectors: Math.min(8, vectors) };
  if (rows === 2) return { rows: 2, vectors: Math.min(5, vectors) };
  if (vectors === 1) return { rows: 8, vectors: 1 };
  if (vectors === 3 || rows === 3) return { rows: 3, vectors: Math.min(3, vectors) };
  return largeBlock();
}

/** Kernels as functions of a WebAssembly module. */
export function kernelsOf(module: ModuleBuilder): KernelMachine {
  const own = (f: KernelFunction) => f as FunctionBuilder;
  return {
    target: machine(),
    lanes: 4,
    tallest: 12,
    blockFor,
    func: (name, params) => module.func(name, params),
    once: (name, make) =>
      module.once(name, () => make() as unknown as FunctionBuilder) as unknown as ReturnType<typeof make>,
    barrier: (f, threadIndex, threadCount) => f.call(barrier(module), threadIndex, threadCount),
    microKernel: (block, steps) => microKernel(module, block, steps),
    dotKernel: (...distances) => dotKernel(module, ...distances),
    vector: (f) => f.local('v128'),
    zero: (f, vector) => own(f).set(vector, 0, 'f32x4'),
    load: (f, vector, address, offset = 0) => f.set(vector, load('v128.load', address, offset)),
    multiplyAdd: (f, sum, a, b) => multiplyAdd(own(f), sum, a, b),
  };
}
