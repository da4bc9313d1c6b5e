import { run } from '../src/cli/commands.ts';

/** Runs the command `hornbeam` in this process: its exit code, and what it printed. */
export async function hornbeam(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const written = { out: '', err: '' };
  const line = (to: 'out' | 'err') => (text: string) => {
    written[to] += `${text}\n`;
  };
  const code = await run(args, { out: line('out'), err: line('err'), columns: 80 });
  return { code, ...written };
}
