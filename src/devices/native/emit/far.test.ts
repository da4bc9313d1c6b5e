import { expect, it } from 'vitest';
import { guarded } from '../../../../test/guarded-memory.ts';
import { int, type LinearCode, loaded, moved, register, type Statement } from '../../../codegen/linear/ir.ts';
import { Assembler, Label } from '../encoder/assembler.ts';
import { dropCode, placeCode } from '../memory/code-memory.ts';
import { foreign } from '../memory/foreign.ts';
import { widthsHere } from '../testing.ts';
import { Context } from './context.ts';
import { writeKernel } from './kernel.ts';

it.skipIf(widthsHere().length === 0)('places lie further apart than an instruction can say', () => {
  const far = 3 * 2 ** 30;
  const [from, to, pointer, counter] = [register('address'), register('address'), register('address'), register('i32')];
  const place = (address: typeof from, offset: number) => ({ dtype: 'float32', address, offset, stride: 0 }) as const;
  const body: Statement[] = [
    { op: 'let', register: pointer, value: moved(from, int(-1), far) },
    { op: 'let', register: counter, value: int(0) },
    // The pointer comes from afar, to the array in the last turn.
    {
      op: 'loop',
      counter,
      to: int(1),
      step: 1,
      pointers: [[pointer, far]],
      body: [],
    },
    { op: 'store', ...place(to, far), value: loaded(place(pointer, 4), 1), combine: undefined },
  ];
  const code: LinearCode = { params: [from, to], body };
  const assembler = new Assembler();
  writeKernel(new Context(assembler, 8, () => new Label()), new Label(), code);
  const placed = placeCode(assembler.build());
  const [source, target] = [Float32Array.of(1, 2), new Float32Array(1)];
  const [a, b] = [guarded(source), guarded(target)];
  const words = [0, 1, a.address, b.address - far];
  foreign().entry(placed.address)(new Uint32Array(words.flatMap((x) => [x % 2 ** 32, Math.floor(x / 2 ** 32)])));
  a.takeBack();
  b.takeBack();
  dropCode(placed);
  expect([...target]).toEqual([2]);
});
