import { Callable, invoke } from '../base/callable.ts';
import { toSnakeCase } from '../base/case.ts';
import { fail, refusePromise } from '../base/errors.ts';
import { exactMethods } from '../base/exact.ts';
import { autoName } from '../base/naming.ts';
import { optionsOf } from '../base/options.ts';
import { cameFromConfig } from '../base/registry/config-keys.ts';
import type { Config } from '../base/registry/serialize.ts';
import type { Tree } from '../base/tree.ts';
import {
  addNode,
  asCallOf,
  type Operation as GraphOperation,
  hasSymbolic,
  inferSymbolic,
  KerasTensor,
  mapTensors,
  replay,
  type Symbolic,
  type Tensor,
  tensorsIn,
} from '../tensor/index.ts';
import { currentRematScope } from '../tensor/remat-scopes.ts';
import type { LenientArgs, SymbolicArgs, SymbolicInput } from './layer/call-arguments.ts';
import { firstCall } from './layer/first-call.ts';
import { rematerializedIn } from './layer/remat.ts';

/** Options of an `Operation`. */
export interface OperationOptions {
  /** Name in functional models; made from that of the class by default. */
  readonly name?: string | undefined;
}

/** A call on symbolic tensors gives symbolic ones. */
export interface Operation<Args extends any[] = any[], Out = Tensor> {
  // biome-ignore lint/style/useShorthandFunctionType: it is merged with the class
  (...args: SymbolicArgs<Args>): Symbolic<Out>;
}
/**
 * A callable object without weights: `call` computes, and in a functional model a call on KerasTensors is a node of the graph
 * (Keras's ops and layers are such operations). A class of your own, registered and with a `getConfig`, is saved with the
 * models that it is part of. Layers count as operations: `layer instanceof keras.Operation`.
 * @see https://keras.io/api/ops/
 */
export abstract class Operation<Args extends any[] = any[], Out = Tensor>
  extends Callable<LenientArgs<Args>, Out>
  implements GraphOperation
{
  static readonly className: string;
  override readonly name: string;
  readonly #remat = currentRematScope();

  constructor(options: OperationOptions = {}, ...surplus: undefined[]) {
    super(...surplus);
    const { name } = cameFromConfig(options) ? options : optionsOf(this.className, { name: true }, options);
    this.name = name ?? autoName(toSnakeCase(this.className));
    if (typeof this.name !== 'string' || this.name.includes('/'))
      fail(this, 'its name is no text without "/"', 'choose another: paths are made of names');
  }
  /** The name of its class, by which files refer to it. */
  get className(): string {
    const own = this.constructor as { className?: string; name: string };
    return Object.hasOwn(own, 'className') ? own.className! : own.name;
  }

  /** Computes the outputs, of tensors. Write it with keras.ops. */
  abstract override call(...args: Args): Out;
  /** What a call on such KerasTensors gives: KerasTensors with shape and dtype, in the nest of the outputs. */
  computeOutputSpec(...args: any[]): Tree<KerasTensor> {
    const { form, avals } = inferSymbolic((...given) => this.call(...(given as Args)), args);
    let at = 0;
    return mapTensors(form, () => {
      const { shape, dtype } = avals[at++];
      return new KerasTensor(shape, { dtype });
    }) as Tree<KerasTensor>;
  }
  /** Records a call on KerasTensors: what calling the operation on them does. */
  symbolicCall(...args: LenientArgs<Args>): Out {
    const spec = this.computeOutputSpec(...args);
    const outputs = tensorsIn(spec);
    if (outputs.length === 0 || !outputs.every((t) => t instanceof KerasTensor))
      fail(this, 'computeOutputSpec gave no KerasTensors', 'return new KerasTensor(shape, { dtype }) for each output');
    const avals = (outputs as KerasTensor[]).map(({ symbolicShape: shape, dtype }) => ({ shape, dtype }));
    return addNode(this, args, spec, avals) as Out;
  }
  /** A call as the `RematScope` in which the operation was made wants it: to be computed again in the backward pass, or as it is. */
  rematerializedCall<A extends readonly unknown[], R>(f: (...args: A) => R): (...args: A) => R {
    return rematerializedIn(this.#remat, f);
  }

  protected override [invoke](...args: LenientArgs<Args>): Out {
    return hasSymbolic(args) ? this.symbolicCall(...args) : this.#run(args);
  }
  /** Repeats a recorded call on other tensors. */
  [replay](args: readonly unknown[]): Tree<Tensor> {
    return this.#run(args) as Tree<Tensor>;
  }
  #run(args: readonly unknown[]): Out {
    const run = this.rematerializedCall((...given: Args): Out => this.call(...given));
    const outputs = asCallOf(this, () => run(...(args as Args)));
    refusePromise(this, 'call() gave a promise', outputs);
    return outputs;
  }

  /** The inputs of its first call: a KerasTensor, or a list of several. */
  get input(): SymbolicInput<Args> {
    const { inputs } = firstCall(this, 'input');
    const input: unknown = inputs.length === 1 ? inputs[0] : [...inputs];
    return input as SymbolicInput<Args>;
  }
  /** The results of its first call on KerasTensors. */
  get output(): Symbolic<Out> {
    return firstCall(this, 'output').form as Symbolic<Out>;
  }
  /** What the constructor needs to make it again: a class with options of its own adds them. */
  getConfig(): Config {
    return { name: this.name };
  }
  /** An operation from what `getConfig` returned. */
  static fromConfig(config: Config): Operation {
    return Reflect.construct(this, [config]) as Operation;
  }
  /** Layers and models are operations too, though of another class. */
  static override [Symbol.hasInstance](x: unknown): boolean {
    const isOne = (typeof x === 'object' && x !== null) || typeof x === 'function';
    return this === Operation
      ? isOne && replay in (x as object)
      : isOne && Object.prototype.isPrototypeOf.call(this.prototype, x as object);
  }

  static {
    exactMethods<Operation>(this, { symbolicCall: null, computeOutputSpec: null, rematerializedCall: 1 });
  }
}
