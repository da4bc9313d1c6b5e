import type { Epilogue } from '../../kernels/tiled-product.ts';
import { type FunctionBuilder, type Local, lane, op } from '../encoder/index.ts';

/**
 * An epilogue that stores the outputs as they are: extra parameter `output` is the address, `row` and `batch` the
 * distances in elements between rows and between the products of a batch.
 */
export function storeRows(output: number, row: number, batch = 0): Epilogue {
  return (own, out) => {
    const f = own as FunctionBuilder;
    const address = f.local('i32');
    f.set(address, op('i32.add', op('i32.mul', out.row, row), out.column));
    if (batch > 0) f.set(address, op('i32.add', address, op('i32.mul', out.batch, batch)));
    f.set(address, op('i32.add', out.extra[output], op('i32.shl', address, 2)));
    storeLanes(f, address, out.value, out.lanes);
  };
}

/** Stores the first `lanes` floats of a vector. */
export function storeLanes(f: FunctionBuilder, address: Local, value: Local, lanes: number): void {
  if (lanes === 4) f.store('v128.store', address, value);
  else if (lanes === 1) f.store('f32.store', address, lane('f32x4.extract_lane', 0, value));
  else {
    f.memoryLane('v128.store64_lane', 0, address, value);
    if (lanes === 3) f.memoryLane('v128.store32_lane', 2, address, value, 8);
  }
}
