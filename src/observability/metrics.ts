import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';

/** The gateway's metrics. No label holds anything that a client or RingCentral can choose freely. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    requests: new Counter({
      name: 'switchboard_requests_total',
      help: 'GraphQL requests by outcome: ok, partial (data beside errors), error, refused (never executed).',
      labelNames: ['outcome'],
      registers,
    }),
    requestSeconds: new Histogram({
      name: 'switchboard_request_duration_seconds',
      help: 'Time to answer a GraphQL request.',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    errors: new Counter({
      name: 'switchboard_errors_total',
      help: 'GraphQL errors by code.',
      labelNames: ['code'],
      registers,
    }),
    upstreamCalls: new Counter({
      name: 'switchboard_upstream_calls_total',
      help: 'HTTP requests to RingCentral by operation and status (or how they ended without one).',
      labelNames: ['operation', 'status'],
      registers,
    }),
    upstreamSeconds: new Histogram({
      name: 'switchboard_upstream_call_duration_seconds',
      help: 'Time of one HTTP request to RingCentral.',
      labelNames: ['operation'],
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    idsPerCall: new Histogram({
      name: 'switchboard_upstream_ids_per_call',
      help: 'How many ids one request by id held.',
      labelNames: ['operation'],
      buckets: [1, 2, 5, 10, 20, 30, 50],
      registers,
    }),
    unknownEnumValues: new Counter({
      name: 'switchboard_unknown_enum_values_total',
      help: 'Values of RingCentral that the schema does not know, by enum.',
      labelNames: ['enum'],
      registers,
    }),
    refusals: new Counter({
      name: 'switchboard_refusals_total',
      help: 'Requests that a limit or guard of the gateway refused, by its name.',
      labelNames: ['guard'],
      registers,
    }),
    sessions: new Counter({
      name: 'switchboard_session_events_total',
      help: 'Logins, logouts, refreshes and refused cookies, by outcome.',
      labelNames: ['action', 'outcome'],
      registers,
    }),
    documents: new Counter({
      name: 'switchboard_documents_total',
      help: 'Documents that are not in the manifest (unknown: run, refused), and manifests read again.',
      labelNames: ['kind'],
      registers,
    }),
    incidents: new Counter({
      name: 'switchboard_incidents_total',
      help: 'What went wrong beside a request: shared store slow or gone, session refresh failed, and the like.',
      labelNames: ['incident'],
      registers,
    }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
