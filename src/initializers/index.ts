import { asDType } from '../base/dtype.ts';
import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import type { OrAnyName } from '../base/naming.ts';
import { identifierOf } from '../base/registry/identify.ts';
import { type CustomObjects, serializeObject } from '../base/registry/serialize.ts';
import { type Shape, sameShape, showShape } from '../base/shape.ts';
import { Tensor } from '../ir/tensor.ts';
import { asTensor } from '../tensor/like.ts';
import { nameInitializers } from '../tensor/variable.ts';
import { Constant, Identity, Ones, Zeros } from './constant.ts';
import { Initializer, type InitializerCallOptions } from './initializer.ts';
import { Orthogonal } from './orthogonal.ts';
import { RandomNormal, RandomUniform, TruncatedNormal } from './random.ts';
import { STFT } from './stft.ts';
import {
  GlorotNormal,
  GlorotUniform,
  HeNormal,
  HeUniform,
  LecunNormal,
  LecunUniform,
  VarianceScaling,
} from './variance-scaling.ts';

export { Constant, Identity, Identity as IdentityInitializer, Ones, Zeros } from './constant.ts';
export { Initializer, type InitializerCallOptions } from './initializer.ts';
export { Orthogonal, Orthogonal as OrthogonalInitializer } from './orthogonal.ts';
export { RandomNormal, RandomUniform, TruncatedNormal } from './random.ts';
export { STFT, STFT as STFTInitializer } from './stft.ts';
export {
  GlorotNormal,
  GlorotUniform,
  HeNormal,
  HeUniform,
  LecunNormal,
  LecunUniform,
  VarianceScaling,
} from './variance-scaling.ts';

const identify = identifierOf<unknown>({
  kind: 'initializer',
  module: 'keras.initializers',
  classes: [
    Constant,
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    Identity,
    LecunNormal,
    LecunUniform,
    Ones,
    Orthogonal,
    RandomNormal,
    RandomUniform,
    STFT,
    TruncatedNormal,
    VarianceScaling,
    Zeros,
  ],
  aliases: {
    IdentityInitializer: Identity,
    OrthogonalInitializer: Orthogonal,
    STFTInitializer: STFT,
    normal: RandomNormal,
    one: Ones,
    uniform: RandomUniform,
    zero: Zeros,
  },
});

/** Whatever makes the first value of a weight. */
export type InitializerFunction = (shape: Shape, options: InitializerCallOptions) => Tensor;
type InitializerName =
  | 'glorot_normal'
  | 'glorot_uniform'
  | 'he_normal'
  | 'he_uniform'
  | 'identity'
  | 'lecun_normal'
  | 'lecun_uniform'
  | 'ones'
  | 'orthogonal'
  | 'random_normal'
  | 'random_uniform'
  | 'truncated_normal'
  | 'variance_scaling'
  | 'zeros';
/** What stands for an initializer: a name, a config, a class, an object, a function, or the value itself. */
export type InitializerLike =
  | OrAnyName<InitializerName>
  | Initializer<any>
  | InitializerFunction
  | Tensor
  | object
  | null;

/** The initializer that an identifier stands for; null for null. @example get('he_normal') */
export const get = exact(
  'initializers.get',
  2,
  function get(identifier: InitializerLike | undefined, customObjects?: CustomObjects): InitializerFunction | null {
    if (!(identifier instanceof Tensor)) return identify(identifier, customObjects) as InitializerFunction | null;
    return (shape, { dtype }) => {
      if (!sameShape(shape, identifier.shape))
        fail(
          'initializers.get',
          `the tensor given as initializer has shape ${showShape(identifier.shape)}, the weight ${showShape(shape)}`,
          'give a tensor of the weight’s shape',
        );
      return asTensor(identifier, dtype === undefined || dtype === null ? undefined : asDType(dtype));
    };
  },
);
/** The initializer as configs hold it. */
export const serialize = exact('initializers.serialize', 1, (initializer: unknown): unknown =>
  serializeObject(initializer),
);
/** The initializer that a config describes. */
export const deserialize = exact(
  'initializers.deserialize',
  2,
  (config: object, customObjects?: CustomObjects): InitializerFunction | null => get(config, customObjects),
);

export {
  Constant as constant,
  GlorotNormal as glorotNormal,
  GlorotUniform as glorotUniform,
  HeNormal as heNormal,
  HeUniform as heUniform,
  Identity as identity,
  LecunNormal as lecunNormal,
  LecunUniform as lecunUniform,
  Ones as ones,
  Orthogonal as orthogonal,
  RandomNormal as randomNormal,
  RandomUniform as randomUniform,
  STFT as stft,
  TruncatedNormal as truncatedNormal,
  VarianceScaling as varianceScaling,
  Zeros as zeros,
};

nameInitializers((name) => get(name)!);
