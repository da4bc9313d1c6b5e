import { existsSync } from 'node:fs';
import type { Device } from '../device.ts';
import { webgpuDevice } from './device.ts';
import type { Gpu } from './dispatch.ts';

const [loader, driver] = ['/usr/lib/chromium/libvulkan.so.1', '/usr/lib/chromium/vk_swiftshader_icd.json'];

/** Lets Node's WebGPU find Chromium's software GPU, unless a driver was named or Chromium hidden (`CHROMIUM=`). */
export function offerSoftwareGpu(): void {
  if (process.env['VK_ICD_FILENAMES'] || process.env['CHROMIUM'] === '' || !existsSync(loader)) return;
  // Dawn looks for the loader by its short name, which succeeds if the library is in memory already.
  const [now, keep] = [2, 0x1000];
  try {
    process.dlopen({ exports: {} }, loader, now | keep);
  } catch {
    // Node rejects it as a module, but it is loaded.
  }
  process.env['VK_ICD_FILENAMES'] = driver;
}

/** Whether the absence of a GPU has been reported. */
let isMissing = false;
/** Prints once per test file that its GPU tests are skipped, and why. */
export function sayNoGpu(error: unknown): void {
  if (!isMissing) console.warn(`tests on webgpu are skipped: ${(error as Error).message.split('\n', 1)[0]}`);
  isMissing = true;
}

/** The webgpu device for tests; undefined where there is none, and then a line is printed that says why. */
export async function testDevice(known: Partial<Gpu> = {}): Promise<(Device & { close(): void }) | undefined> {
  if (isMissing) return undefined;
  offerSoftwareGpu();
  try {
    return await webgpuDevice(known);
  } catch (error) {
    sayNoGpu(error);
    return undefined;
  }
}
