import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as keras from '../../src/index.ts';
import type { StudioGraph, StudioNode } from '../../src/studio/protocol.ts';
import { describeModel } from '../../src/studio/structure.ts';

const nodesOf = (model: keras.Model): readonly StudioNode[] => (describeModel(model).root.inside as StudioGraph).nodes;

class Twice extends keras.layers.Layer {
  static override readonly className = 'Twice';
  override call(x: keras.Tensor): keras.Tensor {
    return keras.ops.multiply(x, 2);
  }
}

it('layers know the line that made them, whatever the library calls on the way', () => {
  const inputs = keras.Input({ shape: [4] });
  const line = Number(/made-at\.test\.ts:(\d+)/.exec(new Error().stack!)![1]);
  const x = new keras.layers.Dense({ units: 3, name: 'own' })(inputs);
  const twice = new Twice({ name: 'twice' })(x);
  const model = new keras.Model({ inputs, outputs: twice });
  const places = nodesOf(model).map(({ madeAt }) => madeAt);
  expect(places[1]).toMatch(new RegExp(`^test/studio/made-at\\.test\\.ts:${line + 1}:\\d+$`));
  expect(places[2]).toMatch(new RegExp(`^test/studio/made-at\\.test\\.ts:${line + 2}:\\d+$`));
});

it('those of a file were made by no line', async () => {
  const model = new keras.Sequential([keras.Input({ shape: [4] }), new keras.layers.Dense({ units: 3 })]);
  const folder = mkdtempSync(join(tmpdir(), 'hornbeam-made-at-'));
  const file = join(folder, 'model.keras');
  await model.save(file);
  expect(nodesOf(model).at(-1)!.madeAt).toMatch(/made-at\.test\.ts/);
  expect(nodesOf(await keras.models.loadModel(file)).map(({ madeAt }) => madeAt)).toEqual([undefined]);
  rmSync(folder, { recursive: true });
});
