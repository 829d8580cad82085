import type { FastifyInstance } from 'fastify';
import type { Clock } from '../lib/clock.js';

/** Knows when no request is being answered any more. */
export interface Drain {
  /** Resolves then, or after `graceMs`. The server goes on listening, so that /readyz can say that it is stopping. */
  wait(graceMs: number): Promise<void>;
}

export function createDrain(app: FastifyInstance, clock: Clock): Drain {
  let inFlight = 0;
  let onEmpty = () => {};
  app.addHook('onRequest', (_request, reply, done) => {
    inFlight += 1;
    // `close` comes once for every answer, also where the client went away before it.
    reply.raw.once('close', () => {
      inFlight -= 1;
      if (inFlight === 0) onEmpty();
    });
    done();
  });
  return {
    wait(graceMs) {
      if (inFlight === 0) return Promise.resolve();
      return new Promise((resolve) => {
        const cancel = clock.after(graceMs, resolve);
        onEmpty = () => {
          cancel();
          resolve();
        };
      });
    },
  };
}
