import type { Algebra } from '../../../algebra/algebra.ts';
import { fail } from '../../../base/errors.ts';
import type { LinearCode } from '../../../codegen/linear/ir.ts';
import type { ContractionStep } from '../../../compiler/plan.ts';
import * as kernels from '../../kernels/contraction.ts';
import type { KernelFunction, TailMachine } from '../../kernels/machine.ts';
import type { ProductKernel } from '../../kernels/tiled-product.ts';
import type { FunctionBuilder, Local, ModuleBuilder } from '../encoder/index.ts';
import { kernelsOf } from '../kernels/machine.ts';
import { targetOf } from './elementary.ts';
import { extract } from './lane-operations.ts';
import { LinearWriter } from './linear-writer.ts';
import { machine } from './target.ts';

export { hasKernel } from '../../kernels/contraction.ts';

/** A contraction prepared to be written as a function of a module. */
export interface Contraction extends Omit<kernels.Contraction, 'write'> {
  write(module: ModuleBuilder): ProductKernel;
}

export function makeContraction(step: ContractionStep, algebra: Algebra): Contraction {
  const made = kernels.makeContraction(step, algebra, machine());
  return { ...made, write: (module) => made.write(withTails(module)) };
}

/** The register code applied to four finished sums. */
export const tailPiece = (step: ContractionStep, algebra: Algebra): LinearCode =>
  kernels.tailPiece(step, algebra, machine());

const hostFunction = (name: string) =>
  fail('wasm device', `float64 ${name} after a float32 product`, 'convert the product first');

function withTails(module: ModuleBuilder): TailMachine {
  const own = (f: KernelFunction) => f as FunctionBuilder;
  return {
    ...kernelsOf(module),
    piece(f, { params, body }, given) {
      const code = new LinearWriter(
        targetOf(own(f), module, hostFunction),
        params.map((p, k) => [p, given[k]]),
      );
      f.scope(() => code.list(body));
    },
    eachElement(f, vector, count, first, body) {
      for (let i = 0; i < count; i++)
        f.scope(() => {
          const at: Local = f.let('i32', first);
          f.increment(at, i);
          body(at, own(f).let('f32', extract(vector, 'f32', i)));
        });
    },
  };
}
