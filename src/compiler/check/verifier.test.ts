import { expect, test, vi } from 'vitest';
import type { Plan } from '../plan.ts';

const wrong = { name: 'wrong', inputs: [], outputs: [{}], homes: new Map(), steps: [] } as unknown as Plan;

test('plans are checked when that is asked for, and those made while the check loads as soon as it is there', async () => {
  vi.resetModules();
  const { checkPlan, verifyPlans } = await import('./verifier.ts');
  checkPlan(wrong);
  const loaded = verifyPlans();
  checkPlan(wrong);
  await expect(loaded).rejects.toThrow('wrong');
  expect(() => checkPlan(wrong)).toThrow('wrong');
  expect(verifyPlans()).toBeUndefined();
});
