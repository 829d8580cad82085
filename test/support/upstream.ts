import { startEmulator, type Emulator, type EmulatorOptions } from '../../src/emulator/emulator.js';
import { BLOCKED_NUMBERS } from '../../src/domains/blocked-number/endpoint.js';
import { createGateway, type Gateway, type GatewayOptions } from '../../src/upstream/gateway.js';
import { createBudget, type Budget } from '../../src/upstream/rate-limit.js';
import type { Upstream } from '../../src/upstream/upstream.js';
import { ManualClock, settle } from './manual-clock.js';

export const CALLER_BLOCKING = BLOCKED_NUMBERS.CALLER_BLOCKING;
export const OWN = { accountId: '~', extensionId: '~' };

/** Ids that exist in the emulator, from 0 to 9. */
export const blockedId = (index: number) => Buffer.from(String(16_505_550_100 + index)).toString('base64url');

export interface TestUpstream {
  readonly emulator: Emulator;
  readonly clock: ManualClock;
  readonly gateway: Gateway;
  readonly budget: Budget;
  /** One request of a caller; its token is what stands for the caller. */
  open(token?: string, signal?: AbortSignal): Upstream;
  /** Ids of each call that arrived, or the path's last segment. */
  sent(): string[][];
  stop(): Promise<void>;
}

/** The upstream layer alone, over an emulator on a real socket, with time in the test's hands. */
export async function startUpstream(
  options: Partial<GatewayOptions> = {},
  emulatorOptions: EmulatorOptions = {},
): Promise<TestUpstream> {
  const clock = new ManualClock();
  const emulator = await startEmulator({ clock, ...emulatorOptions });
  const budget = createBudget({ clock });
  const gateway = createGateway({
    serverUrl: emulator.url,
    userAgent: 'test',
    timeoutMs: 10_000,
    maxConcurrency: 64,
    batchMaxIds: 30,
    batchWindowMs: 5,
    cacheTtlMs: 0,
    rateLimitMaxWaitMs: 0,
    maxCallers: 100,
    clock,
    budget,
    random: () => 0.5,
    onCall: () => undefined,
    onCredential: () => undefined,
    shared: undefined,
    ...options,
  });
  let requests = 0;
  return {
    emulator,
    clock,
    gateway,
    budget,
    open(token = emulator.demoToken, signal = new AbortController().signal) {
      requests += 1;
      return gateway.open({
        credential: { caller: token, accessToken: () => token },
        id: String(requests),
        signal,
      });
    },
    sent: () => emulator.journal.map(({ path }) => (path.split('/').at(-1) ?? '').split(',')),
    async stop() {
      gateway.close();
      budget.close();
      await emulator.stop();
    },
  };
}

/** Long, for a machine that is busy with other things. */
const WITHIN_MS = 15_000;

/** Waits for something that real sockets bring about, without guessing how long that takes. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const end = performance.now() + WITHIN_MS;
  while (performance.now() < end) {
    if (condition()) return;
    await settle();
  }
  throw new Error(`never came about: ${what}`);
}
