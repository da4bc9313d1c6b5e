import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as keras from 'hornbeam';
import { expect, test } from 'vitest';

class Block extends keras.Layer {
  static override readonly className: string = 'Block';
  convBN = new keras.layers.Dense({ units: 2 });
  convBn = new keras.layers.Dense({ units: 2 });
  fc2D = new keras.layers.Dense({ units: 2 });
  override call(x: keras.Tensor): keras.Tensor {
    return this.fc2D(this.convBn(this.convBN(x)));
  }
}

test('attributes stand in files as Python calls them, each at a place of its own', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'attributes-'));
  try {
    const path = join(folder, 'block.weights.h5');
    const made = (): keras.Sequential =>
      new keras.Sequential([keras.Input({ shape: [2] }), new Block({ name: 'block' })]);
    const [saved, loaded] = [made(), made()];
    await saved.saveWeights(path);
    const { weightsDict } = await keras.saving.KerasFileEditor.open(path);
    expect(Object.keys((weightsDict['layers'] as typeof weightsDict)['block']!).sort()).toEqual([
      'convBn',
      'conv_bn',
      'fc2d',
    ]);
    await loaded.loadWeights(path);
    const x = [[0.5, -1]];
    expect(await (await loaded.predict(x)).array()).toEqual(await (await saved.predict(x)).array());
  } finally {
    await rm(folder, { recursive: true });
  }
});
