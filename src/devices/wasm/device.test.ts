import { judgeDevices } from '../../../test/device-programs.ts';
import { wasmDevice } from './device.ts';

judgeDevices('the wasm device', [
  ['one thread', wasmDevice(1)],
  ['two threads', wasmDevice(2)],
]);
