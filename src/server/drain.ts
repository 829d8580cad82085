import type { FastifyInstance } from 'fastify';

/** Knows when no request is being answered any more. */
export interface Drain {
  /** Resolves then, or when the grace is over. The server goes on listening, so that /readyz says that it is stopping. */
  wait(graceOver: Promise<void>): Promise<void>;
}

export function createDrain(app: FastifyInstance): Drain {
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
    wait(graceOver) {
      if (inFlight === 0) return Promise.resolve();
      const empty = new Promise<void>((resolve) => (onEmpty = resolve));
      return Promise.race([empty, graceOver]);
    },
  };
}
