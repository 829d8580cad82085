import { BlockList, isIP, SocketAddress } from 'node:net';
import type { FastifyRequest } from 'fastify';

/**
 * Whose request it is: the address of the socket, or, where that is a trusted proxy, the right-most hop of
 * X-Forwarded-For that is none. What stands left of it was written by who knows whom.
 */
export type ClientAddress = (
  socketAddress: string | undefined,
  forwardedFor: string | readonly string[] | undefined,
) => string;

/** The addresses that count as one client, for a request. */
export type ClientOf = (request: FastifyRequest) => string;

/** Of a socket that is closed already. */
const UNKNOWN = 'unknown';

/** @param trustProxy addresses and CIDR ranges; empty: nobody's header counts */
export function createClientAddress(trustProxy: readonly string[]): ClientAddress {
  const trusted = toBlockList(trustProxy);
  return (socketAddress, forwardedFor) => {
    let client = parseAddress(socketAddress ?? '');
    if (client === undefined) return UNKNOWN;
    if (trustProxy.length === 0 || !isWithin(trusted, client)) return client;
    const hops = [forwardedFor ?? []].flat().join().split(',');
    while (isWithin(trusted, client)) {
      const next = parseAddress(hops.pop() ?? '');
      if (next === undefined) break;
      client = next;
    }
    return client;
  };
}

/** As `createClientAddress`, of a request and by groups. */
export function createClientOf(trustProxy: readonly string[]): ClientOf {
  const addressOf = createClientAddress(trustProxy);
  return ({ socket, headers }) => toAddressGroup(addressOf(socket.remoteAddress, headers['x-forwarded-for']));
}

/** Addresses that count as one client: an IPv6 subscriber has a /64 at least (RFC 6177), and may use all of it. */
export function toAddressGroup(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = '', tail] = address.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const left = groups(head);
  const zeros = tail === undefined ? 0 : 8 - left.length - groups(tail).length;
  const all = [...left, ...Array<string>(zeros).fill('0'), ...groups(tail ?? '')];
  return `${all.slice(0, 4).join(':')}::/64`;
}

/** In its one canonical form, and IPv4 where IPv6 only wraps it. A port is dropped: some proxies add one. */
function parseAddress(text: string): string | undefined {
  const [, bracketed, plain = ''] = /^\s*(?:\[([^\]]*)\](?::\d+)?|(.*?))\s*$/.exec(text) ?? [];
  const address = (bracketed ?? plain.replace(/^([\d.]+):\d+$/, '$1')).replace(/%.*$/, '');
  const version = isIP(address);
  if (version === 0) return undefined;
  if (version === 4) return address;
  const canonical = new SocketAddress({ address, family: 'ipv6' }).address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(canonical)?.[1];
  return mapped ?? canonical;
}

function toBlockList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

const isWithin = (list: BlockList, address: string): boolean =>
  list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
