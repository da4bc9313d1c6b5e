import { expect, test } from 'vitest';
import * as keras from '../index.ts';

const { featurePyramid, MobileNet, MobileNetV2, ResNet50 } = keras.applications;

test('a pyramid takes the last map of each size, and adds what lies above it', async () => {
  const backbone = MobileNet({ weights: null, alpha: 0.25, inputShape: [64, 96, 3], includeTop: false });
  const pyramid = featurePyramid(backbone, [3, 4, 5, 6], { filters: 8, name: 'pyramid' });
  expect(pyramid.name).toBe('pyramid');
  expect(pyramid.outputShape).toEqual([
    [null, 8, 12, 8],
    [null, 4, 6, 8],
    [null, 2, 3, 8],
    [null, 1, 2, 8],
  ]);
  const sources = ['level3_lateral', 'level4_lateral', 'level5_lateral'].map(
    (name) => (pyramid.getLayer(name).input as keras.KerasTensor).history!.node.operation.name,
  );
  expect(sources).toEqual(['conv_pw_5_relu', 'conv_pw_11_relu', 'conv_pw_13_relu']);

  // By hand: the level above, each pixel twice, and what comes from the side.
  const images = keras.random.uniform([1, 64, 96, 3], { seed: 1 });
  const [, fourth, fifth] = await pyramid.predict(images, { verbose: 0 });
  const parts = new keras.Model<keras.Tensor[]>({
    inputs: pyramid.inputs!,
    outputs: [
      pyramid.getLayer('level4_lateral').output,
      pyramid.getLayer('level5_lateral').output,
    ] as keras.KerasTensor[],
  });
  const [side, above] = await parts.predict(images, { verbose: 0 });
  const twice = keras.ops.repeat(keras.ops.repeat(above!, 2, { axis: 1 }), 2, { axis: 2 });
  const wanted = pyramid.getLayer('level4_output')(keras.ops.add(side!, twice)) as keras.Tensor;
  wanted.dataSync().forEach((v, k) => void expect(fourth!.dataSync()[k]).toBeCloseTo(v as number, 5));
  const top = pyramid.getLayer('level5_output')(above!) as keras.Tensor;
  top.dataSync().forEach((v, k) => void expect(fifth!.dataSync()[k]).toBeCloseTo(v as number, 5));
});

test('it stands on the ends of the stages of a ResNet', () => {
  const pyramid = featurePyramid(ResNet50({ weights: null, inputShape: [64, 64, 3], includeTop: false }), [2, 3, 4, 5]);
  const sources = [2, 3, 4, 5].map(
    (k) => (pyramid.getLayer(`level${k}_lateral`).input as keras.KerasTensor).history!.node.operation.name,
  );
  expect(sources).toEqual(['conv2_block3_out', 'conv3_block4_out', 'conv4_block6_out', 'conv5_block3_out']);
});

test('what cannot be built is refused with advice', () => {
  const open = MobileNetV2({ weights: null, alpha: 0.35, includeTop: false });
  const odd = MobileNetV2({ weights: null, alpha: 0.35, includeTop: false, inputShape: [70, 64, 3] });
  expect(() => featurePyramid(open, [3, 4, 5])).toThrow(/fixed sides that 32 divides/);
  expect(() => featurePyramid(odd, [3, 4, 5])).toThrow(/no map of level 3/);
  expect(() => featurePyramid(odd, [5, 3])).toThrow(/levels is \[5,3\]/);
  expect(() => featurePyramid(odd, [])).toThrow(/follow one another/);
  expect(() => featurePyramid(odd, { levels: [3] } as never)).toThrow(/levels is \{"levels":\[3\]\}/);
});
