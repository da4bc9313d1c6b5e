import { dtypeInfo, type TypedArray } from '../../base/dtype.ts';
import { sizeOf } from '../../base/shape.ts';
import type { Program } from '../../ir/program.ts';
import type { ControlAttrs, ScanAttrs } from '../../primitives/control/control.ts';
import type { Kernel } from './kernel.ts';

/** The kernel of a control primitive; `ready` prepares the programs in it. */
export function controlKernel(attrs: ControlAttrs, ready: (program: Program) => Kernel): Kernel {
  switch (attrs.form) {
    case 'call':
      return ready(attrs.program);
    case 'switch': {
      const branches = attrs.branches.map(ready);
      return ([index, ...operands]) => branches[index[0]](operands);
    }
    case 'while': {
      const [condition, body] = [ready(attrs.condition), ready(attrs.body)];
      return (inputs) => {
        let carries = inputs.slice(0, attrs.carries);
        const fixed = inputs.slice(attrs.carries);
        while (condition([...carries, ...fixed])[0][0]) carries = body([...carries, ...fixed]);
        return carries;
      };
    }
    case 'barrier':
      return (inputs) => [...inputs];
    case 'scan':
      return scanKernel(attrs, ready(attrs.body));
  }
}

function scanKernel({ body, carries: count, sequences, length, reverse }: ScanAttrs, run: Kernel): Kernel {
  const sizes = body.outputs.map((y) => sizeOf(y.shape));
  return (inputs) => {
    let carries = inputs.slice(0, count);
    const xs = inputs.slice(count, count + sequences);
    const fixed = inputs.slice(count + sequences);
    const results = body.outputs.slice(count).map((y, k) => new dtypeInfo[y.dtype].array(sizes[count + k] * length));
    for (let round = 0; round < length; round++) {
      const i = reverse ? length - 1 - round : round;
      const slices = xs.map((x): TypedArray => x.subarray((x.length / length) * i, (x.length / length) * (i + 1)));
      const outputs = run([...carries, ...slices, ...fixed]);
      carries = outputs.slice(0, count);
      results.forEach((all, k) => all.set(outputs[count + k], sizes[count + k] * i));
    }
    return [...carries, ...results];
  };
}
