import { exposeOptions } from '../../base/exposed.ts';
import { type OptionNames, optionsOf } from '../../base/options.ts';
import { Callback, type CallbackLogs } from './callback.ts';

/** Options of `RemoteMonitor`. */
export interface RemoteMonitorOptions {
  /** Address of the server. */
  readonly root?: string;
  /** Path on the server that events are sent to; `'/publish/epoch/end/'` by default. */
  readonly path?: string;
  /** Form field that holds the JSON text, unless it is sent as the body. */
  readonly field?: string;
  /** Headers of each request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sends JSON as the body; by default, a form field. */
  readonly sendAsJson?: boolean;
}
const remoteMonitorOptions: OptionNames<RemoteMonitorOptions> = {
  root: true,
  path: true,
  field: true,
  headers: true,
  sendAsJson: true,
};

/** Sends the loss and metrics of every epoch to a server by POST. If the server does not answer, it only warns. */
export class RemoteMonitor extends Callback {
  readonly #options: Required<RemoteMonitorOptions>;

  constructor(options: RemoteMonitorOptions = {}, ...surplus: undefined[]) {
    optionsOf('RemoteMonitor', remoteMonitorOptions, options, surplus);
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
