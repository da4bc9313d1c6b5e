/** What `keras.data` and `keras.datasets` are in pages: what they hold is in the file beside the core. */
export {};
