import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../lib/clock.js';
import { send, toWritten } from './answer.js';
import { answerControl } from './control.js';
import type { Incoming } from './incoming.js';
import type { Journal } from './journal.js';
import { operationOf, type World } from './world.js';

export interface ExchangeOptions {
  readonly clock: Clock;
  readonly journal: Journal;
  /** The world as it is when a call arrives. */
  readonly world: () => World;
}

/** One call from its arrival to its answer, or to the fault that it meets on the way. */
export async function exchange(
  request: IncomingMessage,
  response: ServerResponse,
  { clock, journal, world }: ExchangeOptions,
): Promise<void> {
  const incoming = await readIncoming(request);
  const control = answerControl(incoming, { faults: world().faults, journal });
  if (control !== undefined) {
    await send(response, toWritten(control), { gzip: false, truncate: undefined });
    return;
  }
  const { method, path, query, token, body } = incoming;
  const operation = operationOf(method, path);
  const { headers } = request;
  const entry = { at: clock.now(), method, path, query, headers, body, token, operation, status: 0 };
  const here = world();
  const fault = here.faults.take(entry);
  journal.add(entry);

  if (fault?.reset === 'before') {
    request.socket.resetAndDestroy();
    return;
  }
  if (fault?.holdWhen === 'before') await fault.hold;
  const answered = toWritten(fault?.answer ?? here.answer(incoming, fault));
  if (fault?.holdWhen !== 'before') await fault?.hold;
  if (fault?.slowMs !== undefined) await pause(fault.slowMs, clock, response);
  if (fault?.reset === 'afterApplying') {
    request.socket.resetAndDestroy();
    return;
  }
  const written = fault?.rewrite?.(answered) ?? answered;
  entry.status = written.status;
  const gzip = /\bgzip\b/.test(String(headers['accept-encoding']));
  await send(response, written, { gzip, truncate: fault?.truncate });
}

async function readIncoming(request: IncomingMessage): Promise<Incoming> {
  const { method = 'GET', url = '/', headers } = request;
  const [path = '', query = ''] = url.split(/\?(.*)/s);
  const authorization = headers.authorization ?? '';
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return {
    method,
    path,
    query,
    authorization,
    token: /^Bearer (.+)$/i.exec(authorization)?.[1],
    accept: headers.accept ?? '',
    contentType: headers['content-type'] ?? '',
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

/** Ends early where the client goes away. */
function pause(ms: number, clock: Clock, response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(ms, resolve);
    response.once('close', () => {
      cancel();
      resolve();
    });
  });
}
