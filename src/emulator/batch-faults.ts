import type { MultiStatus } from './multi-status.js';

/** What a fault does to a 207 before it is written. */
export type BatchEdit = (multi: MultiStatus) => MultiStatus;

export const dropLastPart: BatchEdit = ({ entries, parts }) => ({ entries, parts: parts.slice(0, -1) });

export const dropLastEntry: BatchEdit = ({ entries, parts }) => ({ entries: entries.slice(0, -1), parts });

/** The summary tells of another order than the parts have. */
export const shuffleEntries: BatchEdit = ({ entries, parts }) => ({
  entries: [...entries.slice(1), ...entries.slice(0, 1)],
  parts,
});

/** The first id is told of twice, the last one not at all. */
export const duplicateEntry: BatchEdit = ({ entries, parts }) => ({
  entries: [...entries.slice(0, 1), ...entries.slice(0, -1)],
  parts: [...parts.slice(0, 1), ...parts.slice(0, -1)],
});

/** An id that nobody asked for stands in the place of the first, in the summary alone. */
export const foreignEntry =
  (id: string): BatchEdit =>
  ({ entries, parts }) => ({
    entries: entries.map((entry, index) => (index === 0 ? { ...entry, id } : entry)),
    parts,
  });

/** A record that nobody asked for stands in the place of the first. */
export const foreignPart =
  (part: unknown): BatchEdit =>
  ({ entries, parts }) => ({ entries, parts: [part, ...parts.slice(1)] });

/** One entry's item fails as if the resource behind it had. */
export const failEntry =
  (index: number, status: number, body: unknown): BatchEdit =>
  ({ entries, parts }) => ({
    entries: entries.map((entry, at) => (at === index ? { ...entry, status } : entry)),
    parts: parts.map((part, at) => (at === index ? body : part)),
  });
