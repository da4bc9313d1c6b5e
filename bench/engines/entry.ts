/** What `npm run build` bundles, and the device beneath it, whose bytes in use have no public name. */

export * as keras from '../../src/index.ts';
export { currentDevice } from '../../src/runtime/device.ts';
