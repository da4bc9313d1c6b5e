import { afterAll, describe, expect, it } from 'vitest';
import { makeProgram, type Program } from '../../ir/program.ts';
import { Tensor } from '../../ir/tensor.ts';
import { add, broadcast, full, lt, reshape, whileLoop } from '../../primitives/index.ts';
import { acquire } from './adapter.ts';
import { testDevice } from './testing.ts';

const device = await testDevice();
const small = await testDevice({ bufferBytes: 1 << 16 });
const narrow = await testDevice({ workgroups: 4 });
const single = await testDevice({ bindings: 1 });
// Software GPUs have no memory for their largest buffer; a real one's is not ours to fill.
const other = device && (await acquire());
other?.device.destroy();
afterAll(() => {
  device?.close();
  small?.close();
  narrow?.close();
  single?.close();
});
const vector = (n: number): Tensor => new Tensor({ shape: [n], dtype: 'float32' });
/** One number, grown to so many. */
function grown(n: number): Program {
  const x = vector(1);
  return makeProgram('grow', [x], [broadcast(reshape(add(x, x), { shape: [] }), { shape: [n], axes: [] })]);
}
function counting(): Program {
  const scalar = (value: number): Tensor => full({ shape: [], dtype: 'int32', value });
  const start = new Tensor({ shape: [], dtype: 'int32' });
  const [end] = whileLoop(
    ([x]) => lt(x!, scalar(1000)),
    ([x]) => [add(x!, scalar(1))],
    [start],
  );
  return makeProgram('count', [start], [end!]);
}

describe.runIf(device && small)('what a GPU cannot hold or do', () => {
  it('names an uploaded array that is larger than a buffer may be', () => {
    expect(() => small!.upload(new Float32Array(20000), 'float32')).toThrow(
      /an array of 20000 elements \(float32\) takes 80000 bytes, but this GPU's buffers have at most 65536\n {2}Fix: use smaller/,
    );
    expect(small!.bytesInUse).toBe(0);
  });

  it('names a result that is larger, before anything runs', () => {
    expect(() => small!.compile(grown(20000))).toThrow(/output 0 of "grow" \(float32\(20000,\)\) takes 80000 bytes/);
    expect(small!.bytesInUse).toBe(0);
  });

  it('names the kernel that needs more workgroups than there are, and its largest array', () => {
    expect(() => narrow!.compile(grown(16000))).toThrow(
      /the kernel ".*" of "grow" \(its largest array: float32\(16000,\)\) needs .* workgroups.*at most 4 along a dimension/,
    );
  });

  it('names the kernel that touches more arrays than it can be given', () => {
    expect(() => single!.compile(grown(4))).toThrow(
      /the kernel ".*" of "grow" \(its largest array: float32\(4,\)\) touches 2 arrays, but this GPU's kernels bind at most 1/,
    );
  });

  it.runIf(other?.gpu.isSoftware)(
    'rejects the next await when there is no memory left, names the array, and goes on after that',
    async () => {
      const x = device!.upload(Float32Array.of(3), 'float32');
      const large = device!.compile(grown(1 << 28));
      const [first] = large.run([x]);
      await expect(device!.download(x, vector(1))).rejects.toThrow(
        /no memory left for the 1073741824 bytes of output 0 of "grow" \(float32\(268435456,\)\)\n {2}Fix: use smaller/,
      );
      // The array stays unknown; what does not need it can be had.
      await expect(device!.download(first!, vector(1 << 28))).rejects.toThrow(/no memory left/);
      device!.free(first!);
      const [y] = device!.compile(grown(4)).run([x]);
      expect(Array.from(await device!.download(y!, vector(4)))).toEqual([6, 6, 6, 6]);
      device!.free(x);
      device!.free(y!);
      expect(device!.bytesInUse).toBe(0);
    },
  );

  it('rejects all that waits for a GPU that is lost, also in a loop', async () => {
    const lost = (await testDevice())!;
    const looping = lost.compile(counting());
    const start = lost.upload(Int32Array.of(0), 'int32');
    const [end] = looping.run([start]);
    const waiting = [start, end!].map((buffer) => lost.download(buffer, { shape: [], dtype: 'int32' }));
    lost.close();
    for (const { status, reason } of (await Promise.allSettled(waiting)) as PromiseRejectedResult[]) {
      expect(status).toBe('rejected');
      expect(reason.message).toMatch(/the GPU was lost.*\n {2}Fix: call config\.setDevice\('webgpu'\) again/);
    }
    expect(() => looping.run([start])).toThrow(/the GPU was lost/);
  });
});
