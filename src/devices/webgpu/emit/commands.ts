import { fail } from '../../../base/errors.ts';
import { sizeOf } from '../../../base/shape.ts';
import type { Home, LoopStep, Plan, Step } from '../../../compiler/plan.ts';
import { contractionLoops } from '../../../compiler/schedule/contraction-loops.ts';
import { asTurns } from '../../../compiler/schedule/turns.ts';
import type { Region } from '../../../ir/expr.ts';
import { type Aval, showAval } from '../../../ir/tensor.ts';
import type { Dispatch, EmitContext, Gpu } from '../dispatch.ts';
import { bytesOf, storedBytes } from '../elements.ts';
import { loopKernel } from './loops.ts';
import { type Part, packed } from './packing.ts';

/** A buffer of a run: one of its inputs, outputs or slots, or a constant of the program. */
export type Place =
  | { readonly kind: 'input' | 'output' | 'slot'; readonly index: number }
  | { readonly kind: 'constant'; readonly region: Region };

/** What a program does on the queue, in order. */
export type Command =
  | {
      readonly kind: 'dispatch';
      /** The number of the kernel in `explain()`; undefined for auxiliary dispatches. */
      readonly kernel: number | undefined;
      readonly dispatch: Dispatch;
      readonly places: readonly Place[];
    }
  | {
      readonly kind: 'copy';
      readonly from: Place;
      readonly fromByte: number;
      readonly to: Place;
      readonly toByte: number;
      readonly bytes: number;
    }
  | { readonly kind: 'repeat'; readonly times: number; readonly body: readonly Command[] }
  /** The host reads `test` and decides. */
  | {
      readonly kind: 'while';
      readonly condition: readonly Command[];
      readonly test: Place;
      readonly body: readonly Command[];
    }
  | { readonly kind: 'switch'; readonly index: Place; readonly branches: readonly (readonly Command[])[] };

/** Each iteration of a contraction's loops is an invocation. */
const turns = { vectorWidth: 1, dealing: 'turns', asTurns, workers: 1 } as const;

/** A device's own kernels, tried before generic loops. */
export type OwnKernels = (step: Step, context: EmitContext) => readonly Dispatch[] | undefined;

/** The commands of a plan, and the size in bytes of each slot they use. */
export function commandsOf(plan: Plan, gpu: Gpu, own: OwnKernels): { commands: Command[]; slots: readonly number[] } {
  return new Commands(plan, gpu, own).all();
}

class Commands implements EmitContext {
  readonly gpu: Gpu;
  private readonly plan: Plan;
  private readonly own: OwnKernels;
  private readonly slots: number[];
  private readonly extra = new Map<Region, Home>();
  /** How many scratch slots, behind those of the plan, this step has used so far; other steps reuse them. */
  private used = 0;
  private kernels = 0;

  constructor(plan: Plan, gpu: Gpu, own: OwnKernels) {
    this.plan = plan;
    this.gpu = gpu;
    this.own = own;
    this.slots = [...plan.scratch];
  }

  all(): { commands: Command[]; slots: readonly number[] } {
    return { commands: this.list(this.plan.steps), slots: this.slots };
  }

  readonly placeOf = (region: Region): unknown => {
    const home = this.homeOf(region);
    return home.kind === 'constant' ? region : `${home.kind} ${(home as { index: number }).index}`;
  };

  readonly scratch = ({ shape, dtype }: Aval): Region => {
    const region: Region = { name: 'scratch', shape: [sizeOf(shape)], dtype };
    const index = this.plan.scratch.length + this.used++;
    this.slots[index] = Math.max(this.slots[index] ?? 0, bytesOf(region, this.gpu));
    this.extra.set(region, { kind: 'slot', index });
    return region;
  };

  private homeOf(region: Region): Home {
    return this.extra.get(region) ?? this.plan.homes.get(region)!;
  }

  private place(region: Region): Place {
    const home = this.homeOf(region);
    return home.kind === 'constant' ? { kind: 'constant', region } : (home as Place);
  }

  private list(steps: readonly Step[]): Command[] {
    return steps.flatMap((step) => {
      this.used = 0;
      return this.commands(step);
    });
  }

