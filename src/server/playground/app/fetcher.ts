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

/** Sends operations to the address of the page itself; tells the cost of each answer but that of the schema's. */
export const createFetcher =
  (onCost: (cost: Cost | undefined) => void) =>
  async (
    operation: { operationName?: string | null },
    { headers }: { headers?: Record<string, string> } = {},
  ): Promise<Answer> => {
    const response = await fetch(location.pathname, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json',
        ...requestHeaders,
        ...headers,
      },
      body: JSON.stringify(operation),
    });
    const answer = (await response.json()) as Answer;
    if (operation.operationName !== 'IntrospectionQuery') onCost(answer.extensions?.upstream);
    return answer;
  };
