import type { IncomingHttpHeaders } from 'node:http';

/** One call that arrived. */
export interface JournalEntry {
  /** Milliseconds since the epoch, by the emulator's clock. */
  readonly at: number;
  readonly method: string;
  /** As it came, without the query. */
  readonly path: string;
  /** As it came, without the question mark. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Of `Authorization: Bearer`. */
  readonly token: string | undefined;
  /** RingCentral's name of what was asked for; undefined for an address that it does not have. */
  readonly operation: string | undefined;
  /** 0 until it was answered, and for good where the connection was closed instead. */
  status: number;
}

/** The calls in order of arrival; the oldest go when there are more than `limit`. */
export class Journal {
  readonly entries: JournalEntry[] = [];
  readonly #limit: number;
  #count = 0;
  #waiting: { count: number; resolve: () => void }[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(entry: JournalEntry): void {
    this.entries.push(entry);
    if (this.entries.length > this.#limit) this.entries.shift();
    this.#count += 1;
    const due = this.#waiting.filter(({ count }) => count <= this.#count);
    this.#waiting = this.#waiting.filter(({ count }) => count > this.#count);
    for (const { resolve } of due) resolve();
  }

  clear(): void {
    this.entries.length = 0;
    this.#count = 0;
  }

  /** Resolves when so many calls have arrived since the journal was last cleared. */
  arrived(count: number): Promise<void> {
    if (this.#count >= count) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ count, resolve }));
  }
}
