import { expect, it } from 'vitest';
import { compiling } from './content-policy.ts';
import { HornbeamError } from './errors.ts';

const refused = [
  "WebAssembly.Module(): Refused to compile or instantiate WebAssembly module because 'unsafe-eval' is not an allowed source of script in the following Content Security Policy directive: \"script-src 'self'\"",
  'call to WebAssembly.Module() blocked by CSP',
  'WebAssembly.instantiate(): Wasm code generation disallowed by embedder',
];

it.each(refused)('names the directive that allows WebAssembly: %s', async (message) => {
  const raise = (): never => {
    throw new WebAssembly.CompileError(message);
  };
  expect(() => compiling('wasm device', raise)).toThrow(
    /^wasm device: .*forbidden here[\s\S]*'wasm-unsafe-eval'.*script-src/,
  );
  await expect(compiling('plotModel', async () => raise())).rejects.toThrow(HornbeamError);
});

it('lets other errors and results through', async () => {
  const bytes = new Uint8Array([1, 2, 3]);
  expect(() => compiling('x', () => new WebAssembly.Module(bytes))).toThrow(WebAssembly.CompileError);
  await expect(compiling('x', () => WebAssembly.compile(bytes))).rejects.toThrow(WebAssembly.CompileError);
  expect(await compiling('x', async () => 1)).toBe(1);
});
