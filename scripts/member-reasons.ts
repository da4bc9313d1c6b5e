/** Why members of Keras's classes (`Dense.quantize`) and parameters (`LSTM(use_cudnn)`) are not here: the first rule that matches. */
export const memberReasons: readonly (readonly [what: RegExp, reason: string])[] = [
  [
    /\.(on_\w+|call|build|compute_mask|get_random_transformation|transform_\w+)\(/,
    'the library passes it to a method of the class; one that makes no use of it leaves it out',
  ],
  [/^QuantizationConfig\(/, 'the classes that extend it take it'],
  [
    /quantized_(build|call)|gptq_unpacked|variable_serialization_spec|quantizer_or_default/,
    'what quantizes stands beside the layers, not in them: `layer.quantize` and `saveOwnVariables` are what others need',
  ],
  [
    /\.(backend|backend_layout|backend_mesh|convert_weight|supports_jit|jax_state_sync|compute_loss_and_updates|synchronization|use_cudnn)$|\((use_cudnn|flash_attention|layout|synchronization)\)$/,
    "chooses among Keras's backends, or among their kernels and devices",
  ],
  [/(sparse|ragged\w*|row_splits_dtype)\)?$/, 'there are no sparse and ragged tensors'],
  [
    /from_config\((custom_objects|safe_mode)\)$/,
    '`customObjects` is an option of what loads, and holds for all within',
  ],
  [/^Distribution\.distribute_tf_dataset$/, 'reads a pipeline of TensorFlow; `keras.data.Dataset` is its like here'],
  [/^(ModelParallel|Distribution)[.(]/, '`ModelParallel` is refused, with what to do instead (docs/distributed.md)'],
  [/\.add_metric$/, 'Keras refuses it as well'],
  [/^TensorBoard\.summary$/, "a module of TensorFlow's; `utils.SummaryWriter` does its work"],
  [
    /(\.(rank|pool_mode|score_mode|implementation|inner_loop|init_thresholds|interpolate_pr_auc|monitor_op|convolution_op|partial_output_shape|call_signature_parameters|normalized_weights|record_history|get_clipped_bbox|get_shifted_bbox|get_transformed_x_y|get_elastic_transform_params)|\(record_history\))$/,
    "how Keras's class works inside",
  ],
  [
    /^(CSVLogger\.(writer|keys|append_header|csv_file)|DropoutRNNCell\.\w+|Muon\.(lr_adjust|transpose_last_axis|zeropower_via_newtonschulz5)|Normalization\.input_(mean|variance))$/,
    "how Keras's class works inside",
  ],
  [
    /^(ContrastLimitedAdaptiveHistogramEqualization|Equalization|MaxNumBoundingBoxes|MixUp|RandomColorJitter|RandomCrop)\.factor$/,
    'an option of the class that it extends, of which it makes no use',
  ],
  [/^Optimizer\(/, 'options of the class that extends it'],
  [
    /^(DTypePolicy\.convert_input|Dropout\.noise_shape|Normalization\.finalize_state|SeedGenerator\.next\(ordered\)|StatelessScope(\.|\()initialize_variables\)?)$/,
    "how Keras's class works inside",
  ],
  [
    /^BaseOptimizer\.add_variable\(aggregation\)$/,
    "chooses among Keras's backends, or among their kernels and devices",
  ],
  [/^(Bidirectional|Embedding)\(weights\)$/, '`setWeights` gives a layer its weights'],
  [/^InputLayer\(input_tensor\)$/, '`models.cloneModel` puts a model upon other tensors'],
  [
    /^Lambda[.(](mask|output_shape)\)?$/,
    "shapes are found by running the function, and a class of one's own says its mask in `computeMask`",
  ],
  [/\(value_format\)$/, 'tensors give their numbers themselves'],
  [
    /\.(set_model\(model|(predict|test|train)_step\(data|set_state_tree\(state_tree)\)$/,
    'it takes one object, under another name',
  ],
];
