import { type Block, rowOffset, type Steps } from '../../kernels/machine.ts';
import { type Assembler, Label, type Length } from '../encoder/assembler.ts';
import { x86 } from '../encoder/instructions.ts';
import { at, type Register, r8, r9, rcx, rdi, rdx, rsi, vectorRegister } from '../encoder/operands.ts';

// The innermost loops of products, with registers assigned by hand. Their argument is a block of words: the addresses
// of a, b and the tile, the number of iterations, and whether to add to the tile.

const [a, b, tile, count, accumulate] = [rsi, rdx, rcx, r8, r9] as const;

function loadWords(code: Assembler): void {
  for (const [k, register] of [a, b, tile, count, accumulate].entries())
    code.general('mov', { a: register, m: at(rdi, 8 * k) });
}

/**
 * A tile of `rows` × `vectors` vectors: for each k, every element of A is broadcast and multiplied with the vectors of
 * B.
 */
export function writeMicroKernel(
  code: Assembler,
  label: Label,
  lanes: number,
  { rows, vectors }: Block,
  steps: Steps,
): void {
  const length: Length = lanes === 16 ? 512 : 256;
  const sums = Array.from({ length: rows * vectors }, (_, i) => vectorRegister(i));
  const right = Array.from({ length: vectors }, (_, j) => vectorRegister(sums.length + j));
  const scale = vectorRegister(sums.length + vectors);
  const bytes = 4 * lanes;
  const [add, run, turn, end] = [new Label(), new Label(), new Label(), new Label()];
  code.align();
  code.bind(label);
  loadWords(code);
  code.general('test', { a: accumulate, m: accumulate });
  code.jump(add, 'notEqual');
  for (const sum of sums) code.instruction({ encoding: x86.vpxor, a: sum, v: sum, m: sum, length: 128 });
  const start = new Label();
  code.jump(start);
  code.bind(add);
  sums.forEach((sum, i) => code.instruction({ encoding: x86.vmovups, a: sum, m: at(tile, bytes * i), length }));
  code.bind(start);
  code.general('test', { a: count, m: count });
  code.jump(end, 'equal');
  // Once known, whether to add is not needed any more.
  const left = steps.aRun ? accumulate : count;
  code.bind(run);
  if (steps.aRun) code.general('movNumber', { m: left, immediate: steps.aRun.length });
  code.align();
  code.bind(turn);
  right.forEach((v, j) => code.instruction({ encoding: x86.vmovups, a: v, m: at(b, bytes * j), length }));
  for (let i = 0; i < rows; i++) {
    const element = at(a, rowOffset(steps, i));
    // An operand used once is read from memory in the instruction; otherwise it is loaded into a register.
    if (vectors === 1 && lanes === 16) {
      code.instruction({ encoding: x86.vfmadd231ps, a: sums[i], v: right[0], m: element, length, broadcast: true });
      continue;
    }
    code.instruction({ encoding: x86.vbroadcastss, a: scale, m: element, length });
    right.forEach((v, j) =>
      code.instruction({ encoding: x86.vfmadd231ps, a: sums[i * vectors + j], v: scale, m: v, length }),
    );
  }
  code.general('addNumber', { m: a, immediate: steps.aK });
  code.general('addNumber', { m: b, immediate: steps.bK });
  code.general('subNumber', { m: left, immediate: 1 });
  code.jump(turn, 'notEqual');
  if (steps.aRun) {
    code.general('addNumber', { m: a, immediate: steps.aRun.skip });
    code.general('subNumber', { m: count, immediate: steps.aRun.length });
    code.jump(run, 'notEqual');
  }
  code.bind(end);
  sums.forEach((sum, i) => code.instruction({ encoding: x86.vmovupsStore, a: sum, m: at(tile, bytes * i), length }));
  code.general('ret', {});
}

/** How many sums are held in registers at a time. */
const most = 12;

