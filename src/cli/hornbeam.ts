#!/usr/bin/env node
import { terminalColumns } from '../base/terminal.ts';
import { run } from './commands.ts';

// The reader may stop early: `hornbeam summary model.keras | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});
process.exitCode = await run(process.argv.slice(2), {
  out: (text) => process.stdout.write(`${text}\n`),
  err: (text) => process.stderr.write(`${text}\n`),
  columns: terminalColumns(),
});
