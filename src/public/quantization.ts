/** What quantizes layers and models, which the core of pages leaves out, as a file beside it. */
export * as dtypePolicies from './dtype-policies.ts';
export * as quantizers from './quantizers.ts';
