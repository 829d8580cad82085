import { describe, expect, it } from 'vitest';
import { lastSegment } from '../../../src/lib/last-segment.js';

describe('the last segment of a URI', () => {
  it.each([
    ['https://platform.ringcentral.com/restapi/v1.0/account/1/phone-number/5', '5'],
    ['/account/1/phone-number/5/', '5'],
    ['/account/1/phone-number/5?view=Simple&of=/a/b', '5'],
    ['/account/1/phone-number/5/?x=1#/y', '5'],
    ['/account/1/phone-number/5#x?y', '5'],
    ['5', '5'],
    ['a%2Fb', 'a/b'],
    ['/a/50%', '50%'],
    ['', ''],
    ['/', ''],
    ['//', ''],
    ['/a//', ''],
    ['/?x', ''],
    ['?x', ''],
    ['#', ''],
  ])('%j is %j', (uri, segment) => {
    expect(lastSegment(uri)).toBe(segment);
  });
});
