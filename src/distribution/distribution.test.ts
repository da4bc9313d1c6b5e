import { expect, test } from 'vitest';
import * as keras from '../index.ts';
import { Tensor } from '../ir/tensor.ts';
import { abiOf, launchedProcesses, librariesFor } from './mpi/abi.ts';
import { Packing } from './packing.ts';
import { partOf, rowsOf } from './rows.ts';

const { DataParallel, DeviceMesh, LayoutMap, ModelParallel, TensorLayout } = keras.distribution;

test('one process without mpirun is all there is', () => {
  keras.distribution.initialize();
  expect(keras.distribution.listDevices()).toEqual(['cpu:0']);
  expect(keras.distribution.listDevices('gpu')).toEqual([]);
  expect(keras.distribution.getDeviceCount()).toBe(1);
  expect(() => keras.distribution.listDevices('xpu' as 'cpu')).toThrow(/no type "xpu"[\s\S]*'cpu'/);
  expect(() => keras.distribution.initialize({ numProcesses: 2 })).toThrow(/numProcesses is 2, but by MPI it is 1/);
  expect(() => keras.distribution.initialize({ jobAddresses: '10.0.0.1:1234' })).toThrow(/through MPI[\s\S]*mpirun/);
});

test('a distribution is set, asked for, and set for a block', async () => {
  expect(keras.distribution.distribution()).toBe(null);
  const parallel = new DataParallel();
  expect([parallel.numProcesses, parallel.dataShardId, parallel.numModelReplicas]).toEqual([1, 0, 1]);
  expect(parallel.getDataLayout([4, 8]).axes).toEqual(['batch', null]);
  expect(parallel.getVariableLayout(new keras.Variable([1, 2])).axes).toEqual([null]);
  const model = new keras.Sequential([keras.Input({ shape: [1] }), new keras.layers.Dense({ units: 1 })]);
  model.compile({ loss: 'mse' });
  await parallel.scope().run(async () => {
    expect(keras.distribution.distribution()).toBe(parallel);
    await model.fit([[1], [2]], [[1], [2]], { verbose: 0 });
    expect(keras.distribution.distribution()).toBe(parallel);
  });
  expect(keras.distribution.distribution()).toBe(null);
  expect(() =>
    parallel.scope().run(() => {
      throw new Error('within');
    }),
  ).toThrow('within');
  expect(keras.distribution.distribution()).toBe(null);
  keras.distribution.setDistribution(parallel);
  expect(keras.distribution.distribution()).toBe(parallel);
  keras.distribution.setDistribution(null);
  expect(() => keras.distribution.setDistribution({} as never)).toThrow(/no distribution[\s\S]*DataParallel/);
});

test('devices, meshes and layouts that do not fit are refused by name', () => {
  expect(() => new DataParallel({ devices: ['cpu:0', 'cpu:1'] })).toThrow(/cpu:1 are not those[\s\S]*mpirun -n 4/);
  expect(() => new DeviceMesh({ shape: [2], axisNames: ['batch'] })).toThrow(/2 places for 1 devices/);
  expect(() => new DeviceMesh({ shape: [1], axisNames: [] })).toThrow(/do not fit the shape/);
  const deviceMesh = new DeviceMesh({ shape: [1, 1], axisNames: ['batch', 'model'] });
  expect(() => new TensorLayout(['x'], { deviceMesh })).toThrow(/no axis "x"[\s\S]*batch, model/);
  expect(() => new ModelParallel()).toThrow(/Keras on JAX/);
  const whole = new TensorLayout([null]);
  expect(keras.distribution.distributeTensor([1, 2], whole).shape).toEqual([2]);
});

test('a layout map finds layouts by expressions, and refuses doubts', () => {
  const deviceMesh = new DeviceMesh({ shape: [1, 1], axisNames: ['batch', 'model'] });
  const map = new LayoutMap(deviceMesh);
  map.set('dense.*kernel', [null, 'model']).set('conv.*kernel', new TensorLayout([null]));
  expect(map.get('my_model/dense_1/kernel')?.axes).toEqual([null, 'model']);
  expect(map.get('my_model/dense_1/kernel')?.deviceMesh).toBe(deviceMesh);
  expect(map.get('dense_1/bias')).toBe(undefined);
  expect(() => map.get('dense/conv/kernel')).toThrow(/fits several keys: "dense\.\*kernel", "conv\.\*kernel"/);
  expect(() => map.set('dense.*kernel', [null])).toThrow(/already/);
  expect([...map.keys()]).toEqual(['dense.*kernel', 'conv.*kernel']);
  expect([map.delete('conv.*kernel'), map.size]).toEqual([true, 1]);
});

