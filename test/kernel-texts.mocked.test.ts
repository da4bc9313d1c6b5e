import { expect, test, vi } from 'vitest';
import { compile } from '../src/compiler/compile.ts';
import { threadsTarget } from '../src/compiler/threads-target.ts';
import { hasKernel } from '../src/devices/wasm/emit/contraction.ts';
import { emitProgram } from '../src/devices/wasm/emit/program.ts';
import type { Program } from '../src/ir/program.ts';
import { kernelPrograms } from './kernel-programs.ts';
import { functionsOf } from './wasm-text.ts';

// The texts are those of an engine that multiplies and adds in one instruction, wherever the test runs.
vi.mock('../src/devices/wasm/features.ts', async (original) => {
  const real = await original<typeof import('../src/devices/wasm/features.ts')>();
  return { ...real, features: () => ({ relaxedMadd: true, fused: true }) };
});

/** Programs whose kernels are given in full. Of the others a function is a line: its size and a digest of its text. */
const inFull = new Set(['softmax', 'reductions']);

function textOf(name: string, program: Program): string {
  const plan = compile(program, threadsTarget(4, hasKernel, 0));
  const { code } = emitProgram(plan, { initial: 1, maximum: 16, shared: true }, 4);
  const functions = functionsOf(code).filter((f) => f.name !== 'barrier');
  const texts = functions.map(({ name: called, signature, bytes, locals, lines }) => {
    const head = `${called} ${signature}: ${bytes} bytes, locals ${locals || 'none'}`;
    return inFull.has(name) ? [head, ...lines.map((line) => `  ${line}`)].join('\n') : `${head}, ${digest(lines)}`;
  });
  return `${code.length} bytes\n${texts.join('\n')}\n`;
}

/** 32 bits that tell texts apart (FNV-1a). */
function digest(lines: readonly string[]): string {
  let hash = 0x811c9dc5;
  for (const line of lines) for (const c of `${line}\n`) hash = Math.imul(hash ^ c.charCodeAt(0), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

test.each(Object.entries(kernelPrograms))('the kernels of %s have the text that is known', async (name, program) => {
  await expect(textOf(name, program())).toMatchFileSnapshot(`data/kernels/${name}.txt`);
});
