/** What `keras.data`, `keras.datasets` and `keras.preprocessing` are in pages: what they hold is in the file beside the core. */
export {};
