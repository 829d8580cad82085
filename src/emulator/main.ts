import { parseArgs } from 'node:util';
import { startEmulator } from './emulator.js';

/** Serves the emulator alone: `npm run emulator -- --port 4010 --host 127.0.0.1`. */
const { values } = parseArgs({
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '0' },
  },
});
const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  console.error(JSON.stringify({ msg: '--port must be a number from 0 to 65535' }));
  process.exit(1);
}
const emulator = await startEmulator({ host: values.host, port });
const { url, demoToken, client } = emulator;
console.log(JSON.stringify({ msg: 'RingCentral emulator listening', url, demoToken, client }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void emulator.stop());
}
