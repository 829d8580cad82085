import { parseArgs } from 'node:util';
import { startEmulator } from './emulator.js';

/** Serves the emulator alone: `npm run emulator -- --port 4010`. */
const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } });
const { url, demoToken } = await startEmulator({ port: Number(values.port) });
console.log(JSON.stringify({ msg: 'RingCentral emulator', url, demoToken }));
