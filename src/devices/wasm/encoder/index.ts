/**
 * An assembler for WebAssembly.
 *
 * ```ts
 * const module = new ModuleBuilder();
 * module.importMemory('env', 'memory', { initial: 1, maximum: 65536, shared: true });
 * const sum = module.func('sum', ['i32', 'i32'], ['f32']);          // (address, count)
 * const [address, count] = sum.params;
 * const i = sum.local('i32'), total = sum.let('f32', 0);
 * sum.for(i, 0, count, 1, () => {
 *   sum.set(total, op('f32.add', total, load('f32.load', op('i32.add', address, op('i32.shl', i, 2)))));
 * });
 * sum.push(total);                                                   // the result is what is left on the stack
 * module.export('sum', sum);
 * new WebAssembly.Module(module.build());
 * ```
 */
export {
  atomic,
  Expression,
  Global,
  type LaneShape,
  Local,
  lane,
  load,
  memoryLane,
  type Operand,
  op,
  Select,
  Shuffle,
  select,
  shuffle,
  shuffle32,
  store,
  VectorConstant,
  vector,
} from './expression.ts';
export { type Callable, FunctionBuilder, type Label, type Signature } from './function-builder.ts';
export type {
  Exchange,
  Instruction,
  LaneAccess,
  Load,
  MemoryLane,
  Plain,
  Store,
  ValueType,
} from './instructions.ts';
export { type MemoryLimits, ModuleBuilder } from './module-builder.ts';
