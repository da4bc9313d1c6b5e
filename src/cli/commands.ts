import { HornbeamError } from '../base/errors.ts';
import { closest } from '../base/spelling.ts';
import { table } from '../base/table.ts';
import { libraryVersion } from '../base/version.ts';
import type { Command } from './command.ts';
import { printable, type Streams } from './streams.ts';
import { UsageError } from './usage.ts';

interface Entry {
  readonly about: string;
  /** Loads the command: each needs a different part of the library. */
  readonly load: () => Promise<Command>;
}
const commands: Readonly<Record<string, Entry>> = table({
  summary: {
    about: 'the layers of a model, their output shapes and parameters',
    load: async () => (await import('./summary.ts')).summary,
  },
  plot: { about: 'a picture of a model', load: async () => (await import('./plot.ts')).plot },
  inspect: {
    about: 'the contents of a file: config, weights, metadata, sizes',
    load: async () => (await import('./inspect.ts')).inspect,
  },
  diff: { about: 'two models side by side: structure and weights', load: async () => (await import('./diff.ts')).diff },
  predict: {
    about: 'the outputs of a model for arrays or images',
    load: async () => (await import('./predict.ts')).predict,
  },
  evaluate: { about: 'the loss and metrics of a model', load: async () => (await import('./evaluate.ts')).evaluate },
  convert: { about: 'a model in another file format', load: async () => (await import('./convert.ts')).convert },
  handoff: {
    about: 'a folder with which Keras on JAX continues the training of a model',
    load: async () => (await import('./handoff.ts')).handoff,
  },
  translate: {
    about: 'plain Keras code in Python as TypeScript',
    load: async () => (await import('./translate.ts')).translateCommand,
  },
  explain: {
    about: 'the kernels that a model is compiled to',
    load: async () => (await import('./explain.ts')).explain,
  },
  studio: {
    about: 'the inside of a model, or runs of training, in a page',
    load: async () => (await import('./studio.ts')).studio,
  },
  'coco-eval': {
    about: 'COCO average precision of a file of detections',
    load: async () => (await import('./coco-eval.ts')).cocoEval,
  },
  doctor: {
    about: 'what this machine can compute with, and what is missing',
    load: async () => (await import('./doctor.ts')).doctor,
  },
});
const width = Math.max(...Object.keys(commands).map((name) => name.length));
const help = `Usage: hornbeam <command> [options]

Commands:
${Object.entries(commands)
  .map(([name, { about }]) => `  ${name.padEnd(width)}  ${about}`)
  .join('\n')}

"hornbeam <command> --help" says more, "hornbeam --version" the version.
Exit codes: 0 done, 1 it could not be done, 2 the command line is wrong.`;

/**
 * Runs a command line and returns the exit code: 0, or with the reason on the error stream 1 if it could not be done and 2 if
 * the command line makes no sense. Control characters in names from files are never printed.
 */
export async function run([name, ...args]: readonly string[], given: Streams): Promise<number> {
  const streams: Streams = {
    ...given,
    out: (text) => given.out(printable(text)),
    err: (text) => given.err(printable(text)),
  };
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    (name ? streams.out : streams.err)(help);
    return name ? 0 : 2;
  }
  if (name === '--version' || name === '-v') {
    streams.out(libraryVersion);
    return 0;
  }
  const entry = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!entry) {
    const guess = closest(name, Object.keys(commands));
    streams.err(`hornbeam: there is no command "${name}"${guess ? `; did you mean "${guess}"?` : ''}\n\n${help}`);
    return 2;
  }
  try {
    return await (await entry.load()).run(args, streams);
  } catch (error) {
    if (!isExpected(error)) throw error;
    const isClass = /registerKerasSerializable/.test(error.message);
    const advice = isClass ? '\n  Here: run the module that has the class, --import ./my-layers.js' : '';
    streams.err(`hornbeam ${name}: ${error.message}${advice}`);
    return error instanceof UsageError || name === 'diff' ? 2 : 1;
  }
}

/** Errors about the input: ours, and those of the file system. */
const isExpected = (error: unknown): error is Error =>
  error instanceof HornbeamError || (error instanceof Error && 'code' in error);
