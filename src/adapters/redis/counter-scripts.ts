import { createHash } from 'node:crypto'
import { usageDaysKept } from '../../aws/limits.ts'
import type { RedisScript } from './connection.ts'

/** All days that are kept of it. */
const quotaKeptSeconds = (usageDaysKept + 2) * 86_400

/**
 * Charges buckets and a quota in one step, by the store's own time.
 *
 * A bucket is what it held, when, its rate and its burst, as four doubles; what it holds is counted in
 * millionths of tokens, so that nothing is rounded at whole rates. It expires when it is full again: a bucket
 * that is not there is full. A quota is a hash of its newest day, its period, what was used in that, and a
 * field for each day. Of a charge that is refused nothing is written but changed rates and bursts.
 *
 * KEYS: the buckets, then the quota, if there is one. ARGV: the number of buckets; the time in microseconds,
 * or `-1` for the store's; rate and burst of each bucket; then day, period, limit and the first day that is
 * kept. Answers 0: taken; n: the nth bucket refused; -1: the quota is used up.
 *
 * Time that is given passes as a test lets it, so that what expires by the store's is kept for an hour more.
 */
const chargeSource = `
local buckets = tonumber(ARGV[1])
local now = tonumber(ARGV[2])
local isGiven = now >= 0
if not isGiven then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000000 + tonumber(time[2])
end
local token = 1000000
local function keep(key, state)
  local missing = state.burst * token - state.level
  local seconds = state.rate > 0 and missing / state.rate / token or 86400
  local ms = math.min(math.ceil(seconds * 1000) + (isGiven and 3600000 or 1), 7776000000)
  redis.call('SET', key, struct.pack('>dddd', state.level, now, state.rate, state.burst), 'PX', ms)
end
local states = {}
for i = 1, buckets do
  local key = KEYS[i]
  local rate = tonumber(ARGV[1 + 2 * i])
  local burst = tonumber(ARGV[2 + 2 * i])
  local state = states[key]
  if state == nil then
    state = { level = burst * token, rate = rate, burst = burst }
    local kept = redis.call('GET', key)
    if kept then
      local level, since, keptRate, keptBurst = struct.unpack('>dddd', kept)
      local passed = math.max(0, now - since)
      level = math.min(level + passed * keptRate, keptBurst * token)
      state.level = math.min(level, burst * token)
      if keptRate ~= rate or keptBurst ~= burst then keep(key, state) end
    end
    states[key] = state
  end
  if state.level < token - 0.001 then return i end
  state.level = state.level - token
end
local quota = KEYS[buckets + 1]
if quota then
  local day, period, limit, firstDay = unpack(ARGV, 3 + 2 * buckets, 6 + 2 * buckets)
  local kept = redis.call('HMGET', quota, 'day', 'period', 'used')
  local used = tonumber(kept[3] or '0')
  if kept[1] and day < kept[1] and tonumber(kept[1]) - tonumber(day) <= 1 then
    day = kept[1]
    period = kept[2]
  end
  if kept[2] ~= period then used = 0 end
  if used >= tonumber(limit) then return -1 end
  used = used + 1
  local field = 'day:' .. day
  local ofDay = redis.call('HGET', quota, field)
  local usedOfDay = ofDay and tonumber(string.match(ofDay, '^(%d+) ')) or 0
  if not ofDay then
    for _, name in ipairs(redis.call('HKEYS', quota)) do
      if string.sub(name, 1, 4) == 'day:' and tonumber(string.sub(name, 5)) < tonumber(firstDay) then
        redis.call('HDEL', quota, name)
      end
    end
  end
  local line = (usedOfDay + 1) .. ' ' .. period .. ' ' .. used .. ' ' .. limit
  redis.call('HSET', quota, 'day', day, 'period', period, 'used', used, field, line)
  redis.call('EXPIRE', quota, ${quotaKeptSeconds})
end
for key, state in pairs(states) do keep(key, state) end
return 0
`

/**
 * Says how many more requests pass in a period. KEYS: the quota. ARGV: day, period, limit, how many. The day's
 * requests stay as they were.
 */
const setRemainingSource = `
local quota = KEYS[1]
local day, period, limit, remaining = unpack(ARGV)
local field = 'day:' .. day
local ofDay = redis.call('HGET', quota, field)
local usedOfDay = ofDay and string.match(ofDay, '^(%d+) ') or 0
local used = tonumber(limit) - tonumber(remaining)
local line = usedOfDay .. ' ' .. period .. ' ' .. used .. ' ' .. limit
redis.call('HSET', quota, 'day', day, 'period', period, 'used', used, field, line)
redis.call('EXPIRE', quota, ${quotaKeptSeconds})
return 0
`

/** The scripts of the store, ready to be called by their hashes. */
export interface CounterScripts {
  readonly charge: RedisScript
  readonly setRemaining: RedisScript
}

/** Makes the scripts. */
export function counterScripts(): CounterScripts {
  return { charge: scriptOf(chargeSource), setRemaining: scriptOf(setRemainingSource) }
}

function scriptOf(source: string): RedisScript {
  return { source, sha1: createHash('sha1').update(source).digest('hex') }
}
