import { Algebra } from '../../../algebra/algebra.ts';
import { loadsOf } from '../../../algebra/cost.ts';
import { identityOf } from '../../../algebra/fold.ts';
import { eachStatement, expressionsOf } from '../../../algebra/statements.ts';
import type { LoopStep } from '../../../compiler/plan.ts';
import type { Axis, Combine, Local } from '../../../ir/expr.ts';
import type { Stmt } from '../../../ir/loops.ts';
import type { Dispatch, EmitContext } from '../dispatch.ts';
import { combined, wgslType } from '../emit/expression.ts';
import { declareLocals, write } from '../emit/loops.ts';
import { fitsBindings, KernelText } from './kernel-text.ts';

type For = Stmt & { readonly op: 'for' };
/** One statement of a row: executed by every lane alike, or a loop whose iterations the lanes share. */
type Part = { readonly kind: 'row'; readonly statement: Stmt } | (Shared & { readonly kind: 'loop' });
interface Shared {
  /** The loops around the shared one, run by every lane. */
  readonly around: readonly Axis[];
  readonly loop: For;
  readonly sums: readonly { readonly local: Local; readonly combine: Combine }[];
  readonly stores: boolean;
}
interface Rows {
  readonly axes: readonly Axis[];
  readonly parts: readonly Part[];
}

/** A loop of at least this many iterations is shared by several lanes. */
const worthLanes = 32;
const threads = 256;

/**
 * Reductions, softmax, normalisation and anything else with loops over each of many rows: several lanes of a workgroup
 * share the iterations of these loops and then combine their partial results. Undefined for steps of another form.
 */
export function rowKernel(step: LoopStep, context: EmitContext): Dispatch | undefined {
  if (context.gpu.isSoftware || context.gpu.threads < threads || !fitsBindings(step, context)) return undefined;
  const rows = rowsOf(step);
  if (!rows) return undefined;
  const loops = rows.parts.filter((p) => p.kind === 'loop');
  const longest = Math.max(0, ...loops.map((p) => p.loop.axis.size));
  const count = rows.axes.reduce((n, a) => n * a.size, 1);
  if (longest < worthLanes || !loops.some((p) => p.sums.length > 0)) return undefined;
  const isAlong = runsAlong(loops.map((p) => p.loop));
  // Consecutive lanes read neighbouring elements: of one row, or else of the same position in neighbouring rows.
  const lanes = isAlong ? (longest >= 1024 ? 256 : longest >= 256 ? 64 : 32) : 8;
  if (!isAlong && count >= 1 << 16) return undefined;
  const together = threads / lanes;

  const text = new KernelText(context);
  const need = (helper: string): void => text.need(helper);
  text.line(isAlong ? `let own = lane % ${lanes}u;` : `let own = lane / ${together}u;`);
  text.line(isAlong ? `let slot = lane / ${lanes}u;` : `let slot = lane % ${together}u;`);
  text.line(`let place = group * ${together}u + slot;`);
  // Lanes without a row compute the last one again, since all must meet at barriers, but store nothing.
  text.line(`let isIn = place < ${count}u;`);
  text.line(`let row = min(place, ${count - 1}u);`);
  let inner = count;
  for (const axis of rows.axes) {
    inner /= axis.size;
    text.line(`let ${text.nameOfAxis(axis)}: i32 = i32(row / ${inner}u % ${axis.size}u);`);
  }
  declareLocals(
    rows.parts.flatMap((p) => (p.kind === 'row' ? [p.statement] : [p.loop])),
    text,
  );
  const shared = new Map<string, string>();
  const meet = (): void => {
    text.line('storageBarrier();');
    text.line('workgroupBarrier();');
  };
  for (const part of rows.parts) {
    if (part.kind === 'row') {
      const isStore = part.statement.op === 'store';
      if (isStore) {
        meet();
        text.line('if (isIn & (own == 0u)) {');
      }
      write([part.statement], text);
      if (isStore) {
        text.line('}');
        meet();
      }
      continue;
    }
    const { loop, around, sums } = part;
    if (part.stores) meet();
    for (const axis of around) {
      const i = text.nameOfAxis(axis);
      text.line(`for (var ${i}: i32 = 0; ${i} < ${axis.size}; ${i}++) {`);
    }
    const i = text.nameOfAxis(loop.axis);
    text.line(`for (var ${i}: i32 = i32(own); ${i} < ${loop.axis.size}; ${i} += ${lanes}) {`);
    const guarded: readonly Stmt[] = loop.body;
    writeGuarded(guarded, text);
    text.line('}');
    for (const _ of around) text.line('}');
    if (part.stores) meet();
    for (const { local, combine } of sums) {
      const type = wgslType(local.type);
      const array = `joined_${type}`;
      shared.set(array, `var<workgroup> ${array}: array<${type}, ${threads}>;`);
      const [name, at] = [text.nameOfLocal(local), isAlong ? 'lane' : `own * ${together}u + slot`];
      const stride = isAlong ? 1 : together;
      text.line(`${array}[${at}] = ${name};`);
      text.line('workgroupBarrier();');
      text.line(`for (var half = ${lanes / 2}u; half > 0u; half = half / 2u) {`);
      text.line('if (own < half) {');
      const other = `${array}[${at} + half * ${stride}u]`;
      text.line(`${array}[${at}] = ${combined(combine, local.type, `${array}[${at}]`, other, need)};`);
      text.line('}');
      text.line('workgroupBarrier();');
      text.line('}');
      text.line(`${name} = ${array}[${isAlong ? `slot * ${lanes}u` : 'slot'}];`);
      text.line('workgroupBarrier();');
    }
  }
  return text.dispatch(step.info.name, {
    threads,
    groups: Math.ceil(count / together),
    declarations: [...shared.values()],
  });
}

