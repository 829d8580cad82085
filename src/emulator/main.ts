import { parseArgs } from 'node:util';
import { startEmulator, type Emulator } from './emulator.js';

/** Serves the emulator alone: `npm run emulator -- --port 4010 --host 127.0.0.1`. */
async function main(): Promise<Emulator> {
  const { values } = parseArgs({
    options: {
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '0' },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error('--port must be a number from 0 to 65535');
  return startEmulator({ host: values.host, port });
}

try {
  const emulator = await main();
  const { url, demoToken, client } = emulator;
  console.log(JSON.stringify({ msg: 'RingCentral emulator listening', url, demoToken, client }));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void emulator.stop());
  }
} catch (error) {
  const { message } = error as Error;
  console.error(JSON.stringify({ msg: `The emulator could not start: ${message}` }));
  process.exitCode = 1;
}
