import { existsSync } from 'node:fs';
import type { Device } from '../device.ts';
import { webgpuDevice } from './device.ts';
import type { Gpu } from './dispatch.ts';

const [loader, driver] = ['/usr/lib/chromium/libvulkan.so.1', '/usr/lib/chromium/vk_swiftshader_icd.json'];

/** Makes Chromium's software GPU one that Node's WebGPU finds, unless a driver was named or Chromium hidden (`CHROMIUM=`). */
export function offerSoftwareGpu(): void {
  if (process.env['VK_ICD_FILENAMES'] || process.env['CHROMIUM'] === '' || !existsSync(loader)) return;
  // Dawn looks for the loader by its short name, which is found when the library is in memory already.
  const [now, keep] = [2, 0x1000];
  try {
    process.dlopen({ exports: {} }, loader, now | keep);
  } catch {
    // It is no module of Node's, but it is loaded.
  }
  process.env['VK_ICD_FILENAMES'] = driver;
}

/** Whether it was found, and said, that there is no GPU. */
let isMissing = false;
/** Says once a test file that its tests on a GPU are skipped, and why. */
export function sayNoGpu(error: unknown): void {
  if (!isMissing) console.warn(`tests on webgpu are skipped: ${(error as Error).message.split('\n', 1)[0]}`);
  isMissing = true;
}

/** The webgpu device for tests; undefined, and a line that says why, where there is none. */
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
