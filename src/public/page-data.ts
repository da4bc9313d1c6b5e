/** What `keras.data` is in pages: its pipelines are in the file beside the core. */
export {};