/** The statements of a shared loop; lanes without a row do not store. */
function writeGuarded(list: readonly Stmt[], text: KernelText): void {
  for (const s of list) {
    if (s.op === 'store') text.line('if (isIn) {');
    write([s], text);
    if (s.op === 'store') text.line('}');
  }
}

function rowsOf({ body: whole }: LoopStep): Rows | undefined {
  const axes: Axis[] = [];
  let body = whole;
  while (body.length === 1 && body[0].op === 'for' && body[0].mode === 'parallel') {
    axes.push(body[0].axis);
    body = body[0].body;
  }
  const parts: Part[] = [];
  const starts = new Map<Local, number | undefined>();
  for (const s of body) {
    if (s.op === 'set') starts.set(s.local, s.value.op === 'const' ? s.value.value : undefined);
    if (s.op === 'set' || (s.op === 'store' && !s.combine)) {
      parts.push({ kind: 'row', statement: s });
      continue;
    }
    const shared = s.op === 'for' ? sharedLoop(s) : undefined;
    // Every lane starts from the initial value, so it must be the identity, or it would count several times.
    if (!shared?.sums.every(({ local, combine }) => Object.is(starts.get(local), identityOf(combine, local.type))))
      return undefined;
    for (const { local } of shared.sums) starts.set(local, undefined);
    parts.push({ kind: 'loop', ...shared });
  }
  return { axes, parts };
}

function sharedLoop(s: For): Shared | undefined {
  const around: Axis[] = [];
  let loop = s;
  while (loop.mode === 'serial' && loop.body.length === 1 && loop.body[0].op === 'for') {
    around.push(loop.axis);
    loop = loop.body[0] as For;
  }
  if (loop.mode !== 'vector') return undefined;
  const sums: { local: Local; combine: Combine }[] = [];
  for (const x of loop.body) {
    if (x.op === 'accumulate') {
      if (sums.some(({ local }) => local === x.local)) return undefined;
      sums.push({ local: x.local, combine: x.combine });
    } else if (x.op === 'store' ? x.combine : x.op !== 'set') return undefined;
  }
  return { around, loop, sums, stores: loop.body.some((x) => x.op === 'store') };
}

/** Whether most loads are contiguous along the loops. */
function runsAlong(loops: readonly For[]): boolean {
  const algebra = new Algebra();
  let [along, across] = [0, 0];
  for (const { axis, body } of loops)
    eachStatement(body, (s) => {
      for (const e of expressionsOf(s))
        for (const { index } of loadsOf(e)) {
          const { terms } = algebra.form(algebra.simplify(index[0]));
          for (const [x, step] of terms)
            if (x.op === 'index' && x.axis === axis) {
              if (Math.abs(step) === 1) along++;
              else across++;
            }
        }
    });
  return along >= across;
}
