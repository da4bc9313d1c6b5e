/** Why public names of Keras are not here: the first rule that matches a full name (`keras.layers.TFSMLayer`) counts. */
export const reasons: readonly (readonly [name: RegExp, reason: string])[] = [
  [/\.(TFSMLayer|SavedModel)$/, "runs a TensorFlow SavedModel inside of Keras's TensorFlow backend"],
  [/\.(TorchModuleWrapper)$/, 'wraps a PyTorch module'],
  [/\.(FlaxLayer|JaxLayer|is_nnx_enabled)$/, 'wraps code written for JAX'],
  [/^keras\.wrappers\./, 'wraps models for scikit-learn, a Python library'],
  [/\.OrbaxCheckpoint$/, 'writes the checkpoint format of Orbax, a Python library'],
  [/\.ExportArchive$/, 'writes a TensorFlow SavedModel'],
  [/\.set_backend$/, 'there is one backend; `config.setDevice` chooses where it runs'],
  [/^keras\.(device|name_scope|SymbolicScope)$/, 'a Python `with` block'],
  [/\.(CustomObjectScope|custom_object_scope)$/, 'a Python `with` block; `customObjects` is an option of what loads'],
  [/\.(enable|disable|is)_flash_attention(_enabled)?$/, 'attention has one implementation'],
  [
    /\.enable_unsafe_deserialization$/,
    'nothing that a file holds is ever run as code; functions come as `customObjects`',
  ],
  [/^keras\.Quantizer$/, 'it is `keras.quantizers.Quantizer`: at the top every page would carry it'],
  [/\.(enable|disable|is)_traceback_filtering(_enabled)?$/, "hides Keras's own frames in a Python traceback"],
];
