import { COLD_CALLS, DEFAULT_WINDOW_MS } from './rate-limit-window.js';
import { toScript } from './redis-script.js';

/** How long what is known of a group outlives all that counts in it. */
const KEEP_MS = 60_000;

// KEYS[1] is a hash: what is known of one caller's group. KEYS[2] is a sorted set: its calls that count, by the time at
// which they no longer do. Redis's own clock counts, because those of the replicas differ.
const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

const FREEZE_FUNCTION = `
local function freeze(frozen, ms, channel, message)
  local ends = math.max(frozen or 0, now + ms)
  redis.call('HSET', KEYS[1], 'frozen', ends)
  redis.call('HDEL', KEYS[1], 'probe')
  redis.call('PUBLISH', channel, message .. (ends - now))
  return ends
end`;

/**
 * ARGV: the call, after how many ms without a word of its end it is lost. Answers {0, its number in the group, 1 for the
 * first after a freeze, limit, window in ms, what is left}, {2, ms until the budget returns, limit, window in ms} or
 * {reason, ms}. A limit of 0: none, or not known.
 */
export const RESERVE = toScript(`${NOW}
local state = redis.call('HMGET', KEYS[1], 'frozen', 'probe', 'limit', 'window', 'ceiling', 'ceilingEnds')
local frozen, probe, limit = tonumber(state[1]), tonumber(state[2]), tonumber(state[3])
local window, ceiling, ceilingEnds = tonumber(state[4]) or 0, tonumber(state[5]), tonumber(state[6])
if frozen and frozen > now then return {1, frozen - now} end
if frozen and probe and probe > now then return {4, 0} end
local left = 0
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
if limit ~= 0 then
  local live = redis.call('ZCARD', KEYS[2])
  local allowed = limit or ${COLD_CALLS}
  local limited = ceilingEnds and ceilingEnds > now and ceiling < allowed
  if limited then allowed = ceiling end
  if live >= allowed then
    if not limit then return {3, 0} end
    local function agedOut(count)
      if count <= 0 then return now end
      local call = redis.call('ZRANGE', KEYS[2], count - 1, count - 1, 'WITHSCORES')
      return math.min(tonumber(call[2]) or math.huge, now + window)
    end
    local at = agedOut(live - allowed + 1)
    if limited then at = math.min(at, math.max(ceilingEnds, agedOut(live - limit + 1))) end
    return {2, at - now, limit, window}
  end
  left = allowed - live - 1
  redis.call('ZADD', KEYS[2], now + window + ARGV[2], ARGV[1])
end
local seq = redis.call('HINCRBY', KEYS[1], 'seq', 1)
if frozen then redis.call('HSET', KEYS[1], 'probe', now + ARGV[2]) end
redis.call('PEXPIRE', KEYS[1], window + ${KEEP_MS})
redis.call('PEXPIRE', KEYS[2], window + ${KEEP_MS})
return {0, seq, frozen and 1 or 0, limit or 0, window, left}`);

/** ARGV: the call, 1 for the first after a freeze. It was never sent. */
export const RELEASE = toScript(`
redis.call('ZREM', KEYS[2], ARGV[1])
if ARGV[2] == '1' then redis.call('HDEL', KEYS[1], 'probe') end`);

/**
 * ARGV: the call, 1 for the first after a freeze (2 where that was lost), its number in the group, ms since it was sent, limit (0: answers tell
 * of none), window in ms, remaining, penalty in ms, channel, message. Empty is unknown. It is answered or lost.
 */
export const SETTLE = toScript(`${NOW}${FREEZE_FUNCTION}
local state = redis.call('HMGET', KEYS[1], 'limit', 'window', 'newest', 'ceiling', 'ceilingEnds', 'frozen', 'seq')
local limit, window, newest = tonumber(state[1]), tonumber(state[2]), tonumber(state[3]) or 0
local ceiling, ceilingEnds, frozen = tonumber(state[4]), tonumber(state[5]), tonumber(state[6])
local seq, told, remaining, penalty = tonumber(ARGV[3]), tonumber(ARGV[5]), tonumber(ARGV[7]), tonumber(ARGV[8])
local newer = seq and seq > newest
if told and (not limit or limit == 0 or (newer and told > 0)) then
  limit = told
  window = tonumber(ARGV[6]) or window or ${DEFAULT_WINDOW_MS}
  redis.call('HSET', KEYS[1], 'limit', limit, 'window', window)
end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
if limit and limit > 0 then
  redis.call('ZADD', KEYS[2], now + window, ARGV[1])
  redis.call('PEXPIRE', KEYS[2], window + ${KEEP_MS})
  if newer and remaining then
    -- Upstream certainly counted this call and those that ended before it left; perhaps all but those reserved since.
    -- An age below a second is not trusted: upstream may have forgotten such a call just before.
    local before = now - tonumber(ARGV[4]) + window
    local certainly = 1 + redis.call('ZCOUNT', KEYS[2], '(' .. (now + 1000), '(' .. before)
    local perhaps = redis.call('ZCARD', KEYS[2]) - (tonumber(state[7]) - seq)
    local known = ceilingEnds and ceilingEnds > now and ceiling or 0
    redis.call('HSET', KEYS[1], 'newest', seq, 'ceilingEnds', now + window,
      'ceiling', remaining + math.max(certainly, math.min(perhaps, known - remaining)))
  end
else
  redis.call('ZREM', KEYS[2], ARGV[1])
end
if penalty then frozen = freeze(frozen, penalty, ARGV[9], ARGV[10])
elseif ARGV[2] == '1' and frozen and frozen <= now then redis.call('HDEL', KEYS[1], 'frozen', 'probe')
elseif ARGV[2] == '2' then redis.call('HDEL', KEYS[1], 'probe') end
redis.call('PEXPIRE', KEYS[1], math.max(window or 0, (frozen or now) - now) + ${KEEP_MS})`);

/** ARGV: penalty in ms, channel, message. A 429 that Redis could not be told of when it came. */
export const FREEZE = toScript(`${NOW}${FREEZE_FUNCTION}
local ends = freeze(tonumber(redis.call('HGET', KEYS[1], 'frozen')), ARGV[1], ARGV[2], ARGV[3])
redis.call('PEXPIRE', KEYS[1], ends - now + ${KEEP_MS})`);
