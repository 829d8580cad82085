import { connect, type Socket } from 'node:net';

/** A connection to an address such as http://127.0.0.1:4000, to write what no HTTP client would. */
export async function openConnection(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  // The server may close at any time; whoever reads sees the end.
  socket.on('error', () => undefined);
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  return socket;
}

/** Sends these bytes; resolves with all that came until the server closed the connection. */
export async function sendRaw(url: string, text: string): Promise<string> {
  const socket = await openConnection(url);
  let answer = '';
  socket.setEncoding('latin1').on('data', (data: string) => (answer += data));
  socket.write(text, 'latin1');
  await new Promise<void>((resolve) =>
    socket.once('close', () => {
      resolve();
    }),
  );
  return answer;
}
