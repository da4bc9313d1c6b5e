import { exposeOptions } from '../../base/exposed.ts';
import { type OptionNames, optionsOf } from '../../base/options.ts';
import { Callback, type CallbackLogs } from './callback.ts';

export interface RemoteMonitorOptions {
  /** Address of the server. */
  readonly root?: string;
  /** Path of the events on the server; `'/publish/epoch/end/'` by default. */
  readonly path?: string;
  /** Field of the form that holds the JSON text, unless it is sent as the body. */
  readonly field?: string;
  /** Headers of each request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether the body is JSON; a form's field by default. */
  readonly sendAsJson?: boolean;
}
const remoteMonitorOptions: OptionNames<RemoteMonitorOptions> = {
  root: true,
  path: true,
  field: true,
  headers: true,
  sendAsJson: true,
};

/** Sends loss and metrics of every epoch to a server, by POST. A server that does not answer is only warned of. */
export class RemoteMonitor extends Callback {
  readonly #options: Required<RemoteMonitorOptions>;

  constructor(options: RemoteMonitorOptions = {}) {
    optionsOf('RemoteMonitor', remoteMonitorOptions, options);
    super();
    this.#options = {
      root: 'http://localhost:9000',
      path: '/publish/epoch/end/',
      field: 'data',
      headers: {},
      sendAsJson: false,
      ...options,
    };
    exposeOptions(this, this.#options);
  }
  override async onEpochEnd(epoch: number, logs: CallbackLogs = {}): Promise<void> {
    const { root, path, field, headers, sendAsJson } = this.#options;
    const text = JSON.stringify({ epoch, ...logs });
    const type = sendAsJson ? { 'content-type': 'application/json' } : {};
    const body = sendAsJson ? text : new URLSearchParams({ [field]: text });
    try {
      await fetch(root + path, { method: 'POST', headers: { ...type, ...headers }, body });
    } catch (error) {
      console.warn(`RemoteMonitor: ${root} does not answer (${(error as Error).message}). Fix: start the server.`);
    }
  }
}
export interface RemoteMonitor extends Readonly<Required<RemoteMonitorOptions>> {}
