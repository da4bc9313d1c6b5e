import type { Plan } from '../plan.ts';

let verify: ((plan: Plan) => void) | undefined;

/** Checks a plan, if plans are checked. */
export const checkPlan = (plan: Plan): void => verify?.(plan);

/** Has plans checked from now on, by what only then is loaded; those made meanwhile as soon as it is. */
export function verifyPlans(): Promise<void> | undefined {
  if (verify) return;
  const early: Plan[] = [];
  verify = (plan) => early.push(plan);
  return import('./verify-plan.ts').then(({ verifyPlan }) => {
    verify = verifyPlan;
    early.forEach(verifyPlan);
  });
}
