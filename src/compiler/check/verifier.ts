import type { Plan } from '../plan.ts';

// In bundles for pages, `verifier-in-pages.ts` replaces this file, according to `browser` in package.json.

let verify: ((plan: Plan) => void) | undefined;

/** Verifies a plan, if verification is switched on. */
export const checkPlan = (plan: Plan): void => verify?.(plan);

/**
 * Switches verification on. The verifier is loaded only then; plans made while it loads are verified as soon as it is
 * there.
 */
export function verifyPlans(): Promise<void> | undefined {
  if (verify) return;
  const early: Plan[] = [];
  verify = (plan) => early.push(plan);
  return import('./verify-plan.ts').then(({ verifyPlan }) => {
    verify = verifyPlan;
    early.forEach(verifyPlan);
  });
}
