/**
 * How fast are a product of 1024 and a 3x3 convolution on one thread, and how near is that to what the core can do? After
 * `npm run build`: `node bench/native/operations.mjs [rounds]`. The devices take turns, and so does a loop of nothing but
 * multiply-adds of the widest vectors.
 */
import { loadavg } from 'node:os';
import { Assembler } from '../../dist/devices/native/encoder/assembler.js';
import { x86 } from '../../dist/devices/native/encoder/instructions.js';
import { at, rax, rdi, vectorRegister } from '../../dist/devices/native/encoder/operands.js';
import { placeCode } from '../../dist/devices/native/memory/code-memory.js';
import { vectorWidth } from '../../dist/devices/native/memory/features.js';
import { foreign } from '../../dist/devices/native/memory/foreign.js';
import { median, table } from '../table.mjs';

process.env.HORNBEAM_THREADS = '1';
const keras = await import('../../dist/node/index.js');
const rounds = Number(process.argv[2] ?? 15);
const random = (shape) => keras.random.uniform(shape, { minval: -1, maxval: 1 });
const { ops } = keras;

/** Twelve sums that do not wait for each other, so many times. */
function multiplyAdds(turns) {
  const a = new Assembler();
  const lanes = vectorWidth();
  const length = 32 * lanes;
  const sums = Array.from({ length: 12 }, (_, k) => vectorRegister(k + 2));
  for (const v of [vectorRegister(0), vectorRegister(1), ...sums])
    a.instruction({ encoding: x86.vpxor, a: v, v, m: v, length: length === 512 ? 256 : length });
  a.general('mov', { a: rax, m: at(rdi) });
  const again = a.length;
  for (const sum of sums)
    a.instruction({ encoding: x86.vfmadd231ps, a: sum, v: vectorRegister(0), m: vectorRegister(1), length });
  a.general('subNumber', { m: rax, immediate: 1 });
  a.raw(0x0f, 0x85);
  const back = again - (a.length + 4);
  a.raw(back & 255, (back >> 8) & 255, (back >> 16) & 255, (back >> 24) & 255);
  a.instruction({ encoding: x86.vzeroupper });
  a.general('ret', {});
  const entry = foreign().entry(placeCode(a.build()).address);
  return { run: () => entry(Uint32Array.of(turns, 0)), flops: turns * 12 * lanes * 2 };
}

const cases = {
  'product 1024': { flops: 2 * 1024 ** 3, make: () => [ops.matmul, random([1024, 1024]), random([1024, 1024])] },
  'convolution 3x3, 16x56x56x64': {
    flops: 2 * 16 * 56 * 56 * 64 * 64 * 9,
    make: () => [(x, w) => ops.conv(x, w, { padding: 'same' }), random([16, 56, 56, 64]), random([3, 3, 64, 64])],
  },
};
const ways = [];
const loop = multiplyAdds(4_000_000);
ways.push({ name: 'multiply-adds alone', flops: loop.flops, run: loop.run, times: [] });
for (const device of ['wasm', 'native'])
  for (const [name, { flops, make }] of Object.entries(cases)) {
    await keras.config.setDevice(device);
    const [f, ...given] = make();
    const run = keras.jit(f);
    ways.push({ name: `${name} on ${device}`, device, flops, run: () => run(...given).dispose(), times: [] });
  }
for (let round = -2; round < rounds; round++)
  for (const { device, run, times } of ways) {
    if (device) await keras.config.setDevice(device);
    const start = performance.now();
    run();
    if (round >= 0) times.push(performance.now() - start);
  }
const rows = ways.map(({ name, flops, times }) => {
  const least = Math.min(...times);
  return [name, ...[least, median(times)].map((ms) => ms.toPrecision(3)), (flops / least / 1e6).toFixed(1)];
});
console.log(`load ${loadavg()[0].toFixed(1)}\n`);
console.log(table(['one thread', 'min ms', 'median', 'GFLOP/s at the least'], rows));
process.exit(0);
