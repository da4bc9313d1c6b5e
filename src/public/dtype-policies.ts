/** What `keras.dtype_policies` is. The policies of quantized weights stand beside the core of pages. */
export {
  AWQDTypePolicy,
  GPTQDTypePolicy,
  Int4DTypePolicy,
  QuantizedDTypePolicy,
  type QuantizedDTypePolicyOptions,
  QuantizedFloat8DTypePolicy,
  type QuantizedFloat8DTypePolicyOptions,
} from '../base/quantized-policies.ts';
export * from './page-dtype-policies.ts';
