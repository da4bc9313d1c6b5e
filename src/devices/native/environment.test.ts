import { expect, it, vi } from 'vitest';
import { widthsHere } from './testing.ts';

it.skipIf(widthsHere().length === 0)('HORNBEAM_DEVICE chooses the device, once', async () => {
  // As in a process of its own.
  vi.resetModules();
  const { currentDevice, deviceNamed, useDevice } = await import('../../runtime/device.ts');
  const { deviceReady } = await import('../../runtime/ready.ts');
  process.env['HORNBEAM_DEVICE'] = 'native';
  expect(currentDevice().name).toBe('wasm');
  await deviceReady();
  expect(currentDevice().name).toBe('native');
  // What is chosen by hand stays.
  useDevice(await deviceNamed('wasm'));
  await deviceReady();
  expect(currentDevice().name).toBe('wasm');
  delete process.env['HORNBEAM_DEVICE'];
});
