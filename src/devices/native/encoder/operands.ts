/**
 * A general or vector register. `at` is its number once allocated; until then it is virtual (`registers/`), and if
 * registers run out it is spilled to the frame at `slot`.
 */
export class Register {
  readonly kind: 'general' | 'vector';
  at: number;
  slot = -1;
  /** The live range, as positions of instructions. */
  start = -1;
  end = -1;
  /** Number of uses, weighted by loop depth. */
  weight = 0;
  /** Loop depth of the definition. */
  depth = 0;
  /** The outermost loop that contains a use but not the definition. */
  outer: { end: number } | undefined;

  constructor(kind: 'general' | 'vector', at = -1) {
    this.kind = kind;
    this.at = at;
  }
}

const general = (at: number): Register => new Register('general', at);
/** Fixed registers, which are never allocated to values. */
export const rax = general(0);
export const rcx = general(1);
export const rdx = general(2);
export const rbx = general(3);
export const rsp = general(4);
export const rbp = general(5);
export const rsi = general(6);
export const rdi = general(7);
export const [r8, r9, r10, r11, r12, r13, r14, r15] = [8, 9, 10, 11, 12, 13, 14, 15].map(general) as [
  Register,
  Register,
  Register,
  Register,
  Register,
  Register,
  Register,
  Register,
];
export const vectorRegister = (at: number): Register => new Register('vector', at);

/** A memory operand: base + index · scale + displacement, or a constant stored behind the code. */
export interface Memory {
  readonly base: Register | undefined;
  readonly index?: Register | undefined;
  readonly scale?: number;
  readonly displacement: number;
  /** Offset of a constant; then there is no base. */
  readonly constant?: number;
}

export const at = (base: Register, displacement = 0): Memory => ({ base, displacement });
export const isRegister = (x: Register | Memory): x is Register => x instanceof Register;
