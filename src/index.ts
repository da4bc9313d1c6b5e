/// <reference lib="esnext.disposable" preserve="true" />

// Bundlers may leave out whatever nothing uses, but not what these files do: they give tensors their methods, and
// primitives their rules for complex numbers.
import './primitives/complex/complex.ts';
import './tensor/json.ts';
import './tensor/read.ts';
import './tensor/show.ts';
import './ops/methods.ts';

export * as activations from './activations/index.ts';
export { HornbeamError } from './base/errors.ts';
export type { Shape, SymbolicShape } from './base/shape.ts';
export * as constraints from './constraints/index.ts';
export * as initializers from './initializers/index.ts';
export { Initializer } from './initializers/index.ts';
export { Tensor } from './ir/tensor.ts';
export { Input, type InputOptions } from './layers/core/input-layer.ts';
export type { CallOptions } from './layers/layer/call-context.ts';
export { InputSpec, type WholeInputSpec } from './layers/layer/input-spec.ts';
export { Layer, type LayerOptions } from './layers/layer/layer.ts';
export { remat } from './layers/layer/remat.ts';
export { RematScope, type RematScopeOptions } from './layers/layer/remat-scope.ts';
export { Operation, type OperationOptions } from './layers/operation.ts';
export * as losses from './losses/index.ts';
export { Loss } from './losses/index.ts';
export * as metrics from './metrics/index.ts';
export { Metric } from './metrics/index.ts';
export { Function, type FunctionOptions } from './models/functional/function.ts';
export * as models from './models/index.ts';
export { Model, type ModelOptions, Sequential } from './models/index.ts';
export * as ops from './ops/index.ts';
export * as optimizers from './optimizers/index.ts';
export { Optimizer } from './optimizers/index.ts';
export * as config from './public/config.ts';
export * as mixedPrecision from './public/mixed-precision.ts';
export {
  applications,
  callbacks,
  coco,
  data,
  datasets,
  distillation,
  distribution,
  dtypePolicies,
  layers,
  preprocessing,
  quantizers,
  saving,
  utils,
  visualization,
} from './public/namespaces.ts';
export { DTypePolicy, FloatDTypePolicy } from './public/page-dtype-policies.ts';
export { version } from './public/version.ts';
export * as random from './random/index.ts';
export { SeedGenerator } from './random/index.ts';
export * as regularizers from './regularizers/index.ts';
export { Regularizer } from './regularizers/index.ts';
export {
  type Gradients,
  grad,
  gradients,
  jit,
  KerasTensor,
  type Like,
  StatelessScope,
  type StatelessScopeOptions,
  type TensorOptions,
  tensor,
  Variable,
  valueAndGrad,
} from './tensor/index.ts';
export type { CompileOptions } from './training/compile.ts';
export type { LossInputs, MetricInputs, StepBatch as Batch, StepLogs } from './training/step-types.ts';
export * as tree from './tree/index.ts';
