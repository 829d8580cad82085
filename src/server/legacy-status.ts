import type { ApolloServerPlugin } from '@apollo/server';

/**
 * Answers 200 where an operation was refused before it ran and the client knows `application/json` alone: the status
 * then speaks of HTTP, and a proxy's 400 stays apart from GraphQL's (GraphQL over HTTP, section 6.4.1). Apollo gives
 * 400 for both media types. A request without an operation stays 400.
 */
export const legacyStatus: ApolloServerPlugin = {
  requestDidStart: () =>
    Promise.resolve({
      willSendResponse({ request, response: { http } }) {
        const accept = request.http?.headers.get('accept') ?? '';
        // Without it in words Apollo answers application/json, for */* and application/* too.
        const legacy = !accept.toLowerCase().includes('application/graphql-response+json');
        const asked = (request.query ?? '') !== '';
        if (legacy && asked && http.status === 400) http.status = 200;
        return Promise.resolve();
      },
    }),
};
