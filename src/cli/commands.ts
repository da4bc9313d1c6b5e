import { HornbeamError } from '../base/errors.ts';
import { table } from '../base/table.ts';
import { cocoEval } from './coco-eval.ts';
import type { Streams } from './streams.ts';

const commands: Readonly<Record<string, (args: readonly string[], streams: Streams) => void>> = table({
  'coco-eval': cocoEval,
});
const help = `Usage: hornbeam <command> [options]

Commands:
  coco-eval   COCO average precision of a result file

"hornbeam <command> --help" says more.`;

/** Runs a command line and gives the exit code: 0, or 1 with the reason on the error stream. */
export function run([name, ...args]: readonly string[], streams: Streams): number {
  if (name === undefined || name === '--help' || name === '-h') {
    (name ? streams.out : streams.err)(help);
    return name ? 0 : 1;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    streams.err(`hornbeam: there is no command "${name}"\n\n${help}`);
    return 1;
  }
  try {
    command(args, streams);
    return 0;
  } catch (error) {
    if (!isExpected(error)) throw error;
    streams.err(`hornbeam ${name}: ${error.message}`);
    return 1;
  }
}

/** Errors that say what is wrong with the input: ours, those of files, and those of `parseArgs`. */
const isExpected = (error: unknown): error is Error =>
  error instanceof HornbeamError || (error instanceof Error && 'code' in error);
