import { type DType, dtypeInfo, type TypedArray } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { sizeOf } from '../../base/shape.ts';
import type { Program } from '../../ir/program.ts';
import { showAval } from '../../ir/tensor.ts';
import type { Buffer, Device, Executable } from '../device.ts';
import { type AfterEquation, evaluator } from './evaluate.ts';

interface HostBuffer extends Buffer {
  data: TypedArray | undefined;
}

/**
 * The reference for all other devices: evaluates each equation on its own, by its formula or loop nest, in double
 * precision, and rounds only what is stored. Slow and obvious. `after` may change what equations give, to see what
 * rounding does.
 */
export function referenceDevice(after?: AfterEquation): Device {
  let bytesInUse = 0;
  const hold = (data: TypedArray): HostBuffer => {
    bytesInUse += data.byteLength;
    return { bytes: data.byteLength, data };
  };
  const dataOf = (buffer: Buffer): TypedArray =>
    (buffer as HostBuffer).data ?? fail('reference device', 'the buffer was freed', 'keep it until its last use');

  return {
    name: 'reference',
    compile: (program) => compile(program, dataOf, hold, after),
    upload: (data, dtype: DType) => {
      const expected: Function = dtypeInfo[dtype].array;
      if (!(data instanceof expected))
        fail(
          'reference device',
          `${dtype} is stored in ${expected.name}, not ${data.constructor.name}`,
          'convert the data',
        );
      return hold(data.slice());
    },
    download: (buffer, aval) => {
      const data = dataOf(buffer);
      if (data.length !== sizeOf(aval.shape))
        fail(
          'reference device',
          `the buffer has ${data.length} elements, not ${showAval(aval)}`,
          'ask for its own shape',
        );
      return data.slice();
    },
    copy: (buffer) => hold(dataOf(buffer).slice()),
    free: (buffer) => {
      bytesInUse -= dataOf(buffer).byteLength;
      (buffer as HostBuffer).data = undefined;
    },
    memory: dataOf,
    get bytesInUse() {
      return bytesInUse;
    },
  };
}

function compile(
  program: Program,
  dataOf: (buffer: Buffer) => TypedArray,
  hold: (data: TypedArray) => HostBuffer,
  after?: AfterEquation,
): Executable {
  const evaluate = evaluator(program, after);
  const places = new Map(program.equations.map((equation, k) => [equation, k]));
  return {
    program,
    kernels: program.equations.map(({ rule, inputs, outputs, scope }) => ({
      name: rule.name,
      fused: [rule.name],
      output: outputs.map(showAval).join(', '),
      bytes: [...inputs, ...outputs].reduce((sum, t) => sum + sizeOf(t.shape) * dtypeInfo[t.dtype].bytes, 0),
      flops: 0,
      scopes: scope ? [scope] : [],
      from: inputs.flatMap(({ equation }) => (equation && places.has(equation) ? [places.get(equation)!] : [])),
      scratch: 0,
    })),
    scratchBytes: 0,
    run: (inputs) => {
      const given = inputs.map(dataOf);
      const taken = new Set<TypedArray>(given);
      // An output that shares its array with an input or another output is copied.
      const results = evaluate(given).map((data) => {
        const own = taken.has(data) ? data.slice() : data;
        taken.add(own);
        return own;
      });
      return results.map((data, k) => {
        const replaced = program.donated.get(k);
        if (replaced === undefined) return hold(data);
        dataOf(inputs[replaced]).set(data);
        return inputs[replaced];
      });
    },
  };
}
