import { Assembler, Label } from '../encoder/assembler.ts';
import { x86 } from '../encoder/instructions.ts';
import {
  at,
  type Register,
  r8,
  r10,
  r12,
  r13,
  r14,
  r15,
  rax,
  rbp,
  rbx,
  rcx,
  rdi,
  rdx,
  rsi,
  rsp,
} from '../encoder/operands.ts';
import { type MachineCode, placeCode } from '../memory/code-memory.ts';
import { control } from './layout.ts';

/** Polls before a thread goes to sleep, each with a pause of some 140 cycles: 20 to 50 microseconds in all. */
const spins = 600;
/** The number of the system call, and its operations, private to the process. */
const futex = 202;
const wait = 128;
const wake = 129;
const all = 2 ** 31 - 1;

/** The addresses of the functions that all threads share. */
export interface ThreadCode {
  /**
   * Runs a job from JavaScript. rdi points to 64-bit words: control page, program and number of threads, followed by
   * the table of the program.
   */
  readonly launch: number;
  /** The main function of a thread. rdi points to two 64-bit words: control page and thread number. */
  readonly work: number;
  /**
   * The barrier: returns once all threads have called it. edi: thread number, esi: number of threads, rdx: control
   * page.
   */
  readonly barrier: number;
}

let known: ThreadCode | undefined;

/** The shared code, written once for all devices. */
export function threadCode(): ThreadCode {
  return (known ??= write());
}

function write(): ThreadCode {
  const a = new Assembler();
  const [launch, work, barrier] = [new Label(), new Label(), new Label()];
  writeLaunch(a, launch);
  writeWork(a, work);
  writeBarrier(a, barrier);
  const { address }: MachineCode = placeCode(a.build());
  return {
    launch: address + launch.position,
    work: address + work.position,
    barrier: address + barrier.position,
  };
}

type Name = keyof typeof x86;
const word = (a: Assembler, name: Name, operands: Parameters<Assembler['general']>[1]): void =>
  a.general(name, { ...operands, wide: false });

/** Atomically adds `by` to a word; `register` receives the old value. */
function exchangeAdd(a: Assembler, register: Register, by: number, base: Register, displacement: number): void {
  a.moveNumber(register, by >>> 0);
  word(a, 'xadd', { a: register, m: at(base, displacement) });
}

/** Sleeps on a word while it equals `value`, or wakes that many sleepers. */
function system(a: Assembler, base: Register, displacement: number, what: number, value: Register | number): void {
  a.general('lea', { a: rdi, m: at(base, displacement) });
  a.moveNumber(rsi, what);
  if (typeof value === 'number') a.moveNumber(rdx, value);
  else word(a, 'mov', { a: rdx, m: value });
  word(a, 'xor', { a: r10, m: r10 });
  a.moveNumber(rax, futex);
  a.general('syscall', {});
}

/** Polls a word until it differs from the register, then jumps to `changed`. Falls through if that takes too long. */
function poll(a: Assembler, base: Register, displacement: number, value: Register, changed: Label): void {
  const again = new Label();
  a.moveNumber(r8, spins);
  a.bind(again);
  word(a, 'cmp', { a: value, m: at(base, displacement) });
  a.jump(changed, 'notEqual');
  a.raw(0xf3, 0x90);
  word(a, 'subNumber', { m: r8, immediate: 1 });
  a.jump(again, 'notEqual');
}

const saved = [rbx, rbp, r12, r13, r14, r15];

function writeLaunch(a: Assembler, label: Label): void {
  const [alone, joined, end] = [new Label(), new Label(), new Label()];
  a.align();
  a.bind(label);
  for (const register of saved) a.push(register);
  a.general('subNumber', { m: rsp, immediate: 40 });
  a.general('mov', { a: rbx, m: rdi });
  a.general('mov', { a: r12, m: at(rbx) });
  a.general('movStore', { a: r12, m: at(rsp, 8) });
  word(a, 'mov', { a: r13, m: at(rbx, 16) });
  word(a, 'movStore', { a: r13, m: at(rsp, 16) });
  a.general('addNumber', { m: rbx, immediate: 24 });
  a.general('mov', { a: r14, m: at(rbx, -16) });
  word(a, 'cmpNumber', { m: r13, immediate: 1 });
  a.jump(alone, 'equal');

  word(a, 'movStore', { a: r13, m: at(r12, control.threadCount) });
  a.general('movStore', { a: r14, m: at(r12, control.program) });
  a.general('movStore', { a: rbx, m: at(r12, control.table) });
  word(a, 'mov', { a: rax, m: at(r12, control.workers) });
  word(a, 'movStore', { a: rax, m: at(r12, control.pending) });
  exchangeAdd(a, rax, 1, r12, control.job);
  word(a, 'cmpNumber', { m: at(r12, control.sleepers), immediate: 0 });
  a.jump(alone, 'equal');
  system(a, r12, control.job, wake, all);

  a.bind(alone);
  word(a, 'xor', { a: rdi, m: rdi });
  word(a, 'mov', { a: rsi, m: r13 });
  a.general('mov', { a: rdx, m: rbx });
  a.general('mov', { a: rcx, m: r12 });
  a.general('call', { m: r14, wide: false });

  a.general('mov', { a: r12, m: at(rsp, 8) });
  word(a, 'cmpNumber', { m: at(rsp, 16), immediate: 1 });
  a.jump(end, 'equal');
  a.bind(joined);
  word(a, 'mov', { a: r15, m: at(r12, control.pending) });
  word(a, 'test', { a: r15, m: r15 });
  a.jump(end, 'equal');
  poll(a, r12, control.pending, r15, joined);
  system(a, r12, control.pending, wait, r15);
  a.jump(joined);

  a.bind(end);
  a.instruction({ encoding: x86.vzeroupper });
  a.general('addNumber', { m: rsp, immediate: 40 });
  for (const register of saved.toReversed()) a.pop(register);
  a.general('ret', {});
}

