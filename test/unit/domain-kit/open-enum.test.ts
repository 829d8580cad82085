import { buildASTSchema, concatAST, isEnumType, parse } from 'graphql';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as extensionType from '../../../src/domain-kit/extension-type.js';
import { createOpenEnum, toScreamingSnake, type OpenEnum } from '../../../src/domain-kit/open-enum.js';
import * as blockedNumber from '../../../src/domains/blocked-number/mapper.js';
import * as extension from '../../../src/domains/extension/mapper.js';
import * as forwardingNumber from '../../../src/domains/forwarding-number/mapper.js';
import * as phoneNumber from '../../../src/domains/phone-number/mapper.js';

const DIRECTORY = new URL('../../../schema/', import.meta.url);
const schema = buildASTSchema(
  concatAST(readdirSync(DIRECTORY).map((name) => parse(readFileSync(new URL(name, DIRECTORY), 'utf8')))),
);
const openEnums = [extension, extensionType, blockedNumber, forwardingNumber, phoneNumber]
  .flatMap((mapper) => Object.values<unknown>(mapper))
  .filter(
    (value): value is OpenEnum<string> => typeof value === 'object' && value !== null && 'toName' in value,
  );

describe('an open enum', () => {
  it.each([
    ['DirectNumber', 'DIRECT_NUMBER'],
    ['A2PSmsSender', 'A2P_SMS_SENDER'],
    ['ELIN', 'ELIN'],
    ['FmcBusinessMobileNumber', 'FMC_BUSINESS_MOBILE_NUMBER'],
    ['Blocked', 'BLOCKED'],
  ])('names %s %s', (value, name) => {
    expect(toScreamingSnake(value)).toBe(name);
  });

  it('has in the schema the names of upstream values, and UNKNOWN', () => {
    expect(openEnums.length).toBe(11);
    for (const { name, names } of openEnums) {
      const type = schema.getType(name);
      if (!isEnumType(type)) throw new Error(`${name} is no enum of the schema`);
      const given = type.getValues().map((value) => value.name);
      expect(given.sort()).toEqual([...names, 'UNKNOWN'].sort());
    }
  });

  it('gives UNKNOWN for what it does not know and reports that, whatever it is', () => {
    const reported: string[] = [];
    const status = createOpenEnum<'BLOCKED'>('Status', ['Blocked']);
    const report = (name: string) => reported.push(name);
    expect(status.toName('Blocked', report)).toBe('BLOCKED');
    expect(status.toName(null, report)).toBeNull();
    expect(status.toName(undefined, report)).toBeNull();
    expect(reported).toEqual([]);
    for (const value of ['Quarantined', 'BLOCKED', 'constructor', '__proto__', 7, {}, []]) {
      expect(status.toName(value, report)).toBe('UNKNOWN');
    }
    expect(reported).toHaveLength(7);
  });

  it('reports upstream’s own Unknown, but for the enums that document it', () => {
    const reported: string[] = [];
    const report = (name: string) => reported.push(name);
    for (const openEnum of openEnums) expect(openEnum.toName('Unknown', report)).toBe('UNKNOWN');
    const silent = openEnums.map(({ name }) => name).filter((name) => !reported.includes(name));
    expect(silent.sort()).toEqual(['ExtensionType', 'PhoneNumberStatus']);
    for (const openEnum of openEnums) expect(() => openEnum.toValue('UNKNOWN')).toThrow(/UNKNOWN/);
  });

  it('refuses UNKNOWN as an input', () => {
    const status = createOpenEnum<'BLOCKED'>('Status', ['Blocked']);
    expect(status.toValue('BLOCKED')).toBe('Blocked');
    expect(() => status.toValue('UNKNOWN')).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
  });
});
