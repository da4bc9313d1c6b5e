import { judgeDevices } from '../../../test/device-programs.ts';
import { guardedHeap } from '../../../test/guarded-memory.ts';
import { nativeDevice } from './device.ts';
import { widthsHere } from './testing.ts';

// On some of them, what is read or written outside of an array and its slack ends the process of this file.
judgeDevices(
  'the native device',
  widthsHere().flatMap((lanes) => [
    [`${lanes} lanes`, nativeDevice({ lanes, threads: 1, heap: guardedHeap() })] as const,
    [`${lanes} lanes on three threads`, nativeDevice({ lanes, threads: 3 })] as const,
    [
      `${lanes} lanes on two threads that share all`,
      nativeDevice({ lanes, threads: 2, leastWork: 0, heap: guardedHeap() }),
    ] as const,
  ]),
);
