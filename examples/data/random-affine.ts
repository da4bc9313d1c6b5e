import * as keras from 'hornbeam';
import { ops } from 'hornbeam';

interface RandomAffineOptions extends keras.LayerOptions {
  /** Pixels by which images move, at most. */
  shift?: number;
  /** Radians by which they turn, at most. */
  turn?: number;
  /** Factor by which they slant, at most. */
  slant?: number;
  /** Share by which they grow or shrink, in width and height by themselves, at most. */
  zoom?: number;
  seed?: number;
}

/** While training, redraws each image a little moved, turned, slanted and stretched, as another hand might have written it. */
export class RandomAffine extends keras.Layer {
  static override readonly className = 'RandomAffine';
  readonly shift: number;
  readonly turn: number;
  readonly slant: number;
  readonly zoom: number;
  readonly seedGenerator: keras.SeedGenerator;

  constructor({ shift = 1, turn = 0.2, slant = 0.2, zoom = 0.15, seed = 1337, ...options }: RandomAffineOptions = {}) {
    super(options);
    this.shift = shift;
    this.turn = turn;
    this.slant = slant;
    this.zoom = zoom;
    this.seedGenerator = new keras.SeedGenerator({ seed });
  }
  override call(images: keras.Tensor, { training }: keras.CallOptions = {}): keras.Tensor {
    if (!training) return images;
    const [count, height, width] = images.shape as [number, number, number, number];
    const upTo = (most: number): keras.Tensor =>
      keras.random.uniform([count], { minval: -most, maxval: most, seed: this.seedGenerator });
    const [angle, slant] = [upTo(this.turn), upTo(this.slant)];
    const [wide, high] = [upTo(this.zoom).add(1), upTo(this.zoom).add(1)];
    const [cos, sin] = [ops.cos(angle), ops.sin(angle)];
    // Where in the image a pixel of the new one is found: (x, y) -> (a x + b y + c, d x + e y + f), about the centre.
    const [a, b] = [cos.mul(wide), slant.mul(cos).sub(sin).mul(wide)];
    const [d, e] = [sin.mul(high), slant.mul(sin).add(cos).mul(high)];
    const [x, y] = [(width - 1) / 2, (height - 1) / 2];
    const c = upTo(this.shift).add(x).sub(a.mul(x)).sub(b.mul(y));
    const f = upTo(this.shift).add(y).sub(d.mul(x)).sub(e.mul(y));
    const none = ops.zerosLike(a);
    return ops.image.affineTransform(images, ops.stack([a, b, c, d, e, f, none, none], { axis: 1 }));
  }
  override getConfig(): keras.saving.Config {
    const { shift, turn, slant, zoom } = this;
    return { ...super.getConfig(), shift, turn, slant, zoom, seed: this.seedGenerator.seed };
  }
}
keras.saving.registerKerasSerializable(RandomAffine, { package: 'digits' });
