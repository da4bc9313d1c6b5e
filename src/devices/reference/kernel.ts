import { dtypeInfo, isFloat, type TypedArray } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { sizeOf } from '../../base/shape.ts';
import { axis, indexOf, type Region } from '../../ir/expr.ts';
import { operand } from '../../ir/primitive.ts';
import type { Aval, Equation } from '../../ir/tensor.ts';
import { KernelText } from './kernel-text.ts';
import { stored } from './stored-numbers.ts';

/** Computes the outputs of an equation from its inputs. */
export type Kernel = (inputs: readonly TypedArray[]) => TypedArray[];

const regionOf = ({ shape, dtype }: Aval, name: string): Region => ({ name, shape, dtype });
const allocate = ({ shape, dtype }: Aval): TypedArray => new dtypeInfo[dtype].array(sizeOf(shape));

/** A new array whose contents reveal reads before writes. */
function poisoned(aval: Aval): TypedArray {
  const array = allocate(aval);
  const { kind, range } = dtypeInfo[aval.dtype];
  const half = stored[aval.dtype];
  return array.fill(
    half ? half.encode(Number.NaN) : isFloat(aval.dtype) ? Number.NaN : kind === 'bool' ? 1 : range![1] - 77,
  );
}

/** The kernel of an equation whose primitive has a formula or a loop nest. */
export function kernelOf({ rule, inputs, outputs, attrs }: Equation): Kernel {
  const reads = inputs.map((x, k) => regionOf(x, `${rule.name} operand ${k}`));
  const writes = outputs.map((y, k) => regionOf(y, `${rule.name} result ${k}`));
  if (rule.at) {
    const [to] = writes as [Region];
    const text = new KernelText([...reads, to]);
    const axes = to.shape.map((size, d) => axis(size, `i${d}`));
    const index = axes.map(indexOf);
    const value = rule.at(reads.map(operand), index, attrs, to);
    text.over(axes, () => text.store(to, index, value));
    const run = text.finish();
    return (arrays) => {
      const out = allocate(to);
      run(...arrays, out);
      return [out];
    };
  }
  if (!rule.loops)
    return fail(`primitive ${rule.name}`, 'it has no formula, no loop nest and no programs', 'give it one');
  const temporary: Region[] = [];
  const body = rule.loops(reads, writes, attrs, (aval, name) => {
    temporary.push(regionOf(aval, name));
    return temporary[temporary.length - 1];
  });
  const text = new KernelText([...reads, ...writes, ...temporary]);
  text.statements(body);
  const run = text.finish();
  return (arrays) => {
    const results = writes.map(poisoned);
    run(...arrays, ...results, ...temporary.map(poisoned));
    return results;
  };
}
