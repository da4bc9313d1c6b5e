import { judgeDevices } from '../../../test/device-programs.ts';
import { nativeDevice } from './device.ts';
import { widthsHere } from './testing.ts';

judgeDevices(
  'the native device',
  widthsHere().flatMap((lanes) => [
    [`${lanes} lanes`, nativeDevice({ lanes, threads: 1 })] as const,
    [`${lanes} lanes on three threads`, nativeDevice({ lanes, threads: 3 })] as const,
    [`${lanes} lanes on two threads that share all`, nativeDevice({ lanes, threads: 2, leastWork: 0 })] as const,
  ]),
);
