/** What whole namespaces are in pages (`applications`, `data`, `distillation` …): what they hold is in the files beside the core. */
export {};
