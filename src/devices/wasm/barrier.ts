import { control } from '../host/layout.ts';
import { atomic, type FunctionBuilder, load, type ModuleBuilder, op, store } from './encoder/index.ts';

/** Polls before a thread goes to sleep: some 20 to 50 microseconds. */
const spins = 20_000;
/** Nanoseconds of sleep after which a thread checks whether those it is waiting for are still alive. */
const patience = 200_000_000n;
/** The result of a wait that has timed out. */
const timedOut = 2;

/**
 * The function `barrier(threadIndex, threadCount)`: returns when all threads have called it. All threads then see
 * whatever any thread wrote before.
 *
 * The last thread to arrive starts the next generation; the others poll the generation for a while, then sleep on it.
 * With one thread it returns at once. It traps when another thread has trapped, which would never arrive. In a module
 * with `importLook`, a thread that has slept for long checks whether those it is waiting for are still alive.
 *
 * ```ts
 * f.call(barrier(module), threadIndex, threadCount);
 * ```
 */
export function barrier(module: ModuleBuilder): FunctionBuilder {
  return module.once('barrier', () => {
    const sleep = sleeper(module);
    const f = module.func('barrier', ['i32', 'i32']);
    const [threadIndex, threadCount] = f.params as [FunctionBuilder['params'][0], FunctionBuilder['params'][0]];
    const generation = f.local('i32');
    const polls = f.local('i32');
    const current = load('i32.atomic.load', 0, control.generation);
    f.if(op('i32.le_s', threadCount, 1), () => f.return());
    f.set(generation, current);
    // After the generation is read: a thread that fails later ends this generation, one that failed before shows here.
    f.if(load('i32.atomic.load', 0, control.aborted), () => f.unreachable());
    f.if(
      op('i32.eq', op('i32.add', atomic('i32.atomic.rmw.add', 0, [1], control.arrived), 1), threadCount),
      () => {
        f.push(store('i32.atomic.store', 0, 0, control.arrived));
        f.push(atomic('i32.atomic.rmw.add', 0, [1], control.generation));
        f.drop();
        f.if(load('i32.atomic.load', 0, control.barrierSleepers), () => {
          f.push(atomic('memory.atomic.notify', 0, [-1], control.generation));
          f.drop();
        });
      },
      () => {
        f.set(polls, spins);
        f.block((released) => {
          f.loop((again) => {
            f.brIf(released, op('i32.ne', current, generation));
            f.tee(polls, op('i32.sub', polls, 1));
            f.brIf(again);
            const poll = load('i32.load', 0, control.spinOnly);
            f.set(polls, 1);
            f.brIf(again, op('i32.and', op('i32.eqz', threadIndex), poll));
            f.call(sleep, generation);
            f.br(again);
          });
        });
        f.if(load('i32.atomic.load', 0, control.aborted), () => f.unreachable());
      },
    );
    return f;
  });
}

/**
 * The import `env.look` for the barriers of a module, before its first function is made. On the caller's thread it
 * throws when another has ended, which would never arrive; on the others it does nothing.
 */
export function importLook(module: ModuleBuilder): void {
  module.importFunction('env', 'look', { params: [], results: [] });
}

/**
 * Sleeps until `generation` is over. A function of its own, because the baseline compiler of V8 11.3 (Node 20) loses
 * what it holds in registers across a wait: here nothing is needed afterwards.
 */
function sleeper(module: ModuleBuilder): FunctionBuilder {
  const look = module.imported('env', 'look');
  const awake = module.func('barrier.awake', ['i32']);
  awake.push(atomic('i32.atomic.rmw.sub', 0, [1], control.barrierSleepers));
  awake.drop();
  if (look) awake.if(op('i32.eq', awake.params[0], timedOut), () => awake.call(look));
  const f = module.func('barrier.sleep', ['i32']);
  f.push(atomic('i32.atomic.rmw.add', 0, [1], control.barrierSleepers));
  f.drop();
  f.call(awake, atomic('memory.atomic.wait32', 0, [f.params[0], look ? patience : -1], control.generation));
  return f;
}
