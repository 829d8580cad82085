/** Runs what concerns the same keys one after the other, in order of arrival, whoever asks. */
export interface Locks {
  run<T>(keys: readonly string[], task: () => Promise<T>): Promise<T>;
}

export function createLocks(): Locks {
  const tails = new Map<string, Promise<void>>();
  return {
    async run(keys, task) {
      // All keys are taken in one synchronous step, so that two tasks can never wait for each other.
      const before = Promise.all(keys.map((key) => tails.get(key)));
      const { promise: done, resolve: finish } = withResolvers();
      for (const key of keys) tails.set(key, done);
      try {
        await before;
        return await task();
      } finally {
        finish();
        for (const key of keys) if (tails.get(key) === done) tails.delete(key);
      }
    },
  };
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
