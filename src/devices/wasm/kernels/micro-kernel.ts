import type { Block, Steps } from '../../kernels/machine.ts';
import { type FunctionBuilder, type Local, load, type ModuleBuilder, op } from '../encoder/index.ts';
import { features } from '../features.ts';

/** The largest block that stays in the 15 registers V8 offers; without fused multiply-add one holds the product. */
export function largeBlock(): Block {
  return { rows: features().relaxedMadd ? 6 : 5, vectors: 2 };
}

/** sum = a * b + sum, fused where the engine offers it. */
export function multiplyAdd(f: FunctionBuilder, sum: Local, a: Local, b: Local): void {
  if (features().relaxedMadd) f.set(sum, op('f32x4.relaxed_madd', a, b, sum));
  else f.set(sum, op('f32x4.add', sum, op('f32x4.mul', a, b)));
}

/**
 * The function `(a, b, tile, count, accumulate)`: tile[i, j] (+)= sum over k < count of A[i, k] B[k, j], for one block.
 * `tile` is dense; it is added to if `accumulate` is not 0, else overwritten.
 */
export function microKernel(module: ModuleBuilder, block: Block, steps: Steps): FunctionBuilder {
  const { rows, vectors } = block;
  const name = `multiply ${rows}x${4 * vectors} a${steps.aRow},${steps.aK} b${steps.bK}`;
  return module.once(name, () => {
    const f = module.func(name, ['i32', 'i32', 'i32', 'i32', 'i32']);
    const [a, b, tile, count, accumulate] = f.params as [Local, Local, Local, Local, Local];
    const sums = Array.from({ length: rows * vectors }, () => f.local('v128'));
    const bs = Array.from({ length: vectors }, () => f.local('v128'));
    const scale = f.local('v128');
    f.if(
      accumulate,
      () => sums.forEach((sum, i) => f.set(sum, load('v128.load', tile, 16 * i))),
      () => sums.forEach((sum) => f.set(sum, 0, 'f32x4')),
    );
    // Written so that V8 keeps the sums in registers: one k per turn (if unrolled, V8 before 13.6 moves loads ahead and
    // spills), and the loop inside an `if` (so that the values stored after it differ from those of the loop). Both
    // double the speed there; later engines do not care.
    f.if(count, () =>
      f.loop((again) => {
        bs.forEach((v, j) => f.set(v, load('v128.load', b, 16 * j)));
        for (let i = 0; i < rows; i++) {
          f.set(scale, load('v128.load32_splat', a, i * steps.aRow));
          for (let j = 0; j < vectors; j++) multiplyAdd(f, sums[i * vectors + j], scale, bs[j]);
        }
        f.increment(a, steps.aK);
        f.increment(b, steps.bK);
        f.tee(count, op('i32.sub', count, 1));
        f.brIf(again);
      }),
    );
    sums.forEach((sum, i) => f.store('v128.store', tile, sum, 16 * i));
    return f;
  });
}
