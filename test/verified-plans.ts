import { verifyPlans } from '../src/compiler/check/verifier.ts';

// Every plan that a test makes is checked.
await verifyPlans();
