import { HornbeamError } from '../base/errors.ts';
import type { CustomObjects } from '../base/registry/serialize.ts';
import { isFolder } from '../formats/file.ts';
import { nodeModules } from '../formats/node-modules.ts';
import { loadModel, type Model } from '../models/index.ts';
import { modelAnswers } from './answers.ts';
import { Hub } from './hub.ts';
import { RunFolder } from './run-folder.ts';
import { type StudioServer, serveStudio } from './server.ts';
import { describeModel } from './structure.ts';

export interface ServeFileOptions {
  /** Port on this machine; 0, any that is free, by default. */
  readonly port?: number;
  /** Classes of one's own that the model is made of. */
  readonly customObjects?: CustomObjects;
  /** Told what goes wrong when the file changes. */
  readonly warn?: (problem: string) => void;
}
/** Time between two looks at a file. */
const pause = 700;

/** Serves a model's file, or a folder of runs, and shows what changes in it. */
export async function serveFile(place: string, options: ServeFileOptions = {}): Promise<StudioServer> {
  const { port = 0, warn = () => undefined } = options;
  const hub = new Hub();
  const title = `${place.split(/[\\/]/).filter(Boolean).at(-1) ?? place} · Hornbeam studio`;
  const isRuns = (await isFolder(place)) && !(await isModelFolder(place));
  const look = isRuns ? followRuns(hub, place) : await followModel(hub, place, options);
  const server = await serveStudio(hub, { port, title });
  let isClosed = false;
  const again = async (): Promise<void> => {
    while (!isClosed) {
      await look().catch((error: unknown) => warn(error instanceof HornbeamError ? error.message : String(error)));
      await new Promise((next) => setTimeout(next, pause).unref());
    }
  };
  // A file that is no model is an error at once; long logs are read while the page is open already.
  if (!isRuns) await look();
  void again();
  return {
    url: server.url,
    close: () => {
      isClosed = true;
      return server.close();
    },
  };
}

/** A folder that is a model of TensorFlow's. */
async function isModelFolder(place: string): Promise<boolean> {
  const { fs } = nodeModules(`folder ${place}`, 'open it in Node');
  return (await fs.readdir(place)).includes('saved_model.pb');
}

function followRuns(hub: Hub, place: string): () => Promise<void> {
  const folder = new RunFolder(place);
  return () => folder.read((lines) => hub.send(...lines));
}

async function followModel(
  hub: Hub,
  place: string,
  { customObjects = {} }: ServeFileOptions,
): Promise<() => Promise<void>> {
  const { fs } = nodeModules(`file ${place}`, 'open it in Node');
  let seen = 0;
  let model: Model<any> | undefined;
  hub.answering = modelAnswers(() => model as Model<any>);
  return async () => {
    const { mtimeMs } = await fs.stat(place);
    if (mtimeMs === seen) return;
    seen = mtimeMs;
    model = await loadModel<Model<any>>(place, { customObjects, compile: false });
    hub.send(describeModel(model, place));
  };
}
