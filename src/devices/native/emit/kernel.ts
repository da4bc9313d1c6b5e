import type { LinearCode } from '../../../codegen/linear/ir.ts';
import type { Label } from '../encoder/assembler.ts';
import { at, rax, rdi } from '../encoder/operands.ts';
import { assemble } from '../registers/assemble.ts';
import type { Context } from './context.ts';
import { LinearWriter } from './linear-writer.ts';

/**
 * Writes a kernel as a function that is given, in rdi, the address of words of 64 bits: the number of this worker, how many there
 * are, then the addresses of the regions. Like all functions here it may use every register.
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
    params.map((p, k) => [p, addresses[k]!]),
    [index!, count!],
  ).list(body);
  finish(c, label);
}

/** Gives registers their numbers and writes the function. */
export function finish(c: Context, label: Label): void {
  c.assembler.align();
  c.assembler.bind(label);
  assemble(c.code, c.assembler, c.lanes);
}
