import type { Streams } from './streams.ts';
import { type Options, parsed, type Values, wordsOf } from './usage.ts';

/** A command as its file describes it. */
interface Description<O extends Options> {
  readonly name: string;
  /** Its positional arguments, such as "MODEL". */
  readonly words: readonly string[];
  /** What it does, in one line. */
  readonly about: string;
  /** The rest of its help. */
  readonly notes?: string;
  readonly options: O;
  /** Runs it; returns the exit code, if it is not 0. */
  run(
    given: { readonly words: readonly string[]; readonly values: Values<O> },
    streams: Streams,
  ): Promise<number | void>;
}
/** A command as the command line runs it. */
export interface Command {
  readonly run: (args: readonly string[], streams: Streams) => Promise<number>;
}

const common = { help: { type: 'boolean', doc: 'this text' } } as const satisfies Options;

/** A command that answers `--help`, requires all its arguments and refuses unknown ones. */
export function command<const O extends Options>(description: Description<O>): Command {
  return {
    async run(args, streams) {
      const short = args.map((arg) => (arg === '-h' ? '--help' : arg));
      const options = { ...description.options, ...common };
      if (short.includes('--help')) {
        streams.out(helpOf(description, options));
        return 0;
      }
      const { values, words } = parsed(short, options);
      return (await description.run({ words: wordsOf(words, description.words), values }, streams)) ?? 0;
    },
  };
}

function helpOf({ name, words, about, notes }: Description<Options>, options: Options): string {
  const entries = Object.entries(options).map(
    ([option, { value, doc }]) => [`--${option}${value ? ` ${value}` : ''}`, doc] as const,
  );
  const width = Math.max(...entries.map(([left]) => left.length));
  const lines = entries.map(([left, doc]) => `  ${left.padEnd(width)}  ${doc}`);
  return [
    `Usage: hornbeam ${[name, ...words].join(' ')} [options]`,
    about,
    ...(notes ? [notes] : []),
    lines.join('\n'),
  ].join('\n\n');
}
