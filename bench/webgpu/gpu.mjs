/** Gives Node a `navigator.gpu` (Dawn, from the package `webgpu`), and knows the devices that engines make of it. */
import { existsSync } from 'node:fs';
import { create, globals } from 'webgpu';

// Where there is no driver, Chromium's software one serves, so that the benchmark itself can be tried.
const [loader, driver] = ['/usr/lib/chromium/libvulkan.so.1', '/usr/lib/chromium/vk_swiftshader_icd.json'];
const flags = (process.env.DAWN_FLAGS ?? '').split(' ').filter(Boolean);

async function open() {
  const gpu = create(flags);
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter || !existsSync(loader)) return { gpu, adapter };
  try {
    // Loaded, and kept: Dawn then finds it by its short name.
    process.dlopen({ exports: {} }, loader, 2 | 0x1000);
  } catch {
    // It is no module of Node's.
  }
  process.env.VK_ICD_FILENAMES ??= driver;
  const second = create(flags);
  return { gpu: second, first: gpu, adapter: await second.requestAdapter() };
}

const opened = await open();
const devices = [];

/** What the adapter calls itself; undefined where there is none. */
export const adapterName = opened.adapter
  ? [
      opened.adapter.info.vendor,
      opened.adapter.info.architecture,
      opened.adapter.info.device,
      opened.adapter.info.description,
    ]
      .filter(Boolean)
      .join(' ')
  : undefined;
export const isSoftware = opened.adapter?.info.architecture === 'swiftshader';

/** Waits until every device has done all that it was told to do. */
export const idle = () => Promise.all(devices.map((d) => d.queue.onSubmittedWorkDone()));

Object.assign(globalThis, globals);
const requestAdapter = async (options) => {
  const adapter = await opened.gpu.requestAdapter(options);
  const request = adapter.requestDevice.bind(adapter);
  adapter.requestDevice = async (descriptor) => {
    const device = await request(descriptor);
    devices.push(device);
    return device;
  };
  return adapter;
};
const gpu = {
  requestAdapter,
  getPreferredCanvasFormat: () => 'bgra8unorm',
  wgslLanguageFeatures: opened.gpu.wgslLanguageFeatures,
};
Object.defineProperty(globalThis, 'navigator', { value: { userAgent: 'Node', gpu }, configurable: true });
