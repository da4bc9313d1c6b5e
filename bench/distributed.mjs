/**
 * How much of the speed of one process of N threads do N processes of one thread have, which train together? And what do they send?
 * After `npm run build`, with an MPI:
 *
 *   node bench/distributed.mjs [--ranks 2] [--model resnet20] [--device wasm] [--batch 64] [--steps 20] [--rounds 5]
 *       [--launcher mpirun] [--wire] [--cpu]
 *
 * Both train the same global batches by `fit`, and take turns, round by round. `--wire` lets the ranks speak TCP in a network namespace of
 * their own (as root, on Linux), and counts its bytes. `--cpu` counts what processors worked instead of the clock, for busy machines: waiting
 * for the other rank, which is asking, then counts too.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { batches } from './models/data.mjs';
import { build } from './models/hornbeam.mjs';
import { median, table } from './table.mjs';

const { values: options } = parseArgs({
  options: {
    ranks: { type: 'string', default: '2' },
    model: { type: 'string', default: 'resnet20' },
    device: { type: 'string', default: 'wasm' },
    batch: { type: 'string', default: '64' },
    steps: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '5' },
    launcher: { type: 'string', default: 'mpirun' },
    wire: { type: 'boolean', default: false },
    cpu: { type: 'boolean', default: false },
    worker: { type: 'boolean', default: false },
  },
});
const ranks = Number(options.ranks);

if (options.worker) await work();
else compare();

/** A process that trains: rank 0 prints the milliseconds of a step. */
async function work() {
  const keras = await import('../dist/node/index.js');
  keras.distribution.setDistribution(new keras.distribution.DataParallel());
  const { dataShardId: rank, numProcesses } = keras.distribution.distribution();
  await keras.config.setDevice(options.device);
  keras.utils.setRandomSeed(1);
  const model = build[options.model](keras);
  const loss = new keras.losses.SparseCategoricalCrossentropy({ fromLogits: true });
  model.compile({ optimizer: new keras.optimizers.Adam(), loss });
  const [samples, steps] = [Number(options.batch), Number(options.steps)];
  const { x, y } = batches[options.model]();
  const repeat = (data, width) => Array.from({ length: samples * steps * width }, (_, k) => data[k % data.length]);
  const width = x.shape.reduce((a, b) => a * b, 1);
  const [allX, allY] = [
    keras.tensor(Float32Array.from(repeat(x.values, width)), { shape: [samples * steps, ...x.shape] }),
    keras.tensor(Int32Array.from(repeat(y.values, 1)), { shape: [samples * steps] }),
  ];
  const fit = (epochs) => model.fit(allX, allY, { batchSize: samples, epochs, verbose: 0, shuffle: false });
  await fit(1);
  const sent = bytesSent();
  const { user, system } = process.cpuUsage();
  const start = performance.now();
  await fit(1);
  const took = performance.now() - start;
  const cpu = process.cpuUsage();
  const wire = (bytesSent() - sent) / steps;
  const cpuTime = (cpu.user + cpu.system - user - system) / 1000;
  const numbers = model.trainableVariables.reduce((sum, v) => sum + v.shape.reduce((a, b) => a * b, 1), 0);
  const slots = model.optimizer.variables.reduce((sum, v) => sum + v.shape.reduce((a, b) => a * b, 1), 0);
  const others = model.nonTrainableVariables.reduce((sum, v) => sum + v.shape.reduce((a, b) => a * b, 1), 0);
  if (rank === 0)
    console.log(
      JSON.stringify({ ranks: numProcesses, step: took / steps, cpu: cpuTime / steps, wire, numbers, others, slots }),
    );
}

/** Bytes that this network has sent so far, over all its devices. */
function bytesSent() {
  const lines = readFileSync('/proc/self/net/dev', 'utf8').trim().split('\n').slice(2);
  return lines.reduce((sum, line) => sum + Number(line.split(/[:\s]+/).filter(Boolean)[9]), 0);
}

function compare() {
  const self = fileURLToPath(import.meta.url);
  const worker = [process.execPath, self, ...process.argv.slice(2), '--worker'];
  const run = (command, threads) => {
    const { stdout, stderr, status } = spawnSync(command[0], command.slice(1), {
      encoding: 'utf8',
      env: {
        ...process.env,
        HORNBEAM_THREADS: String(threads),
        OMPI_ALLOW_RUN_AS_ROOT: '1',
        OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1',
        // Else they find the memory that both share.
        ...(options.wire && {
          UCX_TLS: 'tcp,self',
          OMPI_MCA_btl: 'tcp,self',
          OMPI_MCA_pml: 'ob1',
          OMPI_MCA_btl_tcp_if_include: 'lo',
        }),
      },
    });
    const line = stdout?.split('\n').find((text) => text.startsWith('{'));
    if (status !== 0 || !line) throw new Error(`${command.join(' ')} ended with ${status}:\n${stderr}`);
    return JSON.parse(line);
  };
  const quoted = [options.launcher, '-n', String(ranks), ...worker].map((word) => `'${word}'`).join(' ');
  const together = options.wire
    ? ['unshare', '--net', 'bash', '-c', `ip link set lo up; exec ${quoted}`]
    : [options.launcher, '-n', String(ranks), ...worker];
  const [alone, many] = [[], []];
  for (let round = 0; round < Number(options.rounds); round++) {
    alone.push(run(worker, ranks));
    many.push(run(together, 1));
  }
  const times = (all) => all.map((one) => (options.cpu ? one.cpu * (all === many ? ranks : 1) : one.step));
  const shown = (all) => {
    const found = times(all);
    return [Math.min(...found), median(found), Math.max(...found)].map((ms) => ms.toFixed(1));
  };
  const unit = options.cpu ? 'ms of CPU a step' : 'ms a step';
  console.log(`${options.model}, batch ${options.batch}, ${options.device}: ${unit}, of ${options.rounds} rounds\n`);
  console.log(
    table(
      ['', 'min', 'median', 'max'],
      [
        [`1 process, ${ranks} threads`, ...shown(alone)],
        [`${ranks} processes, 1 thread each`, ...shown(many)],
      ],
    ),
  );
  const ratios = times(alone).map((ms, round) => ms / times(many)[round]);
  console.log(`\nEfficiency (median of the rounds' ratios): ${median(ratios).toFixed(2)}`);
  const [{ numbers, others, slots, wire }] = many;
  const bytes = 4 * (numbers + others);
  // Each sends 2 (n - 1) / n of what is summed, and all of them together n times that.
  const sums = 2 * (ranks - 1) * bytes;
  // When a fit begins, rank 0 gives the others what it has.
  const computed = Math.round(sums + ((ranks - 1) * 4 * (numbers + others + slots)) / Number(options.steps));
  console.log(`Summed in a step: ${numbers} gradients and at most ${others} statistics, ${bytes} bytes.`);
  console.log(
    `Sent by all together, computed for a ring: ${sums} bytes a step, and with the beginning of fit ${computed}.`,
  );
  if (options.wire)
    console.log(
      `Counted, with what TCP and MPI add: ${Math.round(wire)} bytes a step (${(wire / computed).toFixed(2)}).`,
    );
}
