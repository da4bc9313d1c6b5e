import { type FunctionBuilder, type Local, lane, load, type ModuleBuilder, op, shuffle32 } from '../encoder/index.ts';
import { multiplyAdd } from './micro-kernel.ts';

/**
 * Like `microKernel`, for operands that are both contiguous along k: the vectors run along k and are summed at the end.
 * For products with very few rows or columns (rows * columns at most 12). Rows of the tile are 4 columns apart.
 */
export function dotKernel(
  module: ModuleBuilder,
  rows: number,
  columns: number,
  aRow: number,
  bColumn: number,
): FunctionBuilder {
  const name = `dot ${rows}x${columns} a${aRow} b${bColumn}`;
  return module.once(name, () => {
    const f = module.func(name, ['i32', 'i32', 'i32', 'i32', 'i32']);
    const [a, b, tile, count, accumulate] = f.params as [Local, Local, Local, Local, Local];
    const sums = Array.from({ length: rows * columns }, () => f.local('v128'));
    const as = Array.from({ length: rows }, () => f.local('v128'));
    const bk = f.local('v128');
    for (const sum of sums) f.set(sum, 0, 'f32x4');
    const turns = (width: number, loadName: 'v128.load' | 'v128.load32_zero') => {
      f.loop((again) => {
        as.forEach((v, i) => f.set(v, load(loadName, a, i * aRow)));
        for (let j = 0; j < columns; j++) {
          f.set(bk, load(loadName, b, j * bColumn));
          for (let i = 0; i < rows; i++) multiplyAdd(f, sums[i * columns + j], as[i], bk);
        }
        f.increment(a, 4 * width);
        f.increment(b, 4 * width);
        f.tee(count, op('i32.sub', count, width));
        f.push(width);
        f.op('i32.ge_s');
        f.brIf(again);
      });
    };
    f.if(op('i32.ge_s', count, 4), () => turns(4, 'v128.load'));
    f.if(count, () => turns(1, 'v128.load32_zero'));
    sums.forEach((sum, at) => {
      const i = Math.floor(at / columns);
      const offset = 16 * i + 4 * (at % columns);
      f.set(sum, op('f32x4.add', sum, shuffle32(sum, sum, [2, 3, 0, 1])));
      f.set(sum, op('f32x4.add', sum, shuffle32(sum, sum, [1, 0, 3, 2])));
      f.if(accumulate, () => f.set(sum, op('f32x4.add', sum, load('v128.load32_zero', tile, offset))));
      f.store('f32.store', tile, lane('f32x4.extract_lane', 0, sum), offset);
    });
    return f;
  });
}
