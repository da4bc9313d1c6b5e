import { afterAll, beforeAll, expect } from 'vitest';
import {
  epsilon,
  floatx,
  imageDataFormat,
  isInteractiveLoggingEnabled,
  maxEpochs,
  maxStepsPerEpoch,
} from '../src/base/config.ts';
import { dtypePolicy } from '../src/base/dtype-policy.ts';
import { resetNames } from '../src/base/naming.ts';
import { verifyPlans } from '../src/compiler/check/verifier.ts';

// Every plan that a test makes is checked.
await verifyPlans();

const settings = (): Record<string, unknown> => ({
  epsilon: epsilon(),
  floatx: floatx(),
  dtypePolicy: dtypePolicy().name,
  imageDataFormat: imageDataFormat(),
  maxEpochs: maxEpochs(),
  maxStepsPerEpoch: maxStepsPerEpoch(),
  isInteractiveLoggingEnabled: isInteractiveLoggingEnabled(),
});
let before: Record<string, unknown>;
// Test files share a process: each begins with fresh names, and leaves the settings of the library as they were.
beforeAll(() => {
  resetNames();
  before = settings();
});
afterAll(async () => {
  // Those that replace modules have a process of their own.
  if (expect.getState().testPath?.endsWith('.mocked.test.ts')) return;
  const { currentDevice } = await import('../src/runtime/device.ts');
  const after = { ...settings(), device: currentDevice().name };
  expect(after, 'the settings of the library, after the tests of a file').toEqual({ ...before, device: 'wasm' });
});
