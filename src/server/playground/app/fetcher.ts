import { requestHeaders } from './settings.js';

/** What an answer cost upstream; only there with UPSTREAM_STATS. */
export interface Cost {
  calls: number;
  ids: number;
  cacheHits: number;
}

interface Answer {
  extensions?: { upstream?: Cost };
}

interface Observer {
  next(answer: Answer): void;
  error(error: unknown): void;
  complete(): void;
}

interface Options {
  headers?: Record<string, string>;
}

/**
 * Sends operations to the address of the page itself. What it returns can be stopped, which a promise cannot: GraphiQL
 * stops a run when its tab is left, and would otherwise show the answer in the next one.
 * @param begin is told of each run but that of the schema's query, and returns whom to tell what it cost
 */
export const createFetcher =
  (begin: () => (cost: Cost | undefined) => void) =>
  (operation: { operationName?: string | null }, { headers }: Options = {}) => ({
    // GraphiQL calls it with an observer alone; its type has three functions as well.
    subscribe(given: unknown) {
      const observer = given as Observer;
      const abort = new AbortController();
      const tellCost = operation.operationName === 'IntrospectionQuery' ? undefined : begin();
      ask(operation, headers, abort.signal).then(
        (answer) => {
          if (abort.signal.aborted) return;
          tellCost?.(answer.extensions?.upstream);
          observer.next(answer);
          observer.complete();
        },
        (error: unknown) => {
          if (!abort.signal.aborted) observer.error(error);
        },
      );
      return {
        unsubscribe() {
          abort.abort();
        },
      };
    },
  });

async function ask(operation: object, headers: Options['headers'], signal: AbortSignal): Promise<Answer> {
  const response = await fetch(location.pathname, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json',
      ...requestHeaders,
      ...headers,
    },
    body: JSON.stringify(operation),
    signal,
  });
  return (await response.json()) as Answer;
}
