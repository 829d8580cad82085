/** File names by worker, put in by the build: `{ editor: 'editor-X7K2.js', … }`. */
declare const WORKER_FILES: Readonly<Record<'editor' | 'graphql' | 'json', string>>;

const workerOf = (label: string) => (label === 'json' || label === 'graphql' ? label : 'editor');

// Monaco asks here for its workers. Files of our own origin need no blob: in the page's policy.
Object.assign(globalThis, {
  MonacoEnvironment: {
    getWorker: (_id: string, label: string) =>
      new Worker(new URL(WORKER_FILES[workerOf(label)], import.meta.url)),
  },
});
