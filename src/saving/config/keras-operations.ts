/**
 * How Keras 3.15 writes an op of a functional model, a line an op: our name, the module of the class that stands for it
 * (whose name the op itself says), (the function's parameters: `*x` takes any number, `x=1` is an option, `x?` may be left out, `**x` are options that the caller names),
 * [those in the object's config], <those in the node: positional, `x=x` by keyword>.
 * Made by scripts/keras-operations.py.
 */
export const kerasOperations = `
abs numpy (x) [] <x>
absolute numpy (x) [] <x>
adaptiveAveragePool nn (inputs output_size data_format=null) [output_size data_format] <inputs>
adaptiveMaxPool nn (inputs output_size data_format=null) [output_size data_format] <inputs>
add numpy (x1 x2) [] <x1 x2>
affineTransform image (images transform interpolation="bilinear" fill_mode="constant" fill_value=0 data_format=null) [interpolation fill_mode fill_value data_format] <images transform>
all numpy (x axis=null keepdims=false) [axis keepdims] <x>
allclose numpy (x1 x2 rtol=1e-05 atol=1e-08 equal_nan=false) [rtol atol equal_nan] <x1 x2>
amax numpy (x axis=null keepdims=false) [axis keepdims] <x>
amin numpy (x axis=null keepdims=false) [axis keepdims] <x>
angle numpy (x) [] <x>
any numpy (x axis=null keepdims=false) [axis keepdims] <x>
append numpy (x1 x2 axis=null) [axis] <x1 x2>
arange numpy (start stop? step? dtype=null) [dtype] <start stop step=step>
arccos numpy (x) [] <x>
arccosh numpy (x) [] <x>
arcsin numpy (x) [] <x>
arcsinh numpy (x) [] <x>
arctan numpy (x) [] <x>
arctan2 numpy (x1 x2) [] <x1 x2>
arctanh numpy (x) [] <x>
argmax numpy (x axis=null keepdims=false) [axis keepdims] <x>
argmin numpy (x axis=null keepdims=false) [axis keepdims] <x>
argpartition numpy (x kth axis=-1) [kth axis] <x>
argsort numpy (x axis=-1) [axis] <x>
array numpy (x dtype=null) [dtype] <x>
arraySplit numpy (x indices_or_sections axis=0) [indices_or_sections axis] <x>
associativeScan core (f elems reverse=false axis=0) [reverse axis] <f elems>
average numpy (x axis=null weights=null) [axis] <x weights=weights>
averagePool nn (inputs pool_size strides=null padding="valid" data_format=null) [pool_size strides padding data_format] <inputs>
batchNormalization nn (x mean variance axis offset=null scale=null epsilon=0.001) [axis epsilon] <x mean variance offset scale>
binaryCrossentropy nn (target output from_logits=false) [from_logits] <target output>
bincount numpy (x weights=null minlength=0 sparse=false) [weights minlength sparse] <x>
bitwiseAnd numpy (x y) [] <x y>
bitwiseInvert numpy (x) [] <x>
bitwiseLeftShift numpy (x y) [] <x y>
bitwiseNot numpy (x) [] <x>
bitwiseOr numpy (x y) [] <x y>
bitwiseRightShift numpy (x y) [] <x y>
bitwiseXor numpy (x y) [] <x y>
broadcastTo numpy (x shape) [shape] <x>
cast core (x dtype) [dtype] <x>
categoricalCrossentropy nn (target output from_logits=false axis=-1) [from_logits axis] <target output>
cbrt numpy (x) [] <x>
cdist math (x y) [] <x y>
ceil numpy (x) [] <x>
celu nn (x alpha=1.0) [alpha] <x>
cholesky linalg (x upper=false) [upper] <x>
choleskyInverse linalg (x upper=false) [upper] <x>
clip numpy (x x_min x_max) [x_min x_max] <x>
concatenate numpy (xs axis=0) [axis] <xs>
cond core (pred true_fn false_fn) [] <pred true_fn false_fn>
conj numpy (x) [] <x>
conjugate numpy (x) [] <x>
conv nn (inputs kernel strides=1 padding="valid" data_format=null dilation_rate=1) [strides padding data_format dilation_rate] <inputs kernel>
convertToTensor core (x dtype=null sparse=null ragged=null) [dtype sparse ragged] <x>
convTranspose nn (inputs kernel strides=1 padding="valid" output_padding=null data_format=null dilation_rate=1) [strides padding output_padding data_format dilation_rate] <inputs kernel>
copy numpy (x) [] <x>
corrcoef numpy (x) [] <x>
correlate numpy (x1 x2 mode="valid") [mode] <x1 x2>
cos numpy (x) [] <x>
cosh numpy (x) [] <x>
countNonzero numpy (x axis=null) [axis] <x>
cropImages image (images top_cropping=null left_cropping=null bottom_cropping=null right_cropping=null target_height=null target_width=null data_format=null) [top_cropping left_cropping bottom_cropping right_cropping target_height target_width data_format] <images>
cross numpy (x1 x2 axisa=-1 axisb=-1 axisc=-1 axis=null) [axisa axisb axisc axis] <x1 x2>
ctcDecode nn (inputs sequence_lengths strategy="greedy" beam_width=100 top_paths=1 merge_repeated=true mask_index=0) [strategy beam_width top_paths merge_repeated mask_index] <inputs sequence_lengths>
ctcLoss nn (target output target_length output_length mask_index=0) [mask_index] <target output target_length output_length>
cumprod numpy (x axis=null dtype=null) [axis dtype] <x>
cumsum numpy (x axis=null dtype=null) [axis dtype] <x>
deg2rad numpy (x) [] <x>
depthToSpace nn (x block_size data_format="channels_last") [block_size data_format] <x>
depthwiseConv nn (inputs kernel strides=1 padding="valid" data_format=null dilation_rate=1) [strides padding data_format dilation_rate] <inputs kernel>
det linalg (x) [] <x>
diag numpy (x k=0) [k] <x>
diagflat numpy (x k=0) [k] <x>
diagonal numpy (x offset=0 axis1=0 axis2=1) [offset axis1 axis2] <x>
diff numpy (a n=1 axis=-1) [n axis] <a>
digitize numpy (x bins) [] <x bins>
divide numpy (x1 x2) [] <x1 x2>
divideNoNan numpy (x1 x2) [] <x1 x2>
dot numpy (x1 x2) [] <x1 x2>
dotProductAttention nn (query key value bias=null mask=null scale=null is_causal=false flash_attention=null attn_logits_soft_cap=null) [is_causal flash_attention attn_logits_soft_cap] <query key value bias=bias mask=mask scale=scale>
dsplit numpy (x indices_or_sections) [indices_or_sections] <x>
dstack numpy (xs) [] <xs>
eig linalg (x) [] <x>
eigh linalg (x) [] <x>
einsum numpy (subscripts *operands) [subscripts] <*operands>
elasticTransform image (images alpha=20.0 sigma=5.0 interpolation="bilinear" fill_mode="reflect" fill_value=0.0 seed=null data_format=null) [alpha sigma interpolation fill_mode fill_value seed data_format] <images>
elu nn (x alpha=1.0) [alpha] <x>
emptyLike numpy (x dtype=null) [dtype] <x>
equal numpy (x1 x2) [] <x1 x2>
erf math (x) [] <x>
erfc math (x) [] <x>
erfinv math (x) [] <x>
exp numpy (x) [] <x>
exp2 numpy (x) [] <x>
expandDims numpy (x axis) [axis] <x>
expm1 numpy (x) [] <x>
extractPatches image (images size strides=null dilation_rate=1 padding="valid" data_format=null) [size strides dilation_rate padding data_format] <images>
extractPatches3d image (volumes size strides=null dilation_rate=1 padding="valid" data_format=null) [size strides dilation_rate padding data_format] <volumes>
extractSequences math (x sequence_length sequence_stride) [sequence_length sequence_stride] <x>
fabs numpy (x) [] <x>
fft math (x) [] <x>
fft2 math (x) [] <x>
flip numpy (x axis=null) [axis] <x>
fliplr numpy (x) [] <x>
flipud numpy (x) [] <x>
floor numpy (x) [] <x>
floorDivide numpy (x1 x2) [] <x1 x2>
fmax numpy (x1 x2) [] <x1 x2>
fmin numpy (x1 x2) [] <x1 x2>
fmod numpy (x1 x2) [] <x1 x2>
fold nn (x output_size kernel_size dilation=1 padding=0 stride=1) [output_size kernel_size dilation padding stride] <x>
foriLoop core (lower upper body_fun init_val) [lower upper body_fun] <init_val>
full numpy (shape fill_value dtype=null) [shape dtype] <fill_value>
fullLike numpy (x fill_value dtype=null) [dtype] <x fill_value>
gaussianBlur image (images kernel_size=[3,3] sigma=[1.0,1.0] data_format=null) [kernel_size sigma data_format] <images>
gcd numpy (x1 x2) [] <x1 x2>
gelu nn (x approximate=true) [approximate] <x>
geomspace numpy (start stop num=50 endpoint=true dtype=null axis=0) [num endpoint dtype axis] <start stop>
getItem numpy (x key) [] <x key>
glu nn (x axis=-1) [axis] <x>
greater numpy (x1 x2) [] <x1 x2>
greaterEqual numpy (x1 x2) [] <x1 x2>
hardShrink nn (x threshold=0.5) [threshold] <x>
hardSigmoid nn (x) [] <x>
hardSilu nn (x) [] <x>
hardSwish nn (x) [] <x>
hardTanh nn (x) [] <x>
heaviside numpy (x1 x2) [] <x1 x2>
histogram numpy (x bins=10 range=null) [bins range] <x>
hsplit numpy (x indices_or_sections) [indices_or_sections] <x>
hstack numpy (xs) [] <xs>
hsvToRgb image (images data_format=null) [data_format] <images>
hypot numpy (x1 x2) [] <x1 x2>
i0 numpy (x) [] <x>
ifft2 math (x) [] <x>
imag numpy (x) [] <x>
inner numpy (x1 x2) [] <x1 x2>
inTopK math (targets predictions k) [k] <targets predictions>
inv linalg (x) [] <x>
irfft math (x fft_length=null) [fft_length] <x>
isclose numpy (x1 x2 rtol=1e-05 atol=1e-08 equal_nan=false) [equal_nan] <x1 x2 rtol atol>
isfinite numpy (x) [] <x>
isin numpy (x1 x2 assume_unique=false invert=false) [assume_unique invert] <x1 x2>
isinf numpy (x) [] <x>
isnan numpy (x) [] <x>
isneginf numpy (x) [] <x>
isposinf numpy (x) [] <x>
isreal numpy (x) [] <x>
istft math (x sequence_length sequence_stride fft_length length=null window="hann" center=true) [sequence_length sequence_stride fft_length length window center] <x>
jvp linalg (fun primals tangents has_aux=false) [has_aux] <fun primals tangents>
kron numpy (x1 x2) [] <x1 x2>
layerNormalization nn (x gamma=null beta=null axis=-1 epsilon=null) [axis epsilon rms_scaling] <x gamma beta>
lcm numpy (x1 x2) [] <x1 x2>
ldexp numpy (x1 x2) [] <x1 x2>
leakyRelu nn (x negative_slope=0.2) [negative_slope] <x>
leftShift numpy (x y) [] <x y>
less numpy (x1 x2) [] <x1 x2>
lessEqual numpy (x1 x2) [] <x1 x2>
linspace numpy (start stop num=50 endpoint=true retstep=false dtype=null axis=0) [num endpoint retstep dtype axis] <start stop>
log numpy (x) [] <x>
log10 numpy (x) [] <x>
log1p numpy (x) [] <x>
log2 numpy (x) [] <x>
logaddexp numpy (x1 x2) [] <x1 x2>
logaddexp2 numpy (x1 x2) [] <x1 x2>
logdet math (x) [] <x>
logicalAnd numpy (x1 x2) [] <x1 x2>
logicalNot numpy (x) [] <x>
logicalOr numpy (x1 x2) [] <x1 x2>
logicalXor numpy (x1 x2) [] <x1 x2>
logSigmoid nn (x) [] <x>
logSoftmax nn (x axis=-1) [axis] <x>
logspace numpy (start stop num=50 endpoint=true base=10 dtype=null axis=0) [num endpoint base dtype axis] <start stop>
logsumexp math (x axis=null keepdims=false) [axis keepdims] <x>
lstsq linalg (a b rcond=null) [rcond] <a b>
luFactor linalg (x) [] <x>
map core (f xs) [] <f xs>
mapCoordinates image (inputs coordinates order fill_mode="constant" fill_value=0) [order fill_mode fill_value] <inputs coordinates>
matmul numpy (x1 x2) [] <x1 x2>
matrixRank linalg (x tol=null) [tol] <x>
max numpy (x axis=null keepdims=false initial=null) [axis keepdims initial] <x>
maximum numpy (x1 x2) [] <x1 x2>
maxPool nn (inputs pool_size strides=null padding="valid" data_format=null) [pool_size strides padding data_format] <inputs>
mean numpy (x axis=null keepdims=false) [axis keepdims] <x>
median numpy (x axis=null keepdims=false) [axis keepdims] <x>
meshgrid numpy (*x indexing="xy") [indexing] <*x>
min numpy (x axis=null keepdims=false initial=null) [axis keepdims initial] <x>
minimum numpy (x1 x2) [] <x1 x2>
mod numpy (x1 x2) [] <x1 x2>
moments nn (x axes keepdims=false synchronized=false) [axes keepdims synchronized] <x>
moveaxis numpy (x source destination) [source destination] <x>
multiHot nn (inputs num_classes=null axis=-1 dtype=null sparse=false) [num_classes axis dtype sparse] <inputs>
multiply numpy (x1 x2) [] <x1 x2>
nanargmax numpy (x axis=null keepdims=false) [axis keepdims] <x>
nanargmin numpy (x axis=null keepdims=false) [axis keepdims] <x>
nancumprod numpy (x axis=null dtype=null) [axis dtype] <x>
nancumsum numpy (x axis=null dtype=null) [axis dtype] <x>
nanmax numpy (x axis=null keepdims=false) [axis keepdims] <x>
nanmean numpy (x axis=null keepdims=false) [axis keepdims] <x>
nanmedian numpy (x axis=null keepdims=false) [axis keepdims] <x>
nanmin numpy (x axis=null keepdims=false) [axis keepdims] <x>
nanpercentile numpy (x q axis=null method="linear" keepdims=false) [axis method keepdims] <x q>
nanprod numpy (x axis=null keepdims=false) [axis keepdims] <x>
nanquantile numpy (x q axis=null method="linear" keepdims=false) [axis method keepdims] <x q>
nanstd numpy (x axis=null keepdims=false) [axis keepdims] <x>
nansum numpy (x axis=null keepdims=false) [axis keepdims] <x>
nanToNum numpy (x nan=0.0 posinf=null neginf=null) [nan posinf neginf] <x>
nanvar numpy (x axis=null keepdims=false) [axis keepdims] <x>
ndim numpy (x) [] <x>
negative numpy (x) [] <x>
nextafter numpy (x1 x2) [] <x1 x2>
nonzero numpy (x) [] <x>
norm linalg (x ord=null axis=null keepdims=false) [ord axis keepdims] <x>
normalize nn (x axis=-1 order=2 epsilon=null) [axis order epsilon] <x>
notEqual numpy (x1 x2) [] <x1 x2>
oneHot nn (x num_classes axis=-1 dtype=null sparse=false) [num_classes axis dtype sparse] <x>
onesLike numpy (x dtype=null) [dtype] <x>
outer numpy (x1 x2) [] <x1 x2>
pad numpy (x pad_width mode="constant" constant_values=null) [pad_width mode] <x constant_values=constant_values>
padImages image (images top_padding=null left_padding=null bottom_padding=null right_padding=null target_height=null target_width=null data_format=null) [top_padding left_padding bottom_padding right_padding target_height target_width data_format] <images>
percentile numpy (x q axis=null method="linear" keepdims=false) [axis method keepdims] <x q>
perspectiveTransform image (images start_points end_points interpolation="bilinear" fill_value=0 data_format=null) [interpolation fill_value data_format] <images start_points end_points>
pinv linalg (x rcond=null) [rcond] <x>
polar nn (abs_ angle) [] <abs_ angle>
power numpy (x1 x2) [] <x1 x2>
prod numpy (x axis=null keepdims=false dtype=null) [axis keepdims dtype] <x>
psnr nn (x1 x2 max_val) [max_val] <x1 x2>
ptp numpy (x axis=null keepdims=false) [axis keepdims] <x>
qr linalg (x mode="reduced") [mode] <x>
quantile numpy (x q axis=null method="linear" keepdims=false) [axis method keepdims] <x q>
rad2deg numpy (x) [] <x>
ravel numpy (x) [] <x>
real numpy (x) [] <x>
rearrange einops (tensor pattern **axes_lengths) [] <tensor pattern>
reciprocal numpy (x) [] <x>
relu nn (x) [] <x>
relu6 nn (x) [] <x>
repeat numpy (x repeats axis=null) [repeats axis] <x>
reshape numpy (x newshape) [newshape] <x>
resize image (images size interpolation="bilinear" antialias=false crop_to_aspect_ratio=false pad_to_aspect_ratio=false fill_mode="constant" fill_value=0.0 data_format=null) [size interpolation antialias crop_to_aspect_ratio pad_to_aspect_ratio fill_mode fill_value data_format] <images>
rfft math (x fft_length=null) [fft_length] <x>
rgbToGrayscale image (images data_format=null) [data_format] <images>
rgbToHsv image (images data_format=null) [data_format] <images>
rightShift numpy (x y) [] <x y>
rmsNormalization nn (x scale=null axis=-1 epsilon=null) [axis epsilon] <x scale=scale>
roll numpy (x shift axis=null) [shift axis] <x>
rot90 numpy (array k=1 axes=[0,1]) [k axes] <array>
round numpy (x decimals=0) [decimals] <x>
rsqrt math (x) [] <x>
saturateCast core (x dtype) [dtype] <x>
scaleAndTranslate image (images output_shape scale translation spatial_dims method antialias=true) [spatial_dims method antialias] <images output_shape scale translation>
scan core (f init xs=null length=null reverse=false unroll=1) [length reverse unroll] <f init xs>
scatter core (indices values shape) [shape] <indices values>
scatterUpdate core (inputs indices updates reduction=null) [reduction] <inputs indices updates>
searchsorted numpy (sorted_sequence values side="left") [side] <sorted_sequence values>
segmentMax math (data segment_ids num_segments=null sorted=false) [num_segments sorted] <data segment_ids>
segmentMin math (data segment_ids num_segments=null sorted=false) [num_segments sorted] <data segment_ids>
segmentProd math (data segment_ids num_segments=null sorted=false) [num_segments sorted] <data segment_ids>
segmentSum math (data segment_ids num_segments=null sorted=false) [num_segments sorted] <data segment_ids>
select numpy (condlist choicelist default=0) [] <condlist choicelist default>
selu nn (x) [] <x>
separableConv nn (inputs depthwise_kernel pointwise_kernel strides=1 padding="valid" data_format=null dilation_rate=1) [strides padding data_format dilation_rate] <inputs depthwise_kernel pointwise_kernel>
sigmoid nn (x) [] <x>
sign numpy (x) [] <x>
signbit numpy (x) [] <x>
silu nn (x) [] <x>
sin numpy (x) [] <x>
sinc numpy (x) [] <x>
sinh numpy (x) [] <x>
size numpy (x) [] <x>
slice core (inputs start_indices shape) [shape] <inputs start_indices>
sliceUpdate core (inputs start_indices updates) [] <inputs start_indices updates>
slogdet numpy (x) [] <x>
sobelEdges image (images data_format=null) [data_format] <images>
softmax nn (x axis=-1) [axis] <x>
softplus nn (x) [] <x>
softShrink nn (x threshold=0.5) [threshold] <x>
softsign nn (x) [] <x>
solve linalg (a b) [] <a b>
solveTriangular linalg (a b lower=false) [lower] <a b>
sort numpy (x axis=-1) [axis] <x>
spaceToDepth nn (x block_size data_format="channels_last") [block_size data_format] <x>
sparseCategoricalCrossentropy nn (target output from_logits=false axis=-1) [from_logits axis] <target output>
sparsemax nn (x axis=-1) [axis] <x>
sparsePlus nn (x) [] <x>
sparseSigmoid nn (x) [] <x>
split numpy (x indices_or_sections axis=0) [indices_or_sections axis] <x>
sqrt numpy (x) [] <x>
square numpy (x) [] <x>
squareplus nn (x b=4) [b] <x>
squeeze numpy (x axis=null) [axis] <x>
ssim image (image1 image2 max_val=1.0 filter_size=11 filter_sigma=1.5 k1=0.01 k2=0.03 data_format=null) [max_val filter_size filter_sigma k1 k2 data_format] <image1 image2>
stack numpy (x axis=0) [axis] <x>
std numpy (x axis=null keepdims=false) [axis keepdims] <x>
stft math (x sequence_length sequence_stride fft_length window="hann" center=true) [sequence_length sequence_stride fft_length window center] <x>
stopGradient core (variable) [] <variable>
subtract numpy (x1 x2) [] <x1 x2>
sum numpy (x axis=null keepdims=false) [axis keepdims] <x>
svd linalg (x full_matrices=true compute_uv=true) [full_matrices compute_uv] <x>
swapaxes numpy (x axis1 axis2) [axis1 axis2] <x>
swish nn (x) [] <x>
switch core (index branches *operands) [] <index branches *operands>
take numpy (x indices axis=null) [axis] <x indices>
takeAlongAxis numpy (x indices axis=null) [axis] <x indices>
tan numpy (x) [] <x>
tanh numpy (x) [] <x>
tanhShrink nn (x) [] <x>
tensordot numpy (x1 x2 axes=2) [axes] <x1 x2>
threshold nn (x threshold default_value) [threshold default_value] <x>
tile numpy (x repeats) [repeats] <x>
topK math (x k sorted=true) [k sorted] <x>
trace numpy (x offset=0 axis1=0 axis2=1) [offset axis1 axis2] <x>
transpose numpy (x axes=null) [axes] <x>
trapezoid numpy (y x=null dx=1.0 axis=-1) [x dx axis] <y>
tril numpy (x k=0) [k] <x>
triu numpy (x k=0) [k] <x>
trueDivide numpy (x1 x2) [] <x1 x2>
trunc numpy (x) [] <x>
unfold nn (x kernel_size dilation=1 padding=0 stride=1) [kernel_size dilation padding stride] <x>
unique numpy (x sorted=true return_index=false return_inverse=false return_counts=false axis=null size=null fill_value=null) [sorted return_index return_inverse return_counts axis size fill_value] <x>
unravelIndex numpy (indices shape) [shape] <indices>
unstack core (x num=null axis=0) [num axis] <x>
vander numpy (x N=null increasing=false) [N increasing] <x>
var numpy (x axis=null keepdims=false) [axis keepdims] <x>
vdot numpy (x1 x2) [] <x1 x2>
vectorizedMap core (function elements) [function] <elements>
view numpy (x dtype=null) [dtype] <x>
viewAsComplex math (x) [] <x>
viewAsReal math (x) [] <x>
vsplit numpy (x indices_or_sections) [indices_or_sections] <x>
vstack numpy (xs) [] <xs>
where numpy (condition x1? x2?) [] <condition x1 x2>
whileLoop core (cond body loop_vars maximum_iterations=null) [cond body maximum_iterations] <loop_vars>
zerosLike numpy (x dtype=null) [dtype] <x>
`;
