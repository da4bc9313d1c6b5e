import { type Instruction, Label } from '../encoder/assembler.ts';
import type { Condition } from '../encoder/instructions.ts';
import { isRegister, type Memory, Register } from '../encoder/operands.ts';

/** A marker between instructions. */
export type Mark =
  | { readonly mark: 'label'; readonly label: Label }
  | { readonly mark: 'jump'; readonly label: Label; readonly condition: Condition | undefined }
  | { readonly mark: 'call'; readonly label: Label };

export type Item = Instruction | Mark;

/** The base of the frame, to which places in it are relative. */
export const frame = new Register('general', 4);

/** A loop; its end is set once it is reached. */
interface Loop {
  end: number;
}

/**
 * A function under construction: instructions on virtual registers. Live ranges are recorded while it is written: a
 * value that a loop takes from outside is live until the end of the loop.
 */
export class Code {
  readonly items: Item[] = [];
  /** Registers in the order of their definition. */
  readonly registers: Register[] = [];
  /** Bytes of the frame that the code itself uses. */
  frameBytes = 0;
  /** Positions of calls that clobber all registers. */
  readonly calls: number[] = [];
  private readonly loops: Loop[] = [];

  register(kind: Register['kind']): Register {
    const made = new Register(kind);
    made.depth = this.loops.length;
    this.registers.push(made);
    return made;
  }

  /** Marks a register as live at this position, though no instruction names it. */
  touch(register: Register): void {
    if (register.start < 0) register.start = this.items.length;
    register.end = this.items.length;
    register.weight += 8 ** Math.min(6, this.loops.length);
    if (this.loops.length > register.depth) register.outer = this.loops[register.depth];
  }

  private see(x: Instruction['a'] | Memory): void {
    if (x === undefined || typeof x === 'number') return;
    if (isRegister(x)) {
      if (x.at < 0) this.touch(x);
      return;
    }
    this.see(x.base);
    this.see(x.index);
  }

  emit(instruction: Instruction): void {
    this.see(instruction.a);
    this.see(instruction.v);
    this.see(instruction.m);
    this.items.push(instruction);
  }

  label(label: Label): void {
    this.items.push({ mark: 'label', label });
  }

  jump(label: Label, condition?: Condition): void {
    this.items.push({ mark: 'jump', label, condition });
  }

  /** Calls a function that preserves all registers, or, with `clobbers`, none. */
  call(label: Label, clobbers = false): void {
    if (clobbers) this.calls.push(this.items.length);
    this.items.push({ mark: 'call', label });
  }

  /** A loop; `body` jumps back to the label. */
  loop(body: (again: Label) => void): void {
    const again = new Label();
    const loop: Loop = { end: -1 };
    this.loops.push(loop);
    this.label(again);
    body(again);
    loop.end = this.items.length;
    this.loops.pop();
  }

  /** A place in the frame. */
  place(bytes: number): Memory {
    const start = Math.ceil(this.frameBytes / 64) * 64;
    this.frameBytes = start + bytes;
    return { base: frame, displacement: start };
  }
}
