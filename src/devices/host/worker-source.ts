import { control, heapBase, maxMessage } from './layout.ts';

/** Microseconds that an idle thread polls for the next job before it goes to sleep. */
const pollTime = 50;

/**
 * The source of a worker, as text, so that it starts without a file in Node and in pages alike.
 *
 * `serve` processes jobs without returning to the event loop. A job with module -1 is the exception: the thread
 * returns, finds a message with new modules, instantiates them and continues serving.
 */
export const workerSource = `
const control = ${JSON.stringify(control)};
const begin = (listen) => ({ memory, index }) => {
  const words = new Int32Array(memory.buffer, 0, ${heapBase / 4});
  const at = (address) => address >> 2;
  const args = new Float64Array(memory.buffer, control.args, 24);
  const modules = new Map();
  const { load, add, sub, store, notify, wait, compareExchange } = Atomics;
  let seen = load(words, at(control.job));

  const failed = (error) => {
    if (compareExchange(words, at(control.aborted), 0, 1) === 0) {
      const text = String(error && error.message || error).slice(0, ${maxMessage});
      const units = new Uint16Array(memory.buffer, control.message + 4, ${maxMessage});
      words[at(control.message)] = text.length;
      for (let i = 0; i < text.length; i++) units[i] = text.charCodeAt(i);
    }
    add(words, at(control.generation), 1);
    notify(words, at(control.generation));
  };
  const done = () => {
    if (sub(words, at(control.pending), 1) === 1) notify(words, at(control.pending));
  };
  const learn = ({ drop, load: fresh }) => {
    for (const id of drop) modules.delete(id);
    for (const [id, module] of fresh) {
      const { exports } = new WebAssembly.Instance(module, { env: { memory, look: () => {} } });
      const names = WebAssembly.Module.exports(module).map((entry) => entry.name);
      modules.set(id, names.map((name) => exports[name]));
    }
  };
  const perform = (id) => {
    const threadCount = words[at(control.threadCount)];
    if (index >= threadCount) return;
    const entry = modules.get(id)[words[at(control.entry)]];
    switch (words[at(control.argCount)]) {
      case 0: entry(index, threadCount); break;
      case 1: entry(index, threadCount, args[0]); break;
      case 2: entry(index, threadCount, args[0], args[1]); break;
      default: entry(index, threadCount, ...args.subarray(0, words[at(control.argCount)]));
    }
  };
  const idle = () => {
    const until = performance.now() + ${pollTime / 1000};
    for (;;) {
      for (let i = 0; i < 200; i++) if (load(words, at(control.job)) !== seen) return;
      if (performance.now() > until) {
        add(words, at(control.sleepers), 1);
        wait(words, at(control.job), seen);
        sub(words, at(control.sleepers), 1);
      }
    }
  };
  const serve = () => {
    for (;;) {
      idle();
      seen = (seen + 1) | 0;
      if (load(words, at(control.closing))) {
        // From here on this thread touches no word used by its successors.
        sub(words, at(control.ready), 1);
        notify(words, at(control.ready));
        return;
      }
      store(words, at(control.begun + 64 * index), seen);
      const id = words[at(control.module)];
      if (id < 0) return;
      try { perform(id); } catch (error) { failed(error); }
      done();
    }
  };
  listen((message) => {
    try { learn(message); } catch (error) { failed(error); }
    done();
    serve();
  });
  add(words, at(control.ready), 1);
  notify(words, at(control.ready));
  serve();
};
if (typeof require === 'function') {
  const { parentPort, workerData } = require('node:worker_threads');
  begin((handle) => parentPort.on('message', handle))(workerData);
} else {
  onmessage = ({ data }) => begin((handle) => { onmessage = (event) => handle(event.data); })(data);
}
`;
