import { expect, test } from 'vitest';
import { Callback, type CallbackLogs } from './callback.ts';
import { CallbackList } from './callback-list.ts';
import { History } from './history.ts';
import { ProgbarLogger } from './progbar-logger.ts';

class Noting extends Callback {
  readonly seen: unknown[] = [];
  override async onEpochBegin(epoch: number): Promise<void> {
    await Promise.resolve();
    this.seen.push(['epoch', epoch]);
  }
  override onBatchEnd(batch: number, logs?: CallbackLogs): void {
    this.seen.push(['batch', batch, logs]);
  }
}

test('a list tells all its callbacks, and adds those of Keras', async () => {
  const noting = new Noting();
  const model = { name: 'mine' };
  const list = new CallbackList([noting], {
    addHistory: true,
    addProgbar: true,
    model,
    epochs: 2,
    verbose: 0,
    steps: 2,
  });
  const [, history, bar] = list.callbacks as [Noting, History, ProgbarLogger];
  expect(history).toBeInstanceOf(History);
  expect(noting.model).toBe(model);
  expect(noting.params).toEqual({ epochs: 2, verbose: 0, steps: 2 });
  await list.onTrainBegin();
  await list.onEpochBegin(0);
  await list.onTrainBatchBegin(0);
  await list.onTrainBatchEnd(0, { loss: 1 });
  await list.onEpochEnd(0, { loss: 0.5 });
  await list.onTrainEnd();
  expect(noting.seen).toEqual([
    ['epoch', 0],
    ['batch', 0, { loss: 1 }],
  ]);
  expect(history.history).toEqual({ loss: [0.5] });
  expect([bar.seen, bar.target, bar.verbose, bar.epochs]).toEqual([1, 2, 0, 2]);
});

test('what is there already is not added, and options are known by name', () => {
  const history = new History();
  expect(new CallbackList(history, { addHistory: true }).callbacks).toEqual([history]);
  expect(new CallbackList(null).callbacks).toEqual([]);
  expect(() => new CallbackList([], { addHistroy: true } as never)).toThrow(/addHistory/);
});
