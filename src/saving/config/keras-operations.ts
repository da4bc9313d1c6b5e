/**
 * How Keras 3.15 writes an op of a functional model, a line an op: our name, the class that stands for it, (the function's
 * parameters: `*x` takes any number, `x=1` is an option, `x?` may be left out, `**x` are options that the caller names),
 * [those in the object's config], <those in the node: positional, `x=x` by keyword>.
 * Made by scripts/keras-operations.py.
 */
export const kerasOperations = `
abs numpy.Absolute (x) [] <x>
absolute numpy.Absolute (x) [] <x>
adaptiveAveragePool nn.AdaptiveAveragePool (inputs output_size data_format=null) [output_size data_format] <inputs>
adaptiveMaxPool nn.AdaptiveMaxPool (inputs output_size data_format=null) [output_size data_format] <inputs>
add numpy.Add (x1 x2) [] <x1 x2>
affineTransform image.AffineTransform (images transform interpolation="bilinear" fill_mode="constant" fill_value=0 data_format=null) [interpolation fill_mode fill_value data_format] <images transform>
all numpy.All (x axis=null keepdims=false) [axis keepdims] <x>
allclose numpy.AllClose (x1 x2 rtol=1e-05 atol=1e-08 equal_nan=false) [rtol atol equal_nan] <x1 x2>
amax numpy.Amax (x axis=null keepdims=false) [axis keepdims] <x>
amin numpy.Amin (x axis=null keepdims=false) [axis keepdims] <x>
angle numpy.Angle (x) [] <x>
any numpy.Any (x axis=null keepdims=false) [axis keepdims] <x>
append numpy.Append (x1 x2 axis=null) [axis] <x1 x2>
arange numpy.Arange (start stop? step? dtype=null) [dtype] <start stop step=step>
arccos numpy.Arccos (x) [] <x>
arccosh numpy.Arccosh (x) [] <x>
arcsin numpy.Arcsin (x) [] <x>
arcsinh numpy.Arcsinh (x) [] <x>
arctan numpy.Arctan (x) [] <x>
arctan2 numpy.Arctan2 (x1 x2) [] <x1 x2>
arctanh numpy.Arctanh (x) [] <x>
argmax numpy.Argmax (x axis=null keepdims=false) [axis keepdims] <x>
argmin numpy.Argmin (x axis=null keepdims=false) [axis keepdims] <x>
argpartition numpy.Argpartition (x kth axis=-1) [kth axis] <x>
argsort numpy.Argsort (x axis=-1) [axis] <x>
array numpy.Array (x dtype=null) [dtype] <x>
arraySplit numpy.ArraySplit (x indices_or_sections axis=0) [indices_or_sections axis] <x>
associativeScan core.AssociativeScan (f elems reverse=false axis=0) [reverse axis] <f elems>
average numpy.Average (x axis=null weights=null) [axis] <x weights=weights>
averagePool nn.AveragePool (inputs pool_size strides=null padding="valid" data_format=null) [pool_size strides padding data_format] <inputs>
batchNormalization nn.BatchNorm (x mean variance axis offset=null scale=null epsilon=0.001) [axis epsilon] <x mean variance offset scale>
binaryCrossentropy nn.BinaryCrossentropy (target output from_logits=false) [from_logits] <target output>
bincount numpy.Bincount (x weights=null minlength=0 sparse=false) [weights minlength sparse] <x>
bitwiseAnd numpy.BitwiseAnd (x y) [] <x y>
bitwiseInvert numpy.BitwiseInvert (x) [] <x>
bitwiseLeftShift numpy.BitwiseLeftShift (x y) [] <x y>
bitwiseNot numpy.BitwiseNot (x) [] <x>
bitwiseOr numpy.BitwiseOr (x y) [] <x y>
bitwiseRightShift numpy.BitwiseRightShift (x y) [] <x y>
bitwiseXor numpy.BitwiseXor (x y) [] <x y>
broadcastTo numpy.BroadcastTo (x shape) [shape] <x>
cast core.Cast (x dtype) [dtype] <x>
categoricalCrossentropy nn.CategoricalCrossentropy (target output from_logits=false axis=-1) [from_logits axis] <target output>
cbrt numpy.Cbrt (x) [] <x>
cdist math.CDist (x y) [] <x y>
ceil numpy.Ceil (x) [] <x>
celu nn.Celu (x alpha=1.0) [alpha] <x>
cholesky linalg.Cholesky (x upper=false) [upper] <x>
choleskyInverse linalg.CholeskyInverse (x upper=false) [upper] <x>
clip numpy.Clip (x x_min x_max) [x_min x_max] <x>
concatenate numpy.Concatenate (xs axis=0) [axis] <xs>
cond core.Cond (pred true_fn false_fn) [] <pred true_fn false_fn>
conj numpy.Conjugate (x) [] <x>
conjugate numpy.Conjugate (x) [] <x>
conv nn.Conv (inputs kernel strides=1 padding="valid" data_format=null dilation_rate=1) [strides padding data_format dilation_rate] <inputs kernel>
convertToTensor core.ConvertToTensor (x dtype=null sparse=null ragged=null) [dtype sparse ragged] <x>
convTranspose nn.ConvTranspose (inputs kernel strides=1 padding="valid" output_padding=null data_format=null dilation_rate=1) [strides padding output_padding data_format dilation_rate] <inputs kernel>
copy numpy.Copy (x) [] <x>
corrcoef numpy.Corrcoef (x) [] <x>
correlate numpy.Correlate (x1 x2 mode="valid") [mode] <x1 x2>
cos numpy.Cos (x) [] <x>
cosh numpy.Cosh (x) [] <x>
countNonzero numpy.CountNonzero (x axis=null) [axis] <x>
cropImages image.CropImages (images top_cropping=null left_cropping=null bottom_cropping=null right_cropping=null target_height=null target_width=null data_format=null) [top_cropping left_cropping bottom_cropping right_cropping target_height target_width data_format] <images>
cross numpy.Cross (x1 x2 axisa=-1 axisb=-1 axisc=-1 axis=null) [axisa axisb axisc axis] <x1 x2>
ctcDecode nn.CTCDecode (inputs sequence_lengths strategy="greedy" beam_width=100 top_paths=1 merge_repeated=true mask_index=0) [strategy beam_width top_paths merge_repeated mask_index] <inputs sequence_lengths>
ctcLoss nn.CTCLoss (target output target_length output_length mask_index=0) [mask_index] <target output target_length output_length>
cumprod numpy.Cumprod (x axis=null dtype=null) [axis dtype] <x>
cumsum numpy.Cumsum (x axis=null dtype=null) [axis dtype] <x>
deg2rad numpy.Deg2rad (x) [] <x>
depthToSpace nn.DepthToSpace (x block_size data_format="channels_last") [block_size data_format] <x>
depthwiseConv nn.DepthwiseConv (inputs kernel strides=1 padding="valid" data_format=null dilation_rate=1) [strides padding data_format dilation_rate] <inputs kernel>
det linalg.Det (x) [] <x>
diag numpy.Diag (x k=0) [k] <x>
diagflat numpy.Diagflat (x k=0) [k] <x>
diagonal numpy.Diagonal (x offset=0 axis1=0 axis2=1) [offset axis1 axis2] <x>
diff numpy.Diff (a n=1 axis=-1) [n axis] <a>
digitize numpy.Digitize (x bins) [] <x bins>
divide numpy.Divide (x1 x2) [] <x1 x2>
divideNoNan numpy.DivideNoNan (x1 x2) [] <x1 x2>
dot numpy.Dot (x1 x2) [] <x1 x2>
dotProductAttention nn.DotProductAttention (query key value bias=null mask=null scale=null is_causal=false flash_attention=null attn_logits_soft_cap=null) [is_causal flash_attention attn_logits_soft_cap] <query key value bias=bias mask=mask scale=scale>
dsplit numpy.Dsplit (x indices_or_sections) [indices_or_sections] <x>
dstack numpy.Dstack (xs) [] <xs>
eig linalg.Eig (x) [] <x>
eigh linalg.Eigh (x) [] <x>
einsum numpy.Einsum (subscripts *operands) [subscripts] <*operands>
elasticTransform image.ElasticTransform (images alpha=20.0 sigma=5.0 interpolation="bilinear" fill_mode="reflect" fill_value=0.0 seed=null data_format=null) [alpha sigma interpolation fill_mode fill_value seed data_format] <images>
elu nn.Elu (x alpha=1.0) [alpha] <x>
emptyLike numpy.EmptyLike (x dtype=null) [dtype] <x>
equal numpy.Equal (x1 x2) [] <x1 x2>
erf math.Erf (x) [] <x>
erfc math.Erfc (x) [] <x>
erfinv math.Erfinv (x) [] <x>
exp numpy.Exp (x) [] <x>
exp2 numpy.Exp2 (x) [] <x>
expandDims numpy.ExpandDims (x axis) [axis] <x>
expm1 numpy.Expm1 (x) [] <x>
extractPatches image.ExtractPatches (images size strides=null dilation_rate=1 padding="valid" data_format=null) [size strides dilation_rate padding data_format] <images>
extractPatches3d image.ExtractPatches (volumes size strides=null dilation_rate=1 padding="valid" data_format=null) [size strides dilation_rate padding data_format] <volumes>
extractSequences math.ExtractSequences (x sequence_length sequence_stride) [sequence_length sequence_stride] <x>
fabs numpy.Fabs (x) [] <x>
fft math.FFT (x) [] <x>
fft2 math.FFT2 (x) [] <x>
flip numpy.Flip (x axis=null) [axis] <x>
fliplr numpy.Fliplr (x) [] <x>
flipud numpy.Flipud (x) [] <x>
floor numpy.Floor (x) [] <x>
floorDivide numpy.FloorDivide (x1 x2) [] <x1 x2>
fmax numpy.Fmax (x1 x2) [] <x1 x2>
fmin numpy.Fmin (x1 x2) [] <x1 x2>
fmod numpy.Fmod (x1 x2) [] <x1 x2>
fold nn.Fold (x output_size kernel_size dilation=1 padding=0 stride=1) [output_size kernel_size dilation padding stride] <x>
foriLoop core.ForiLoop (lower upper body_fun init_val) [lower upper body_fun] <init_val>
full numpy.Full (shape fill_value dtype=null) [shape dtype] <fill_value>
fullLike numpy.FullLike (x fill_value dtype=null) [dtype] <x fill_value>
gaussianBlur image.GaussianBlur (images kernel_size=[3,3] sigma=[1.0,1.0] data_format=null) [kernel_size sigma data_format] <images>
gcd numpy.Gcd (x1 x2) [] <x1 x2>
gelu nn.Gelu (x approximate=true) [approximate] <x>
geomspace numpy.Geomspace (start stop num=50 endpoint=true dtype=null axis=0) [num endpoint dtype axis] <start stop>
getItem numpy.GetItem (x key) [] <x key>
glu nn.Glu (x axis=-1) [axis] <x>
greater numpy.Greater (x1 x2) [] <x1 x2>
greaterEqual numpy.GreaterEqual (x1 x2) [] <x1 x2>
hardShrink nn.HardShrink (x threshold=0.5) [threshold] <x>
hardSigmoid nn.HardSigmoid (x) [] <x>
hardSilu nn.HardSilu (x) [] <x>
hardSwish nn.HardSilu (x) [] <x>
hardTanh nn.HardTanh (x) [] <x>
heaviside numpy.Heaviside (x1 x2) [] <x1 x2>
histogram numpy.Histogram (x bins=10 range=null) [bins range] <x>
hsplit numpy.Hsplit (x indices_or_sections) [indices_or_sections] <x>
hstack numpy.Hstack (xs) [] <xs>
hsvToRgb image.HSVToRGB (images data_format=null) [data_format] <images>
hypot numpy.Hypot (x1 x2) [] <x1 x2>
i0 numpy.I0 (x) [] <x>
ifft2 math.IFFT2 (x) [] <x>
imag numpy.Imag (x) [] <x>
inner numpy.Inner (x1 x2) [] <x1 x2>
inTopK math.InTopK (targets predictions k) [k] <targets predictions>
inv linalg.Inv (x) [] <x>
irfft math.IRFFT (x fft_length=null) [fft_length] <x>
isclose numpy.Isclose (x1 x2 rtol=1e-05 atol=1e-08 equal_nan=false) [equal_nan] <x1 x2 rtol atol>
isfinite numpy.Isfinite (x) [] <x>
isin numpy.IsIn (x1 x2 assume_unique=false invert=false) [assume_unique invert] <x1 x2>
isinf numpy.Isinf (x) [] <x>
isnan numpy.Isnan (x) [] <x>
isneginf numpy.Isneginf (x) [] <x>
isposinf numpy.Isposinf (x) [] <x>
isreal numpy.Isreal (x) [] <x>
istft math.ISTFT (x sequence_length sequence_stride fft_length length=null window="hann" center=true) [sequence_length sequence_stride fft_length length window center] <x>
jvp linalg.JVP (fun primals tangents has_aux=false) [has_aux] <fun primals tangents>
kron numpy.Kron (x1 x2) [] <x1 x2>
layerNormalization nn.LayerNorm (x gamma=null beta=null axis=-1 epsilon=null) [axis epsilon rms_scaling] <x gamma beta>
lcm numpy.Lcm (x1 x2) [] <x1 x2>
ldexp numpy.Ldexp (x1 x2) [] <x1 x2>
leakyRelu nn.LeakyRelu (x negative_slope=0.2) [negative_slope] <x>
leftShift numpy.LeftShift (x y) [] <x y>
less numpy.Less (x1 x2) [] <x1 x2>
lessEqual numpy.LessEqual (x1 x2) [] <x1 x2>
linspace numpy.Linspace (start stop num=50 endpoint=true retstep=false dtype=null axis=0) [num endpoint retstep dtype axis] <start stop>
log numpy.Log (x) [] <x>
log10 numpy.Log10 (x) [] <x>
log1p numpy.Log1p (x) [] <x>
log2 numpy.Log2 (x) [] <x>
logaddexp numpy.Logaddexp (x1 x2) [] <x1 x2>
logaddexp2 numpy.Logaddexp2 (x1 x2) [] <x1 x2>
logdet math.Logdet (x) [] <x>
logicalAnd numpy.LogicalAnd (x1 x2) [] <x1 x2>
logicalNot numpy.LogicalNot (x) [] <x>
logicalOr numpy.LogicalOr (x1 x2) [] <x1 x2>
logicalXor numpy.LogicalXor (x1 x2) [] <x1 x2>
logSigmoid nn.LogSigmoid (x) [] <x>
logSoftmax nn.LogSoftmax (x axis=-1) [axis] <x>
logspace numpy.Logspace (start stop num=50 endpoint=true base=10 dtype=null axis=0) [num endpoint base dtype axis] <start stop>
logsumexp math.Logsumexp (x axis=null keepdims=false) [axis keepdims] <x>
lstsq linalg.Lstsq (a b rcond=null) [rcond] <a b>
luFactor linalg.LuFactor (x) [] <x>
map core.Map (f xs) [] <f xs>
mapCoordinates image.MapCoordinates (inputs coordinates order fill_mode="constant" fill_value=0) [order fill_mode fill_value] <inputs coordinates>
matmul numpy.Matmul (x1 x2) [] <x1 x2>
matrixRank linalg.MatrixRank (x tol=null) [tol] <x>
max numpy.Max (x axis=null keepdims=false initial=null) [axis keepdims initial] <x>
maximum numpy.Maximum (x1 x2) [] <x1 x2>
maxPool nn.MaxPool (inputs pool_size strides=null padding="valid" data_format=null) [pool_size strides padding data_format] <inputs>
mean numpy.Mean (x axis=null keepdims=false) [axis keepdims] <x>
median numpy.Median (x axis=null keepdims=false) [axis keepdims] <x>
meshgrid numpy.Meshgrid (*x indexing="xy") [indexing] <*x>
min numpy.Min (x axis=null keepdims=false initial=null) [axis keepdims initial] <x>
minimum numpy.Minimum (x1 x2) [] <x1 x2>
mod numpy.Mod (x1 x2) [] <x1 x2>
moments nn.Moments (x axes keepdims=false synchronized=false) [axes keepdims synchronized] <x>
moveaxis numpy.Moveaxis (x source destination) [source destination] <x>
multiHot nn.MultiHot (inputs num_classes=null axis=-1 dtype=null sparse=false) [num_classes axis dtype sparse] <inputs>
multiply numpy.Multiply (x1 x2) [] <x1 x2>
nanargmax numpy.Nanargmax (x axis=null keepdims=false) [axis keepdims] <x>
nanargmin numpy.Nanargmin (x axis=null keepdims=false) [axis keepdims] <x>
nancumprod numpy.Nancumprod (x axis=null dtype=null) [axis dtype] <x>
nancumsum numpy.Nancumsum (x axis=null dtype=null) [axis dtype] <x>
nanmax numpy.Nanmax (x axis=null keepdims=false) [axis keepdims] <x>
nanmean numpy.Nanmean (x axis=null keepdims=false) [axis keepdims] <x>
nanmedian numpy.Nanmedian (x axis=null keepdims=false) [axis keepdims] <x>
nanmin numpy.Nanmin (x axis=null keepdims=false) [axis keepdims] <x>
nanpercentile numpy.Nanpercentile (x q axis=null method="linear" keepdims=false) [axis method keepdims] <x q>
nanprod numpy.Nanprod (x axis=null keepdims=false) [axis keepdims] <x>
nanquantile numpy.Nanquantile (x q axis=null method="linear" keepdims=false) [axis method keepdims] <x q>
nanstd numpy.Nanstd (x axis=null keepdims=false) [axis keepdims] <x>
nansum numpy.Nansum (x axis=null keepdims=false) [axis keepdims] <x>
nanToNum numpy.NanToNum (x nan=0.0 posinf=null neginf=null) [nan posinf neginf] <x>
nanvar numpy.Nanvar (x axis=null keepdims=false) [axis keepdims] <x>
ndim numpy.Ndim (x) [] <x>
negative numpy.Negative (x) [] <x>
nextafter numpy.Nextafter (x1 x2) [] <x1 x2>
nonzero numpy.Nonzero (x) [] <x>
norm linalg.Norm (x ord=null axis=null keepdims=false) [ord axis keepdims] <x>
normalize nn.Normalize (x axis=-1 order=2 epsilon=null) [axis order epsilon] <x>
notEqual numpy.NotEqual (x1 x2) [] <x1 x2>
oneHot nn.OneHot (x num_classes axis=-1 dtype=null sparse=false) [num_classes axis dtype sparse] <x>
onesLike numpy.OnesLike (x dtype=null) [dtype] <x>
outer numpy.Outer (x1 x2) [] <x1 x2>
pad numpy.Pad (x pad_width mode="constant" constant_values=null) [pad_width mode] <x constant_values=constant_values>
padImages image.PadImages (images top_padding=null left_padding=null bottom_padding=null right_padding=null target_height=null target_width=null data_format=null) [top_padding left_padding bottom_padding right_padding target_height target_width data_format] <images>
percentile numpy.Percentile (x q axis=null method="linear" keepdims=false) [axis method keepdims] <x q>
perspectiveTransform image.PerspectiveTransform (images start_points end_points interpolation="bilinear" fill_value=0 data_format=null) [interpolation fill_value data_format] <images start_points end_points>
pinv linalg.Pinv (x rcond=null) [rcond] <x>
polar nn.Polar (abs_ angle) [] <abs_ angle>
power numpy.Power (x1 x2) [] <x1 x2>
prod numpy.Prod (x axis=null keepdims=false dtype=null) [axis keepdims dtype] <x>
psnr nn.PSNR (x1 x2 max_val) [max_val] <x1 x2>
ptp numpy.Ptp (x axis=null keepdims=false) [axis keepdims] <x>
qr linalg.Qr (x mode="reduced") [mode] <x>
quantile numpy.Quantile (x q axis=null method="linear" keepdims=false) [axis method keepdims] <x q>
rad2deg numpy.Rad2deg (x) [] <x>
ravel numpy.Ravel (x) [] <x>
real numpy.Real (x) [] <x>
rearrange einops.Rearrange (tensor pattern **axes_lengths) [] <tensor pattern>
reciprocal numpy.Reciprocal (x) [] <x>
relu nn.Relu (x) [] <x>
relu6 nn.Relu6 (x) [] <x>
repeat numpy.Repeat (x repeats axis=null) [repeats axis] <x>
reshape numpy.Reshape (x newshape) [newshape] <x>
resize image.Resize (images size interpolation="bilinear" antialias=false crop_to_aspect_ratio=false pad_to_aspect_ratio=false fill_mode="constant" fill_value=0.0 data_format=null) [size interpolation antialias crop_to_aspect_ratio pad_to_aspect_ratio fill_mode fill_value data_format] <images>
rfft math.RFFT (x fft_length=null) [fft_length] <x>
rgbToGrayscale image.RGBToGrayscale (images data_format=null) [data_format] <images>
rgbToHsv image.RGBToHSV (images data_format=null) [data_format] <images>
rightShift numpy.RightShift (x y) [] <x y>
rmsNormalization nn.RMSNorm (x scale=null axis=-1 epsilon=null) [axis epsilon] <x scale=scale>
roll numpy.Roll (x shift axis=null) [shift axis] <x>
rot90 numpy.Rot90 (array k=1 axes=[0,1]) [k axes] <array>
round numpy.Round (x decimals=0) [decimals] <x>
rsqrt math.Rsqrt (x) [] <x>
saturateCast core.SaturateCast (x dtype) [dtype] <x>
scaleAndTranslate image.ScaleAndTranslate (images output_shape scale translation spatial_dims method antialias=true) [spatial_dims method antialias] <images output_shape scale translation>
scan core.Scan (f init xs=null length=null reverse=false unroll=1) [length reverse unroll] <f init xs>
scatter core.Scatter (indices values shape) [shape] <indices values>
scatterUpdate core.ScatterUpdate (inputs indices updates reduction=null) [reduction] <inputs indices updates>
searchsorted numpy.SearchSorted (sorted_sequence values side="left") [side] <sorted_sequence values>
segmentMax math.SegmentMax (data segment_ids num_segments=null sorted=false) [num_segments sorted] <data segment_ids>
segmentMin math.SegmentMin (data segment_ids num_segments=null sorted=false) [num_segments sorted] <data segment_ids>
segmentProd math.SegmentProd (data segment_ids num_segments=null sorted=false) [num_segments sorted] <data segment_ids>
segmentSum math.SegmentSum (data segment_ids num_segments=null sorted=false) [num_segments sorted] <data segment_ids>
select numpy.Select (condlist choicelist default=0) [] <condlist choicelist default>
selu nn.Selu (x) [] <x>
separableConv nn.SeparableConv (inputs depthwise_kernel pointwise_kernel strides=1 padding="valid" data_format=null dilation_rate=1) [strides padding data_format dilation_rate] <inputs depthwise_kernel pointwise_kernel>
sigmoid nn.Sigmoid (x) [] <x>
sign numpy.Sign (x) [] <x>
signbit numpy.Signbit (x) [] <x>
silu nn.Silu (x) [] <x>
sin numpy.Sin (x) [] <x>
sinc numpy.Sinc (x) [] <x>
sinh numpy.Sinh (x) [] <x>
size numpy.Size (x) [] <x>
slice core.Slice (inputs start_indices shape) [shape] <inputs start_indices>
sliceUpdate core.SliceUpdate (inputs start_indices updates) [] <inputs start_indices updates>
slogdet numpy.Slogdet (x) [] <x>
sobelEdges image.SobelEdges (images data_format=null) [data_format] <images>
softmax nn.Softmax (x axis=-1) [axis] <x>
softplus nn.Softplus (x) [] <x>
softShrink nn.SoftShrink (x threshold=0.5) [threshold] <x>
softsign nn.Softsign (x) [] <x>
solve linalg.Solve (a b) [] <a b>
solveTriangular linalg.SolveTriangular (a b lower=false) [lower] <a b>
sort numpy.Sort (x axis=-1) [axis] <x>
spaceToDepth nn.SpaceToDepth (x block_size data_format="channels_last") [block_size data_format] <x>
sparseCategoricalCrossentropy nn.SparseCategoricalCrossentropy (target output from_logits=false axis=-1) [from_logits axis] <target output>
sparsemax nn.Sparsemax (x axis=-1) [axis] <x>
sparsePlus nn.SparsePlus (x) [] <x>
sparseSigmoid nn.SparseSigmoid (x) [] <x>
split numpy.Split (x indices_or_sections axis=0) [indices_or_sections axis] <x>
sqrt numpy.Sqrt (x) [] <x>
square numpy.Square (x) [] <x>
squareplus nn.Squareplus (x b=4) [b] <x>
squeeze numpy.Squeeze (x axis=null) [axis] <x>
ssim image.SSIM (image1 image2 max_val=1.0 filter_size=11 filter_sigma=1.5 k1=0.01 k2=0.03 data_format=null) [max_val filter_size filter_sigma k1 k2 data_format] <image1 image2>
stack numpy.Stack (x axis=0) [axis] <x>
std numpy.Std (x axis=null keepdims=false) [axis keepdims] <x>
stft math.STFT (x sequence_length sequence_stride fft_length window="hann" center=true) [sequence_length sequence_stride fft_length window center] <x>
stopGradient core.StopGradient (variable) [] <variable>
subtract numpy.Subtract (x1 x2) [] <x1 x2>
sum numpy.Sum (x axis=null keepdims=false) [axis keepdims] <x>
svd linalg.SVD (x full_matrices=true compute_uv=true) [full_matrices compute_uv] <x>
swapaxes numpy.Swapaxes (x axis1 axis2) [axis1 axis2] <x>
swish nn.Silu (x) [] <x>
switch core.Switch (index branches *operands) [] <index branches *operands>
take numpy.Take (x indices axis=null) [axis] <x indices>
takeAlongAxis numpy.TakeAlongAxis (x indices axis=null) [axis] <x indices>
tan numpy.Tan (x) [] <x>
tanh numpy.Tanh (x) [] <x>
tanhShrink nn.TanhShrink (x) [] <x>
tensordot numpy.Tensordot (x1 x2 axes=2) [axes] <x1 x2>
threshold nn.Threshold (x threshold default_value) [threshold default_value] <x>
tile numpy.Tile (x repeats) [repeats] <x>
topK math.TopK (x k sorted=true) [k sorted] <x>
trace numpy.Trace (x offset=0 axis1=0 axis2=1) [offset axis1 axis2] <x>
transpose numpy.Transpose (x axes=null) [axes] <x>
trapezoid numpy.Trapezoid (y x=null dx=1.0 axis=-1) [x dx axis] <y>
tril numpy.Tril (x k=0) [k] <x>
triu numpy.Triu (x k=0) [k] <x>
trueDivide numpy.TrueDivide (x1 x2) [] <x1 x2>
trunc numpy.Trunc (x) [] <x>
unfold nn.Unfold (x kernel_size dilation=1 padding=0 stride=1) [kernel_size dilation padding stride] <x>
unique numpy.Unique (x sorted=true return_index=false return_inverse=false return_counts=false axis=null size=null fill_value=null) [sorted return_index return_inverse return_counts axis size fill_value] <x>
unravelIndex numpy.UnravelIndex (indices shape) [shape] <indices>
unstack core.Unstack (x num=null axis=0) [num axis] <x>
vander numpy.Vander (x N=null increasing=false) [N increasing] <x>
var numpy.Var (x axis=null keepdims=false) [axis keepdims] <x>
vdot numpy.Vdot (x1 x2) [] <x1 x2>
vectorizedMap core.VectorizedMap (function elements) [function] <elements>
view numpy.View (x dtype=null) [dtype] <x>
viewAsComplex math.ViewAsComplex (x) [] <x>
viewAsReal math.ViewAsReal (x) [] <x>
vsplit numpy.Vsplit (x indices_or_sections) [indices_or_sections] <x>
vstack numpy.Vstack (xs) [] <xs>
where numpy.Where (condition x1? x2?) [] <condition x1 x2>
whileLoop core.WhileLoop (cond body loop_vars maximum_iterations=null) [cond body maximum_iterations] <loop_vars>
zerosLike numpy.ZerosLike (x dtype=null) [dtype] <x>
`;
