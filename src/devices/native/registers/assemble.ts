import type { Assembler, Instruction, Length } from '../encoder/assembler.ts';
import { type Role, x86 } from '../encoder/instructions.ts';
import { isRegister, type Memory, Register, rbp, rsp } from '../encoder/operands.ts';
import { type Available, allocate, scratch } from './allocate.ts';
import { type Code, frame } from './code.ts';

const bases = new Register('general', scratch.base);
const operands = new Register('general', scratch.operand);
const indices = new Register('general', scratch.index);
const vectors = scratch.vectors.map((n) => new Register('vector', n));

/** Writes a function: the frame, the instructions, and the loads and stores of spilled values. */
export function assemble(code: Code, assembler: Assembler, length: Length, available: Available): void {
  const bytes = allocate(code, available);
  assembler.align();
  assembler.push(rbp);
  assembler.general('mov', { a: rbp, m: rsp });
  if (bytes > 0) {
    assembler.general('andNumber', { m: rsp, immediate: -64 });
    assembler.general('subNumber', { m: rsp, immediate: bytes });
  }
  const writer = new Writer(assembler, length);
  for (const item of code.items) {
    if (!('mark' in item)) writer.instruction(item);
    else if (item.mark === 'label') assembler.bind(item.label);
    else if (item.mark === 'jump') assembler.jump(item.label, item.condition);
    else assembler.call(item.label);
  }
  assembler.general('mov', { a: rsp, m: rbp });
  assembler.pop(rbp);
  assembler.general('ret', {});
}

const isIn = (x: Instruction['a'] | Memory): x is Register => x instanceof Register && x.at < 0;
const slot = ({ slot: displacement }: Register): Memory => ({ base: rsp, displacement });
const reads = (role: Role | undefined): boolean => role === 'r' || role === 'rw';
const writes = (role: Role | undefined): boolean => role === 'w' || role === 'rw';

class Writer {
  private readonly assembler: Assembler;
  private readonly length: Length;

  constructor(assembler: Assembler, length: Length) {
    this.assembler = assembler;
    this.length = length;
  }

  private load(to: Register, from: Register): void {
    const encoding = to.kind === 'vector' ? x86.vmovups : x86.mov;
    this.assembler.instruction({ encoding, a: to, m: slot(from), length: this.length, wide: true });
  }

  private store(from: Register, to: Register): void {
    const encoding = from.kind === 'vector' ? x86.vmovupsStore : x86.movStore;
    this.assembler.instruction({ encoding, a: from, m: slot(to), length: this.length, wide: true });
  }

  instruction(i: Instruction): void {
    const { encoding } = i;
    const after: (readonly [Register, Register])[] = [];
    const held = (x: Register, role: Role | undefined, by: Register): Register => {
      if (reads(role)) this.load(by, x);
      if (writes(role)) after.push([by, x]);
      return by;
    };
    let { a, v, m } = i;
    if (isIn(a)) a = held(a, encoding.a, a.kind === 'vector' ? vectors[0] : operands);
    if (isIn(v)) v = held(v, encoding.v, v.kind === 'vector' ? vectors[1] : indices);
    if (isIn(m)) m = takesMemory(i) ? slot(m) : held(m, encoding.m, m.kind === 'vector' ? vectors[2] : bases);
    else if (m !== undefined && typeof m !== 'number' && !isRegister(m)) m = this.memory(m);
    this.assembler.instruction({ ...i, a, v, m });
    for (const [from, to] of after) this.store(from, to);
  }

  private memory(m: Memory): Memory {
    let { base, index } = m;
    if (base === frame) base = rsp;
    if (isIn(base)) {
      this.load(bases, base);
      base = bases;
    }
    if (isIn(index)) {
      const by = index.kind === 'vector' ? vectors[2] : indices;
      this.load(by, index);
      index = by;
    }
    return base === m.base && index === m.index ? m : { ...m, base, index };
  }
}

/** Whether the last operand may be memory as well as a register. */
function takesMemory({ encoding, broadcast }: Instruction): boolean {
  return encoding.only !== 'register' && !broadcast;
}
