interface Waiting {
  readonly fields: number;
  readonly start: () => void;
}

/** What a caller has under way, in fields of the answers, and who waits for it to become less, first come first served. */
interface Load {
  fields: number;
  readonly waiting: Set<Waiting>;
}

/**
 * Bounds what one caller's operations hold of memory and time at once. An operation beyond it waits, which costs next to
 * nothing, and leaves the line when its client goes.
 */
export class Workload {
  readonly #max: number;
  readonly #loads = new Map<string, Load>();

  constructor(max: number) {
    this.#max = max;
  }

  /**
   * Resolves to the function that ends the operation, to be called once.
   * Rejects with the signal's reason when it is aborted while waiting.
   */
  async enter(caller: string, fields: number, signal: AbortSignal): Promise<() => void> {
    const load = this.#loads.get(caller) ?? { fields: 0, waiting: new Set() };
    this.#loads.set(caller, load);
    if (load.waiting.size > 0 || !this.#fits(load, fields)) await wait(load, fields, signal);
    else load.fields += fields;
    return () => {
      load.fields -= fields;
      for (const next of load.waiting) {
        if (!this.#fits(load, next.fields)) break;
        load.waiting.delete(next);
        load.fields += next.fields;
        next.start();
      }
      if (load.fields === 0 && load.waiting.size === 0) this.#loads.delete(caller);
    };
  }

  /** One alone always fits. */
  #fits(load: Load, fields: number): boolean {
    return load.fields === 0 || load.fields + fields <= this.#max;
  }
}

function wait({ waiting }: Load, fields: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      waiting.delete(own);
      reject(signal.reason as Error);
    };
    const own: Waiting = {
      fields,
      start() {
        signal.removeEventListener('abort', leave);
        resolve();
      },
    };
    waiting.add(own);
    signal.addEventListener('abort', leave, { once: true });
  });
}
