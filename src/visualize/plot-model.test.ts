import { expect, test, vi } from 'vitest';
import { Input } from '../layers/core/input-layer.ts';
import * as layers from '../layers/index.ts';
import { Layer } from '../layers/layer/layer.ts';
import { Model } from '../models/index.ts';
import { add, exp, mish, multiply } from '../ops/index.ts';
import type { Tensor } from '../tensor/index.ts';
import { callsOf } from '../tensor/index.ts';
import { plotImageGallery } from './gallery.ts';
import { modelGraph, opsWithin } from './model-graph.ts';
import { modelToDot } from './model-to-dot.ts';
import { dotToSvg, plotModel } from './plot-model.ts';

class Residual extends Layer {
  static override readonly className = 'Residual';
  readonly dense: Layer = new layers.Dense({ units: 4, name: 'inner' });
  override call(x: Tensor): Tensor {
    return add(x, mish(this.dense(x)));
  }
}
const make = (): { model: Model; block: Residual } => {
  const inputs = Input({ shape: [4] });
  const block = new Residual({ name: 'block' });
  const outputs = new layers.Dense({ units: 2, name: 'last' })(block(inputs));
  return { model: new Model({ inputs, outputs, name: 'm' }), block };
};

test('the graph of a model shows what a custom layer computes, and leaves no trace in it', () => {
  const { model, block } = make();
  const inside = modelGraph(model).inside!.nodes.find((node) => node.name === 'block')!.inside!;
  expect(inside.nodes.map((node) => [node.id, node.kind])).toEqual([
    ['m/block/inner', 'layer'],
    ['m/block/mish', 'op'],
    ['m/block/add', 'op'],
  ]);
  expect(inside.edges.map(({ from, to }) => `${from.node} ${to.node}.${to.index}`)).toEqual([
    'm/block/inner m/block/mish.0',
    'm/block/mish m/block/add.1',
  ]);
  expect(inside.entries).toEqual([
    [
      { node: 'm/block/inner', index: 0 },
      { node: 'm/block/add', index: 0 },
    ],
  ]);
  expect(callsOf(block.dense)).toEqual([]);
  expect(modelGraph(model, { openLayers: false }).inside!.nodes[1]!.inside).toBeUndefined();
});

class Scaled extends Layer {
  static override readonly className = 'Scaled';
  readonly logScale = this.addWeight({ name: 'log_scale', shape: [4] });
  override call(x: Tensor): Tensor {
    return mish(multiply(x, exp(this.logScale)));
  }
}

test('layers that compute with their weights before these meet the input open as well', () => {
  const inputs = Input({ shape: [4] });
  const outputs = new layers.BatchNormalization({ name: 'norm' })(new Scaled({ name: 'scaled' })(inputs));
  const [, scaled, norm] = modelGraph(new Model({ inputs, outputs, name: 'm' })).inside!.nodes;
  expect(scaled!.inside?.nodes.map(({ name }) => name)).toEqual(['multiply', 'mish']);
  expect(norm!.inside).toBeUndefined();
  expect(opsWithin(norm!)?.nodes.map(({ className }) => className)).toEqual(['BatchNorm']);
});

test('expandLayers opens custom layers as clusters, with edges into and out of them', () => {
  const dot = modelToDot(make().model, { expandLayers: true });
  expect(dot).toContain('subgraph "cluster_m/block" {');
  expect(dot).toContain('label="block (Residual)";');
  expect(dot.match(/1000001 -> \d+/g)).toEqual(['1000001 -> 1000002', '1000001 -> 1000004']);
  expect(dot).toContain('1000004 -> 1000005');
});

test('pictures are PNG files unless the name says SVG, and other kinds are refused', async () => {
  const { model } = make();
  const png = await plotModel(model, { dpi: 36 });
  expect([...png.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
  await expect(plotModel(model, { toFile: 'model.bmp' })).rejects.toThrow('end the file name in .png or .svg or .dot');
  await expect(plotModel(model, { toFile: 'model' })).rejects.toThrow('has no ending');
  const gallery = await plotImageGallery([[[[0], [255]]], [[[255], [0]]]], { scale: 1, dpi: 20 });
  expect([...gallery.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
});

test.each([
  ['a chain', 120, 1],
  ['branches', 30, 4],
])('a large graph is laid out, and Graphviz says nothing: %s', async (_, length, width) => {
  const inputs = Input({ shape: [4] });
  let at: Tensor = inputs;
  for (let k = 0; k < length; k++) {
    const ends = Array.from({ length: width }, () => new layers.Dense({ units: 4 })(at));
    at = ends.length === 1 ? ends[0]! : new layers.Add()(ends);
  }
  const said = vi.spyOn(console, 'error').mockImplementation(() => {});
  const svg = await dotToSvg(modelToDot(new Model({ inputs, outputs: at }), { dpi: 72, showShapes: true }));
  expect(said).not.toHaveBeenCalled();
  said.mockRestore();
  expect(svg.match(/class="node"/g)).toHaveLength(width === 1 ? length + 1 : length * (width + 1) + 1);
});
