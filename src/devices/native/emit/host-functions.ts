import type { ScalarOp } from '../../../ir/scalar.ts';
import { type Assembler, Label } from '../encoder/assembler.ts';
import { x86 } from '../encoder/instructions.ts';
import { at, r8, r9, r10, r11, rax, rbp, rcx, rdi, rdx, rsi, rsp, vectorRegister } from '../encoder/operands.ts';

/** The symbol of the barrier function. */
export const barrier = '(barrier)';

/** C names of operations on doubles. */
const names: Partial<Record<ScalarOp, string>> = { rem: 'fmod', nextAfter: 'nextafter', asin: 'asin' };

/**
 * C functions on doubles, for code with live values in all registers: arguments and result are in the first two vector
 * registers, all others are preserved.
 */
export class HostFunctions {
  private readonly assembler: Assembler;
  private readonly lanes: 8 | 16;
  private readonly labels = new Map<string, Label>();

  constructor(assembler: Assembler, lanes: 8 | 16) {
    this.assembler = assembler;
    this.lanes = lanes;
  }

  readonly label = (op: ScalarOp): Label => {
    const name = names[op] ?? op;
    let label = this.labels.get(name);
    if (!label) this.labels.set(name, (label = new Label()));
    return label;
  };

  /** Writes the functions that were used. */
  write(): void {
    for (const [name, label] of this.labels) this.function(name, label);
  }

  private function(name: string, label: Label): void {
    const { assembler: a } = this;
    const general = [rax, rcx, rdx, rsi, rdi, r8, r9, r10, r11];
    const count = this.lanes === 16 ? 32 : 16;
    const length = this.lanes === 16 ? 512 : 256;
    const vectors = Array.from({ length: count - 2 }, (_, k) => vectorRegister(k + 2));
    a.align();
    a.bind(label);
    a.push(rbp);
    a.general('mov', { a: rbp, m: rsp });
    general.forEach((register) => a.push(register));
    a.general('subNumber', { m: rsp, immediate: 64 * vectors.length });
    a.general('andNumber', { m: rsp, immediate: -64 });
    vectors.forEach((v, k) => a.instruction({ encoding: x86.vmovupsStore, a: v, m: at(rsp, 64 * k), length }));
    a.instruction({ encoding: x86.vzeroupper });
    a.moveSymbol(rax, name);
    a.general('call', { m: rax, wide: false });
    vectors.forEach((v, k) => a.instruction({ encoding: x86.vmovups, a: v, m: at(rsp, 64 * k), length }));
    a.general('lea', { a: rsp, m: at(rbp, -8 * general.length) });
    for (const register of general.toReversed()) a.pop(register);
    a.pop(rbp);
    a.general('ret', {});
  }
}
