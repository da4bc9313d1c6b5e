import type { Algebra } from '../../../algebra/algebra.ts';
import { describeKernel } from '../../../codegen/kernel-key.ts';
import type { LinearCode } from '../../../codegen/linear/ir.ts';
import { linearKernel } from '../../../codegen/linear/linearize.ts';
import { Lowering } from '../../../codegen/lowering.ts';
import type { Region } from '../../../ir/expr.ts';
import type { Stmt } from '../../../ir/loops.ts';
import type { Label } from '../encoder/assembler.ts';
import { at, rax, rdi } from '../encoder/operands.ts';
import { assemble } from '../registers/assemble.ts';
import { type Context, machine } from './context.ts';
import { LinearWriter } from './linear/linear-writer.ts';

/** A loop nest prepared for emission as a function. */
export interface Kernel {
  /** Equal for kernels that differ only in the regions they work on. */
  readonly key: string;
  /** The regions whose addresses are the function's parameters, in order. */
  readonly regions: readonly Region[];
  code(): LinearCode;
}

/** Prepares a loop nest. Its parallel loops are shared by `threads` threads; with 1, the caller runs everything. */
export function makeKernel(body: readonly Stmt[], threads: number, algebra: Algebra, lanes: 8 | 16): Kernel {
  const lowering = new Lowering(algebra);
  const statements = lowering.kernel(body, lanes);
  const { key, regions } = describeKernel(statements);
  const isDealt = threads > 1;
  return {
    key: isDealt ? `parallel ${key}` : key,
    regions: regions.map((r) => lowering.original(r)),
    code: () => linearKernel(statements, regions, { lowering, target: machine(lanes), isDealt }),
  };
}

/**
 * Writes a kernel as a function whose argument (rdi) points to 64-bit words: the number of this worker, the number of
 * workers, then the addresses of the regions. Like all functions here it may clobber every register.
 */
export function writeKernel(c: Context, label: Label, { params, body }: LinearCode): void {
  c.word('mov', { a: rax, m: rdi, wide: true });
  const [index, count, ...addresses] = Array.from({ length: params.length + 2 }, (_, k) => {
    const register = c.general();
    c.word('mov', { a: register, m: at(rax, 8 * k), wide: true });
    return register;
  });
  new LinearWriter(
    c,
    params.map((p, k) => [p, addresses[k]]),
    [index, count],
  ).list(body);
  finish(c, label);
}

/** Allocates registers and writes the function. */
export function finish(c: Context, label: Label): void {
  c.assembler.align();
  c.assembler.bind(label);
  assemble(c.code, c.assembler, c.length(c.lanes), c.available);
}
