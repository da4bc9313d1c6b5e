/** Kinds of layers, each with its colour. */
export type Family =
  | 'convolution'
  | 'dense'
  | 'normalization'
  | 'activation'
  | 'pooling'
  | 'recurrent'
  | 'merging'
  | 'shape'
  | 'input'
  | 'model'
  | 'other';

const patterns: readonly (readonly [Family, RegExp])[] = [
  ['input', /^Input/],
  [
    'activation',
    /^(ReLU|LeakyReLU|PReLU|ELU|Softmax|Activation|Relu|Silu|Gelu|Mish|Sigmoid|Tanh|Softplus|Swish|Elu|Selu|HardSwish|HardSilu|LogSoftmax|Hard\w+)/,
  ],
  ['convolution', /Conv/],
  ['normalization', /Norm|Rescaling|^Dropout|Dropout|GaussianNoise|Regularization/],
  ['pooling', /Pool/],
  ['recurrent', /LSTM|GRU|RNN|Attention|Bidirectional|TimeDistributed|Transformer|Encoder|Decoder/],
  [
    'dense',
    /^(Dense|EinsumDense|Embedding|Matmul|MatMul|Einsum|Dot|TokenAndPosition\w*|PositionEmbedding|ReversibleEmbedding)/,
  ],
  ['merging', /^(Add|Concatenate|Multiply|Average|Maximum|Minimum|Subtract|Concat\w*|Stack|True_?Divide|Divide)$/],
  [
    'shape',
    /^(Flatten|Reshape|Permute|RepeatVector|ZeroPadding|Cropping|UpSampling|Transpose|Squeeze|Expand\w*|Pad|Slice|Split|GetItem|Cast|Copy|Broadcast\w*|Resizing|CenterCrop|Identity)/,
  ],
];
const known = new Map<string, Family>();

/** The family of a class; its colour is `--family-NAME`. */
export function familyOf(className: string): Family {
  const found = known.get(className);
  if (found) return found;
  const family = patterns.find(([, pattern]) => pattern.test(className))?.[0] ?? 'other';
  known.set(className, family);
  return family;
}