test('the library of MPI is the one whose launcher started the process', () => {
  expect(launchedProcesses({})).toBe(undefined);
  expect(launchedProcesses({ PMI_SIZE: '4', PMI_RANK: '0' })).toBe(4);
  expect(launchedProcesses({ OMPI_COMM_WORLD_SIZE: '2' })).toBe(2);
  // In a batch script of Slurm, before srun.
  expect(launchedProcesses({ SLURM_NTASKS: '8' })).toBe(undefined);
  expect(launchedProcesses({ SLURM_NTASKS: '8', PMIX_RANK: '0' })).toBe(8);
  expect(librariesFor({ OMPI_COMM_WORLD_SIZE: '2' })[0]).toBe('libmpi.so.40');
  expect(librariesFor({ PMI_SIZE: '2' })[0]).toBe('libmpich.so.12');
  expect(librariesFor({ HORNBEAM_MPI: '/opt/libmpi.so' })).toEqual(['/opt/libmpi.so']);
  const none = (): boolean => false;
  expect(abiOf('libmpi.so.40', (name) => name === 'ompi_mpi_comm_world', 'Open MPI v4.1.4')?.name).toBe('Open MPI');
  expect(abiOf('libmpi.so.12', none, 'Intel(R) MPI Library 2021.9')?.name).toBe('MPICH');
  expect(abiOf('/opt/libmpi_abi.so.0', none, 'MPICH Version: 5.0')?.name).toBe('MPI 5');
  expect(abiOf('libmpi.so', none, 'Another MPI')).toBe(undefined);
});

test.each([
  [10, 4],
  [3, 4],
  [1, 2],
  [32, 1],
])('%i rows on %i ranks: each row once, in order, and no rank has two more than another', (size, ranks) => {
  const parts = Array.from({ length: ranks }, (_, rank) => rowsOf(rank, ranks, size));
  expect(parts[0]![0]).toBe(0);
  expect(parts.at(-1)![1]).toBe(size);
  for (let k = 1; k < ranks; k++) expect(parts[k]![0]).toBe(parts[k - 1]![1]);
  const counts = parts.map(([from, to]) => to - from);
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
});

test('a part of a batch has its rows of everything, on the device or not', async () => {
  const onDevice = keras.ops.add(keras.tensor([[1], [2], [3]]), 0);
  const batch = {
    x: { a: onDevice, b: keras.tensor([5, 6, 7]) },
    y: keras.tensor(2),
    sampleWeight: undefined,
    size: 3,
  };
  const { x, y, size } = partOf(batch, 1, 3) as { x: Record<'a' | 'b', Tensor>; y: Tensor; size: number };
  expect(await x.a.array()).toEqual([[2], [3]]);
  expect(await x.b.array()).toEqual([6, 7]);
  expect([await y.item(), size]).toEqual([2, 2]);
});

test('tensors come out of buckets as they went in, large ones in buckets of their own', async () => {
  const given = [
    keras.tensor([
      [1, 2],
      [3, 4],
    ]),
    keras.tensor(5),
    keras.tensor([7, 8], { dtype: 'int32' }),
    keras.tensor([0.5], { dtype: 'float16' }),
    keras.random.uniform([64, 32], { seed: 1 }),
    keras.tensor([1]),
    ...Array.from({ length: 14 }, (_, k) => keras.tensor([k, k])),
  ];
  const packing = new Packing(given);
  const buckets = packing.pack(given);
  expect(buckets.map(({ dtype, shape }) => [dtype, ...shape])).toEqual([
    ['float32', 4 + 1 + 2 + 1 + 1 + 22],
    ['float32', 2048],
    ['float32', 6],
  ]);
  const back = packing.unpack(buckets);
  const shown = (t: Tensor): Promise<unknown> => t.data().then((data) => [t.dtype, t.shape, [...data]]);
  expect(await Promise.all(back.map(shown))).toEqual(await Promise.all(given.map(shown)));
});
