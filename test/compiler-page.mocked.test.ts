import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { describeKernel } from '../src/codegen/kernel-key.ts';
import { linearKernel } from '../src/codegen/linear/linearize.ts';
import { linearText } from '../src/codegen/linear/text.ts';
import { Lowering } from '../src/codegen/lowering.ts';
import { explain } from '../src/compiler/check/explain.ts';
import { programText, statementsText } from '../src/compiler/check/text.ts';
import { compile } from '../src/compiler/compile.ts';
import type { ContractionStep, LoopStep } from '../src/compiler/plan.ts';
import { threadsTarget } from '../src/compiler/threads-target.ts';
import { hasKernel, tailPiece } from '../src/devices/wasm/emit/contraction.ts';
import { emitProgram } from '../src/devices/wasm/emit/program.ts';
import { machine } from '../src/devices/wasm/emit/target.ts';
import { store } from '../src/ir/loops.ts';
import { convolution, softmax } from './kernel-programs.ts';
import { functionsOf } from './wasm-text.ts';

// The page shows an engine that multiplies and adds in one instruction.
vi.mock('../src/devices/wasm/features.ts', async (original) => {
  const real = await original<typeof import('../src/devices/wasm/features.ts')>();
  return { ...real, features: () => ({ relaxedMadd: true, fused: true }) };
});

const threads = 2;
const target = threadsTarget(threads, hasKernel, 0);
const functions = (plan: ReturnType<typeof compile>) =>
  functionsOf(emitProgram(plan, { initial: 1, maximum: 16, shared: true }, threads).code);

/** The texts of the page, by the names that stand before its blocks. */
function texts(): Record<string, string> {
  const small = softmax(6, 12);
  const rows = compile(small, target);
  const { body } = rows.steps[0] as LoopStep;
  const lowering = new Lowering(rows.algebra);
  const lowered = lowering.kernel(body, machine().lanes);
  const { regions } = describeKernel(lowered);
  const linear = linearKernel(lowered, regions, { lowering, target: machine(), isDealt: true });

  const images = convolution();
  const plan = compile(images, target);
  const step = plan.steps[0] as ContractionStep;
  const tail = step.stores.map((s) => store(s.to, s.index, s.value));
  const all = functions(plan);
  return {
    'softmax program': programText(small),
    'softmax plan': explain(rows),
    'softmax loops': statementsText(body),
    'softmax registers': linearText(linear),
    'softmax WebAssembly': functions(rows)
      .filter(({ name }) => name.startsWith('reduceMax'))
      .map(({ lines: list }) => list.join('\n'))
      .join('\n'),
    'convolution program': programText(images),
    'convolution plan': explain(plan),
    'convolution tail': statementsText(tail),
    'convolution registers': linearText(tailPiece(step, plan.algebra)),
    'convolution functions': all
      .filter(({ name }) => !name.startsWith('barrier'))
      .map(({ name, signature, bytes }) => `${name} ${signature}: ${bytes} bytes`)
      .join('\n'),
    'convolution WebAssembly': all
      .flatMap(({ lines }) => lines)
      .find((line) => line.includes('f32x4.pmax'))!
      .trim(),
  };
}

test('the page of the compiler shows what the compiler does', async () => {
  const known = texts();
  const page = readFileSync(new URL('../docs/compiler.md', import.meta.url), 'utf8');
  const shown: string[] = [];
  const filled = page.replaceAll(/(<!-- text: (.*?) -->\n\n```text\n).*?(```\n)/gs, (_, head, name, end) => {
    shown.push(name);
    return `${head}${known[name] ?? `nothing is called "${name}"`}\n${end}`;
  });
  expect(shown.toSorted()).toEqual(Object.keys(known).toSorted());
  await expect(filled).toMatchFileSnapshot('../docs/compiler.md');
});
