export { Tensor } from '../ir/tensor.ts';
export {
  currentFrame,
  currentTrace,
  inFrame,
  isRecordingTape,
  noted,
  outsideOfTraces,
  Trace,
  withHistory,
} from './frames.ts';
export { type GradOptions, grad, gradientsOf, valueAndGrad } from './grad.ts';
export { type HostValue, hostValue, onHost } from './host.ts';
export { type Jitted, jit } from './jit.ts';
export {
  callsOf,
  type GraphNode,
  KerasTensor,
  type OpenShape,
  type Operation,
  replay,
  type Symbolic,
  type SymbolicArgument,
} from './keras-tensor.ts';
export { leavesIn, mapTensors, signatureOf, tensorsIn, withTensors } from './leaves.ts';
export {
  asHostTensor,
  asTensor,
  dtypeOf,
  isTypedArray,
  type Like,
  type Nested,
  type TensorOptions,
  tensor,
} from './like.ts';
export { markMadeBy, onlyToLookAt } from './made-by.ts';
export { nest } from './read.ts';
export { recomputed } from './remat.ts';
export { amongReplicas, currentReplicas, type Replicas } from './replicas.ts';
export {
  asCallOf,
  atPath,
  countGenerator,
  currentAutocast,
  currentCall,
  currentPath,
  inNameScope,
  inPartOfStep,
  refuseVariables,
  scopedPath,
  withAutocast,
  withinRoom,
} from './scopes.ts';
export { withVariableValues } from './stateless.ts';
export { currentStatelessScope, StatelessScope, type StatelessScopeOptions } from './stateless-scope.ts';
export { type NestedStrings, stringTensor } from './strings.ts';
export { addNode, hasSymbolic, inferSymbolic, type SymbolicAval } from './symbolic.ts';
export { compileTraced, runTraced, type Traced, trace } from './traced.ts';
export { beginLayerCall, buildOnShapes } from './trial.ts';
export { type InitialValue, repeatable, Variable, type VariableOptions } from './variable.ts';
export { type Gradients, gradients } from './variable-gradients.ts';
export { currentWatcher, isYounger, noteBirth, type Watcher, watchedBy } from './watch.ts';