/** Dot products of lines contiguous along k: vectors along k, added up at the end; a few columns at a time. */
export function writeDotKernel(
  code: Assembler,
  label: Label,
  lanes: number,
  [rows, columns]: readonly [number, number],
  distances: readonly [aRow: number, bColumn: number],
): void {
  code.align();
  code.bind(label);
  const some = Math.max(1, Math.floor(most / rows));
  for (let first = 0; first < columns; first += some)
    dots(code, lanes, rows, [first, Math.min(columns, first + some)], distances);
  code.general('ret', {});
}

function dots(
  code: Assembler,
  lanes: number,
  rows: number,
  [first, behind]: readonly [number, number],
  [aRow, bColumn]: readonly [number, number],
): void {
  const length: Length = lanes === 16 ? 512 : 256;
  const columns = behind - first;
  const sums = Array.from({ length: rows * columns }, (_, i) => vectorRegister(i));
  const right = vectorRegister(sums.length);
  const upper = vectorRegister(sums.length + 1);
  const [whole, rest, single, end] = [new Label(), new Label(), new Label(), new Label()];
  loadWords(code);
  for (const sum of sums) code.instruction({ encoding: x86.vpxor, a: sum, v: sum, m: sum, length: 128 });
  const column = (j: number) => at(b, (first + j) * bColumn);
  const step = (by: number): void => {
    code.general('addNumber', { m: a, immediate: 4 * by });
    code.general('addNumber', { m: b, immediate: 4 * by });
    code.general('subNumber', { m: count, immediate: by });
  };
  code.bind(whole);
  code.general('cmpNumber', { m: count, immediate: lanes });
  code.jump(rest, 'less');
  for (let j = 0; j < columns; j++) {
    code.instruction({ encoding: x86.vmovups, a: right, m: column(j), length });
    for (let i = 0; i < rows; i++)
      code.instruction({ encoding: x86.vfmadd231ps, a: sums[i * columns + j], v: right, m: at(a, i * aRow), length });
  }
  step(lanes);
  code.jump(whole);

  code.bind(rest);
  const halve = (sum: Register, width: number): void => {
    if (width === 16) code.instruction({ encoding: x86.vextractf64x4, a: sum, m: upper, length: 512, immediate: 1 });
    else if (width === 8) code.instruction({ encoding: x86.vextractf128, a: sum, m: upper, length: 256, immediate: 1 });
    else
      code.instruction({ encoding: x86.vpshufd, a: upper, m: sum, length: 128, immediate: width === 4 ? 0x4e : 0xb1 });
    const half: Length = width === 16 ? 256 : 128;
    code.instruction({ encoding: x86.vaddps, a: sum, v: sum, m: upper, length: half });
  };
  for (const sum of sums) for (let width = lanes; width > 1; width /= 2) halve(sum, width);
  code.bind(single);
  code.general('test', { a: count, m: count });
  code.jump(end, 'equal');
  for (let j = 0; j < columns; j++) {
    code.instruction({ encoding: x86.vmovss, a: right, m: column(j), length: 128 });
    for (let i = 0; i < rows; i++) {
      code.instruction({ encoding: x86.vmovss, a: upper, m: at(a, i * aRow), length: 128 });
      code.instruction({ encoding: x86.vfmadd231ps, a: sums[i * columns + j], v: right, m: upper, length: 128 });
    }
  }
  step(1);
  code.jump(single);

  code.bind(end);
  const place = (i: number) => at(tile, 4 * lanes * Math.floor(i / columns) + 4 * (first + (i % columns)));
  const store = new Label();
  code.general('test', { a: accumulate, m: accumulate });
  code.jump(store, 'equal');
  sums.forEach((sum, i) => {
    code.instruction({ encoding: x86.vmovss, a: upper, m: place(i), length: 128 });
    code.instruction({ encoding: x86.vaddps, a: sum, v: sum, m: upper, length: 128 });
  });
  code.bind(store);
  sums.forEach((sum, i) => code.instruction({ encoding: x86.vmovssStore, a: sum, m: place(i), length: 128 }));
}
