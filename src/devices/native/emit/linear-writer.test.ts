import { guarded } from '../../../../test/guarded-memory.ts';
import { judgeKernels, type Ready } from '../../../../test/linear-judge.ts';
import { Assembler, Label } from '../encoder/assembler.ts';
import { dropCode, placeCode } from '../memory/code-memory.ts';
import { foreign } from '../memory/foreign.ts';
import type { Available } from '../registers/allocate.ts';
import { widthsHere } from '../testing.ts';
import { Context, machine } from './context.ts';
import { HostFunctions } from './host-functions.ts';
import { writeKernel } from './kernel.ts';

// What is read or written outside of an array meets a page that nobody may touch, which ends the process of this file.
const ready =
  (available?: Available): Ready =>
  (code, { lanes }) => {
    const assembler = new Assembler();
    const host = new HostFunctions(assembler, lanes as 8 | 16);
    writeKernel(new Context(assembler, lanes as 8 | 16, host.label, available), new Label(), code);
    host.write();
    const bytes = assembler.build();
    const addressOf = (name: string): number => foreign().dlsym(null, name);
    return (arrays, worker, workers) => {
      const placed = placeCode(bytes, assembler.symbols, addressOf);
      const memory = arrays.map((x) => guarded(x));
      const words = [worker, workers, ...memory.map(({ address }) => address)];
      const table = new Uint32Array(words.flatMap((x) => [x % 2 ** 32, Math.floor(x / 2 ** 32)]));
      foreign().entry(placed.address)(table);
      for (const m of memory) m.takeBack();
      dropCode(placed);
    };
  };
const targets = widthsHere().map((lanes) => machine(lanes));
judgeKernels('kernels as machine code', targets, ready());
// Nearly everything stands in the frame.
judgeKernels('kernels with few registers', targets, ready({ general: [3, 6, 7], vector: [3, 15] }));
