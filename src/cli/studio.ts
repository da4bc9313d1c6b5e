import { serveFile } from '../studio/serve-file.ts';
import { command } from './command.ts';
import { customObjects, modelOptions } from './model-file.ts';
import { numberOf, wrongUsage } from './usage.ts';

/** `hornbeam studio`: serves a model's file or a folder of runs until it is stopped. */
export const studio = command({
  name: 'studio',
  words: ['MODEL|FOLDER'],
  about:
    'Serves the studio on this machine and prints its address: the inside of a model, reloaded when the file changes,\nor the runs in a folder (written by callbacks.Studio or for TensorBoard), followed as they grow.',
  notes: 'Ctrl-C ends it.',
  options: {
    port: { type: 'string', value: 'N', doc: 'the port (default: any that is free)' },
    ...modelOptions,
  },
  async run({ words: [place], values }, { out, err }) {
    const port = numberOf('port', values.port ?? '0', 0);
    if (port > 65535) wrongUsage(`--port is "${values.port}"`, 'give a number of at most 65535');
    const served = await serveFile(place, { port, customObjects: await customObjects(values.import), warn: err });
    out(served.url);
  },
});
