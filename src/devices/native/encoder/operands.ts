/**
 * A register of a machine: general or vector. `at` is its number once it has one; until then, or where there are too few, it is a
 * name for a value (`registers/`), which may stand in the frame at `slot`.
 */
export class Register {
  readonly kind: 'general' | 'vector';
  at: number;
  slot = -1;
  /** Where the value is needed, in instructions. */
  start = -1;
  end = -1;
  /** Uses, those in loops counting more. */
  weight = 0;
  /** How many loops stand around the place where it was introduced. */
  depth = 0;
  /** The outermost loop around a use that does not stand around its introduction. */
  outer: { end: number } | undefined;

  constructor(kind: 'general' | 'vector', at = -1) {
    this.kind = kind;
    this.at = at;
  }
}

const general = (at: number): Register => new Register('general', at);
/** Registers with a name of their own, none of which holds values of others. */
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

/** A place in memory: base + index · scale + displacement, or a number beside the code. */
export interface Memory {
  readonly base: Register | undefined;
  readonly index?: Register | undefined;
  readonly scale?: number;
  readonly displacement: number;
  /** The place of a constant; there is no base then. */
  readonly constant?: number;
}

export const at = (base: Register, displacement = 0): Memory => ({ base, displacement });
export const isRegister = (x: Register | Memory): x is Register => x instanceof Register;
