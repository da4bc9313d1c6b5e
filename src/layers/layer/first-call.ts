import { fail } from '../../base/errors.ts';
import { callsOf, type GraphNode, type Operation } from '../../tensor/index.ts';

/** An operation's first call on KerasTensors; `what` names the property requested, for errors. */
export const firstCall = (operation: Operation, what: string): GraphNode =>
  callsOf(operation)[0] ??
  fail(operation, `it has no ${what}: it was never called on a KerasTensor`, 'call it on keras.Input({ shape }) first');
