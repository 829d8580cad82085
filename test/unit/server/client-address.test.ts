import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createClientAddress, toAddressGroup } from '../../../src/server/client-address.js';

const PROXY = '10.0.0.1';
const behind = createClientAddress(['10.0.0.0/8', '2001:db8:ff::/48', '192.0.2.7']);

describe('the address of a client', () => {
  it("is the socket's where nobody is trusted, whatever the header says", () => {
    const address = createClientAddress([]);
    expect(address('203.0.113.9', '198.51.100.1')).toBe('203.0.113.9');
    expect(address('203.0.113.9', undefined)).toBe('203.0.113.9');
  });

  it.each([
    ['the hop that a trusted proxy saw', PROXY, '198.51.100.1', '198.51.100.1'],
    [
      'the right-most hop that is no trusted proxy',
      PROXY,
      '6.6.6.6, 198.51.100.1, 10.2.2.2, 192.0.2.7',
      '198.51.100.1',
    ],
    ['of several headers the last', PROXY, ['6.6.6.6', '198.51.100.1'], '198.51.100.1'],
    ['of IPv6 as well', '2001:db8:ff::1', '2001:DB8:0:0::5', '2001:db8::5'],
    ['without the port that some proxies add', PROXY, '198.51.100.1:4711', '198.51.100.1'],
    ['without the port of IPv6', PROXY, '[2001:db8::5]:4711', '2001:db8::5'],
    ['of IPv4 wrapped in IPv6', '::ffff:10.0.0.1', '::ffff:198.51.100.1', '198.51.100.1'],
    ['the first proxy where all are trusted', PROXY, '10.3.3.3, 10.2.2.2', '10.3.3.3'],
    ['the last proxy where what it was told is no address', PROXY, '198.51.100.1, evil', PROXY],
    ['the proxy where it says nothing', PROXY, undefined, PROXY],
    ["an untrusted socket's own", '203.0.113.9', '10.0.0.2', '203.0.113.9'],
  ])('is %s', (_what, socket, header, expected) => {
    expect(behind(socket, header)).toBe(expected);
  });

  it('is one and the same for all whose socket is gone', () => {
    expect(behind(undefined, '198.51.100.1')).toBe('unknown');
  });

  it('is never what stands left of the hop that the trusted proxy wrote', () => {
    const entry = fc.oneof(fc.ipV4(), fc.ipV6(), fc.string());
    fc.assert(
      fc.property(fc.array(entry), (forged) => {
        expect(behind(PROXY, [...forged, '198.51.100.1'].join(', '))).toBe('198.51.100.1');
      }),
    );
  });

  it('is an address whatever the header holds', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.array(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()))), (header) => {
        expect(behind(PROXY, header)).toMatch(/^[\da-f.:]+$/);
      }),
    );
  });
});

describe('for rates', () => {
  it('all addresses of a /64 are one', () => {
    expect(toAddressGroup('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
    expect(toAddressGroup('2001:db8:1:2::')).toBe('2001:db8:1:2::/64');
    expect(toAddressGroup('2001:db8::6')).toBe('2001:db8:0:0::/64');
    expect(toAddressGroup('::1')).toBe('0:0:0:0::/64');
  });

  it('any two addresses are one where the first 64 bits are the same, and only there', () => {
    const group = fc.integer({ min: 0, max: 0xffff });
    const half = fc.tuple(group, group, group, group);
    const address = createClientAddress([]);
    const groupOf = (groups: number[]) =>
      toAddressGroup(address(groups.map((part) => part.toString(16)).join(':'), undefined));
    fc.assert(
      fc.property(half, half, half, half, (network, other, host, guest) => {
        // IPv4 in IPv6 clothes is IPv4.
        fc.pre(network.some(Boolean) && other.some(Boolean));
        expect(groupOf([...network, ...host])).toBe(groupOf([...network, ...guest]));
        fc.pre(network.join() !== other.join());
        expect(groupOf([...network, ...host])).not.toBe(groupOf([...other, ...host]));
      }),
    );
  });

  it('an IPv4 address is by itself', () => {
    expect(toAddressGroup('198.51.100.1')).toBe('198.51.100.1');
    expect(toAddressGroup('unknown')).toBe('unknown');
  });
});
