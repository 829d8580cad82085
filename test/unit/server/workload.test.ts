import { expect, it } from 'vitest';
import { Workload } from '../../../src/server/workload.js';
import { settle } from '../../support/manual-clock.js';

const FOREVER = new AbortController().signal;

/** The names of those who run, in the order in which they began, and a way to end each. */
function start(max: number) {
  const workload = new Workload(max);
  const running: string[] = [];
  const ends = new Map<string, () => void>();
  const enter = async (name: string, fields: number, signal = FOREVER) => {
    ends.set(name, await workload.enter(name[0] ?? '', fields, signal));
    running.push(name);
  };
  return { running, enter, end: (name: string) => ends.get(name)?.() };
}

it("lets a caller's operations wait in line while others are under way, and no other caller's", async () => {
  const { running, enter, end } = start(100);
  void enter('a1', 60);
  void enter('a2', 60);
  void enter('a3', 10);
  void enter('b1', 60);
  await settle();
  expect(running).toEqual(['a1', 'b1']);
  end('a1');
  await settle();
  expect(running).toEqual(['a1', 'b1', 'a2', 'a3']);
});

it('lets one alone pass, however dear it is', async () => {
  const { running, enter, end } = start(100);
  void enter('a1', 1000);
  void enter('a2', 1);
  await settle();
  expect(running).toEqual(['a1']);
  end('a1');
  await settle();
  expect(running).toEqual(['a1', 'a2']);
});

it('takes out of the line whose client has gone', async () => {
  const { running, enter, end } = start(100);
  const client = new AbortController();
  void enter('a1', 100);
  const gone = enter('a2', 100, client.signal);
  void enter('a3', 100);
  await settle();
  client.abort(new Error('gone'));
  await expect(gone).rejects.toThrow('gone');
  end('a1');
  await settle();
  expect(running).toEqual(['a1', 'a3']);
});
