import { fail } from '../../base/errors.ts';
import { isNode } from '../host/platform.ts';
import type { Gpu } from './dispatch.ts';

/** A usable GPU and its description for the emitters. */
export interface Acquired {
  readonly device: GPUDevice;
  readonly gpu: Gpu;
}

interface Binding {
  create(flags: readonly string[]): GPU;
}

/** `navigator.gpu`, or in Node that of the package `webgpu`. */
async function entry(): Promise<GPU> {
  const here = (globalThis.navigator as Navigator | undefined)?.gpu;
  if (here) return here;
  if (!isNode())
    return fail(
      'config.setDevice',
      'this browser has no WebGPU here (navigator.gpu is missing)',
      "serve the page over https or from localhost, in a browser with WebGPU, or stay with config.setDevice('wasm')",
    );
  try {
    // Not `import`, which bundlers would follow: the package is optional, and needed in Node only.
    const { createRequire } = process.getBuiltinModule('node:module');
    const { create } = createRequire(import.meta.url)('webgpu') as Binding;
    return create([]);
  } catch (error) {
    return fail(
      'config.setDevice',
      `Node has no WebGPU of its own, and the package "webgpu" could not be loaded (${(error as Error).message.split('\n')[0]})`,
      "npm install webgpu, or stay with config.setDevice('wasm')",
    );
  }
}

/** Kept alive: Node's binding ends the process when one is collected before its devices. */
const entries = new Set<GPU>();

/** Limits that are requested at the adapter's maximum. */
const wanted = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
] as const;

/** A compute device with every feature and limit of its adapter that kernels use. */
export async function acquire(): Promise<Acquired> {
  const gpu = await entry();
  entries.add(gpu);
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter)
    return fail(
      'config.setDevice',
      'WebGPU finds no GPU (requestAdapter gave none)',
      isNode()
        ? "install the GPU's Vulkan driver (Linux) or name one in VK_ICD_FILENAMES, or stay with config.setDevice('wasm')"
        : "enable hardware acceleration in the browser, or stay with config.setDevice('wasm')",
    );
  const features = (['shader-f16', 'subgroups', 'timestamp-query'] as const).filter((f) => adapter.features.has(f));
  const device = await adapter.requestDevice({
    requiredFeatures: features,
    requiredLimits: Object.fromEntries(wanted.map((name) => [name, adapter.limits[name]])),
  });
  const { limits } = device;
  const info = adapter.info as GPUAdapterInfo & { subgroupMinSize?: number; subgroupMaxSize?: number };
  return {
    device,
    gpu: {
      f16: device.features.has('shader-f16'),
      subgroups: device.features.has('subgroups')
        ? { min: info.subgroupMinSize ?? 4, max: info.subgroupMaxSize ?? 128 }
        : undefined,
      isSoftware: info.architecture === 'swiftshader' || info.isFallbackAdapter === true,
      timestamps: device.features.has('timestamp-query'),
      bindings: limits.maxStorageBuffersPerShaderStage,
      threads: limits.maxComputeInvocationsPerWorkgroup,
      sharedBytes: limits.maxComputeWorkgroupStorageSize,
      workgroups: limits.maxComputeWorkgroupsPerDimension,
      bufferBytes: Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize),
    },
  };
}