  private commands(step: Step): Command[] {
    switch (step.kind) {
      case 'copy':
        return this.copy(step.from, 0, step.to, 0, sizeOf(step.from.shape));
      case 'loops':
      case 'contraction': {
        const kernel = this.kernels++;
        const own = this.own(step, this);
        if (own) return own.map((d) => this.dispatch(d, kernel));
        return this.loops(step.kind === 'loops' ? step : contractionLoops(step, turns), kernel);
      }
      case 'while':
        return [
          {
            kind: 'while',
            condition: this.list(step.condition),
            test: this.place(step.test),
            body: this.list(step.body),
          },
        ];
      case 'switch':
        return [
          { kind: 'switch', index: this.place(step.index), branches: step.branches.map((steps) => this.list(steps)) },
        ];
      case 'repeat': {
        const counter = this.dispatch(counterKernel(step.counter, 'counter[0] + 1'), undefined);
        return [
          this.dispatch(counterKernel(step.counter, '0'), undefined),
          { kind: 'repeat', times: step.times, body: [...this.list(step.body), counter] },
        ];
      }
    }
  }

  get arrays(): number {
    return this.gpu.bindings;
  }
  readonly bytesOf = (region: Region): number => bytesOf(region, this.gpu);

  private loops(loops: LoopStep, kernel: number): Command[] {
    const { step, before, after } = packed(loops, this);
    const move = ({ region, within, offset }: Part, isIn: boolean): Command[] => {
      const count = sizeOf(region.shape);
      return isIn ? this.copy(region, 0, within, offset, count) : this.copy(within, offset, region, 0, count);
    };
    return [
      ...before.flatMap((part) => move(part, true)),
      this.dispatch(loopKernel(step, this), kernel),
      ...after.flatMap((part) => move(part, false)),
    ];
  }

  private copy(from: Region, fromAt: number, to: Region, toAt: number, count: number): Command[] {
    const size = storedBytes(from.dtype, this.gpu);
    // Copies consist of whole words, and buffers are padded to whole words.
    const bytes = Math.ceil((count * size) / 4) * 4;
    if (bytes === 0) return [];
    return [
      {
        kind: 'copy',
        from: this.place(from),
        fromByte: fromAt * size,
        to: this.place(to),
        toByte: toAt * size,
        bytes,
      },
    ];
  }

  private dispatch(dispatch: Dispatch, kernel: number | undefined): Command {
    expectFits(dispatch, this.plan.name, this.gpu);
    return { kind: 'dispatch', kernel, dispatch, places: dispatch.bindings.map(({ region }) => this.place(region)) };
  }
}

/** Refuses what exceeds the GPU's limits for one dispatch. */
function expectFits({ name, bindings, workgroups }: Dispatch, program: string, gpu: Gpu): void {
  const largest = bindings.map((b) => b.region).sort((a, b) => sizeOf(b.shape) - sizeOf(a.shape))[0];
  const who = `the kernel "${name}" of "${program}"${largest ? ` (its largest array: ${showAval(largest)})` : ''}`;
  const refuse = (problem: string, fix: string): never => fail('webgpu device', `${who} ${problem}`, fix);
  if (bindings.length > gpu.bindings)
    refuse(
      `touches ${bindings.length} arrays, but this GPU's kernels bind at most ${gpu.bindings}`,
      "do it in several calls, or config.setDevice('wasm')",
    );
  if (Math.max(...workgroups) > gpu.workgroups)
    refuse(
      `needs ${workgroups.join(' × ')} workgroups, but this GPU runs at most ${gpu.workgroups} along a dimension`,
      "use smaller arrays or batches, or config.setDevice('wasm')",
    );
}

/** Sets the iteration counter of a loop. */
const counterKernel = (region: Region, value: string): Dispatch => ({
  name: 'round',
  code: `@group(0) @binding(0) var<storage, read_write> counter: array<i32>;
@compute @workgroup_size(1)
fn main() { counter[0] = ${value}; }
`,
  bindings: [{ region, access: 'read_write' }],
  workgroups: [1, 1, 1],
});
