/** What `keras.mixed_precision` is: other names of the policy of dtypes and of what scales losses. */
export {
  DTypePolicy,
  DTypePolicy as Policy,
  dtypePolicy,
  dtypePolicy as globalPolicy,
  setDtypePolicy,
  setDtypePolicy as setGlobalPolicy,
} from '../base/dtype-policy.ts';
export { LossScaleOptimizer } from '../optimizers/loss-scale-optimizer.ts';
