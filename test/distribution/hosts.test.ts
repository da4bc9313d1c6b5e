import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installed, launch } from './jobs.ts';

const [a, b] = [`hornbeam-a${process.pid}`, `hornbeam-b${process.pid}`];
const [first, second] = ['10.77.0.1', '10.77.0.2'];
const ip = (...args: string[]): boolean => spawnSync('ip', args).status === 0;

/** Two hosts on this machine: network namespaces with addresses of their own and a cable between them. */
function connect(): boolean {
  const isMade = ip('netns', 'add', a) && ip('netns', 'add', b);
  return (
    isMade &&
    ip('link', 'add', 'va', 'netns', a, 'type', 'veth', 'peer', 'name', 'vb', 'netns', b) &&
    ip('-n', a, 'addr', 'add', `${first}/24`, 'dev', 'va') &&
    ip('-n', b, 'addr', 'add', `${second}/24`, 'dev', 'vb') &&
    [a, b].every((host) => ip('-n', host, 'link', 'set', 'lo', 'up')) &&
    ip('-n', a, 'link', 'set', 'va', 'up') &&
    ip('-n', b, 'link', 'set', 'vb', 'up')
  );
}
const disconnect = (): void => void [a, b].map((host) => ip('netns', 'del', host));
const arePossible = installed.includes('mpirun.mpich') && connect();
disconnect();
if (!arePossible) console.info('no network namespaces (or no mpirun.mpich): training on two hosts is not tested');

describe.skipIf(!arePossible)('training on two hosts', { timeout: 300_000 }, () => {
  let by: readonly string[] = [];
  beforeAll(() => {
    connect();
    // What the launcher starts a host's processes with, instead of ssh.
    const remote = join(mkdtempSync(join(tmpdir(), 'hornbeam-hosts-')), 'remote');
    const host = `case $1 in ${first}) host=${a};; *) host=${b};; esac; shift`;
    writeFileSync(
      remote,
      `#!/bin/bash\nwhile [[ "$1" == -* ]]; do shift; done\n${host}\nexec ip netns exec $host bash -c "$*"\n`,
      { mode: 0o755 },
    );
    const hosts = [
      '-launcher',
      'ssh',
      '-launcher-exec',
      remote,
      '-hosts',
      `${first},${second}`,
      '-n',
      '2',
      '-ppn',
      '1',
    ];
    by = ['ip', 'netns', 'exec', a, 'mpirun.mpich', ...hosts];
  });
  afterAll(disconnect);
  // Else it finds the memory that both share.
  const env = { SEED: '7', UCX_TLS: 'tcp,self' };
  const sent = (): number => {
    const { stdout } = spawnSync('ip', ['-n', a, '-s', '-j', 'link', 'show', 'va'], { encoding: 'utf8' });
    return JSON.parse(stdout)[0].stats64.tx.bytes as number;
  };

  test('has the bits of one host, through a network that is cut for a while', async () => {
    const together = await launch('mpirun.mpich', 2, 'curve', { env });
    const before = sent();
    let isCut = false;
    const cut = setInterval(() => {
      if (isCut || sent() - before < 100_000) return;
      isCut = true;
      ip('-n', a, 'link', 'set', 'va', 'down');
      setTimeout(() => ip('-n', a, 'link', 'set', 'va', 'up'), 2000);
    }, 100);
    const apart = await launch('mpirun.mpich', 2, 'curve', { by, env });
    clearInterval(cut);
    expect([apart.code, isCut]).toEqual([0, true]);
    expect(apart.results).toEqual(together.results);
  });
});