function writeWork(a: Assembler, label: Label): void {
  const [next, begun, asleep, idle, last, leave] = Array.from({ length: 6 }, () => new Label()) as [
    Label,
    Label,
    Label,
    Label,
    Label,
    Label,
  ];
  a.align();
  a.bind(label);
  for (const register of saved) a.push(register);
  a.general('subNumber', { m: rsp, immediate: 40 });
  word(a, 'mov', { a: r13, m: at(rdi, 8) });
  a.general('mov', { a: rdi, m: at(rdi) });
  a.general('movStore', { a: rdi, m: at(rsp, 8) });
  word(a, 'movStore', { a: r13, m: at(rsp, 16) });
  // Threads start while no job runs; the starter waits until they have read this word.
  word(a, 'mov', { a: rax, m: at(rdi, control.job) });
  word(a, 'movStore', { a: rax, m: at(rsp, 24) });
  exchangeAdd(a, rax, 1, rdi, control.workers);

  a.bind(next);
  a.general('mov', { a: r12, m: at(rsp, 8) });
  word(a, 'mov', { a: r15, m: at(rsp, 24) });
  poll(a, r12, control.job, r15, begun);
  exchangeAdd(a, rax, 1, r12, control.sleepers);
  a.bind(asleep);
  word(a, 'cmp', { a: r15, m: at(r12, control.job) });
  const woken = new Label();
  a.jump(woken, 'notEqual');
  system(a, r12, control.job, wait, r15);
  a.jump(asleep);
  a.bind(woken);
  exchangeAdd(a, rax, -1, r12, control.sleepers);

  a.bind(begun);
  word(a, 'addNumber', { m: r15, immediate: 1 });
  word(a, 'movStore', { a: r15, m: at(rsp, 24) });
  word(a, 'cmpNumber', { m: at(r12, control.closing), immediate: 0 });
  a.jump(leave, 'notEqual');
  word(a, 'mov', { a: rdi, m: at(rsp, 16) });
  word(a, 'mov', { a: rsi, m: at(r12, control.threadCount) });
  word(a, 'cmp', { a: rdi, m: rsi });
  a.jump(idle, 'aboveEqual');
  a.general('mov', { a: rdx, m: at(r12, control.table) });
  a.general('mov', { a: rcx, m: r12 });
  a.general('mov', { a: rax, m: at(r12, control.program) });
  a.general('call', { m: rax, wide: false });
  a.general('mov', { a: r12, m: at(rsp, 8) });
  a.bind(idle);
  exchangeAdd(a, rax, -1, r12, control.pending);
  word(a, 'cmpNumber', { m: rax, immediate: 1 });
  a.jump(last, 'equal');
  a.jump(next);
  a.bind(last);
  system(a, r12, control.pending, wake, all);
  a.jump(next);

  a.bind(leave);
  exchangeAdd(a, rax, -1, r12, control.workers);
  a.general('addNumber', { m: rsp, immediate: 40 });
  for (const register of saved.toReversed()) a.pop(register);
  word(a, 'xor', { a: rax, m: rax });
  a.general('ret', {});
}

function writeBarrier(a: Assembler, label: Label): void {
  const [released, asleep, woken, done] = Array.from({ length: 4 }, () => new Label()) as [Label, Label, Label, Label];
  a.align();
  a.bind(label);
  word(a, 'cmpNumber', { m: rsi, immediate: 1 });
  a.jump(done, 'belowEqual');
  a.general('mov', { a: r12, m: rdx });
  word(a, 'mov', { a: r15, m: at(r12, control.generation) });
  exchangeAdd(a, rax, 1, r12, control.arrived);
  word(a, 'addNumber', { m: rax, immediate: 1 });
  word(a, 'cmp', { a: rax, m: rsi });
  const others = new Label();
  a.jump(others, 'notEqual');
  // The last thread to arrive starts the next generation.
  word(a, 'movNumber', { m: at(r12, control.arrived), immediate: 0 });
  exchangeAdd(a, rax, 1, r12, control.generation);
  word(a, 'cmpNumber', { m: at(r12, control.waiting), immediate: 0 });
  a.jump(done, 'equal');
  system(a, r12, control.generation, wake, all);
  a.jump(done);

  a.bind(others);
  poll(a, r12, control.generation, r15, released);
  exchangeAdd(a, rax, 1, r12, control.waiting);
  a.bind(asleep);
  word(a, 'cmp', { a: r15, m: at(r12, control.generation) });
  a.jump(woken, 'notEqual');
  system(a, r12, control.generation, wait, r15);
  a.jump(asleep);
  a.bind(woken);
  exchangeAdd(a, rax, -1, r12, control.waiting);
  a.bind(released);
  a.bind(done);
  a.general('ret', {});
}
