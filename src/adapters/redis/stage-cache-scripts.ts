import { createHash } from 'node:crypto'
import type { RedisScript } from './connection.ts'

/**
 * What is done to a stage's cache in the store, each in one step.
 *
 * The first key of every script holds the cache's generation, and all others begin with it: entries of a
 * generation, their sizes, the order of their use, the sum of their sizes. A flush is a new generation. A
 * generation begins with the store's time, so that one of a store that was emptied is never taken for another.
 */
export interface StageCacheScripts {
  /** Entry → generation, what is kept or nil, and a place after all readings before. */
  readonly read: RedisScript
  /**
   * Entry, generation, milliseconds, most bytes, content, place → 1 kept, 0 of another generation or asked for
   * before what is kept, -1 too long.
   */
  readonly write: RedisScript
  /** → the generation before, or nil. */
  readonly flush: RedisScript
  /** Bytes, empty for none, 1 to empty it all the same → the generation before when it is another now, or nil. */
  readonly resize: RedisScript
  /** Generation → how many entries of it went; 0: it is empty. */
  readonly sweep: RedisScript
}

/** Bytes that an entry takes besides its content: its keys, its place in the order. Roughly what Redis says. */
const entryOverheadBytes = 400

/** How long the lists of a generation outlive the last writing: longer than any entry. */
const listsKeptMs = 2 * 3_600_000

/** Entries that go in one step. */
const sweptAtOnce = 500

const begin = `
local function renew()
  local t = redis.call('TIME')
  local g = string.format('%d%06d', t[1], t[2])
  redis.call('SET', KEYS[1], g)
  return g
end
local function base(g) return KEYS[1] .. ':' .. g end
local function known(b, entry)
  local text = redis.call('HGET', b .. ':sizes', entry)
  if text then return string.match(text, '(%d+) (%d+)') end
end
local function forget(b, entry)
  local size = known(b, entry)
  if not size then return end
  redis.call('HDEL', b .. ':sizes', entry)
  redis.call('ZREM', b .. ':order', entry)
  redis.call('DECRBY', b .. ':sum', size)
end
`

const read = `${begin}
local g = redis.call('GET', KEYS[1]) or renew()
local b = base(g)
local value = redis.call('GET', b .. ':e:' .. ARGV[1])
local place = redis.call('INCR', b .. ':uses')
redis.call('PEXPIRE', b .. ':uses', ${listsKeptMs})
if value then
  redis.call('ZADD', b .. ':order', 'XX', place, ARGV[1])
else
  forget(b, ARGV[1])
end
return {g, value, place}
`

const write = `${begin}
local entry, g, most = ARGV[1], ARGV[2], tonumber(ARGV[4])
if redis.call('GET', KEYS[1]) ~= g then return 0 end
local b = base(g)
local size = #ARGV[5] + ${entryOverheadBytes}
local _, kept = known(b, entry)
if kept and tonumber(kept) > tonumber(ARGV[6]) then return 0 end
forget(b, entry)
if size > most then
  redis.call('DEL', b .. ':e:' .. entry)
  return -1
end
redis.call('SET', b .. ':e:' .. entry, ARGV[5], 'PX', ARGV[3])
redis.call('HSET', b .. ':sizes', entry, size .. ' ' .. ARGV[6])
redis.call('ZADD', b .. ':order', redis.call('INCR', b .. ':uses'), entry)
local sum = redis.call('INCRBY', b .. ':sum', size)
while sum > most do
  local oldest = redis.call('ZRANGE', b .. ':order', 0, 0)[1]
  if not oldest then break end
  forget(b, oldest)
  redis.call('UNLINK', b .. ':e:' .. oldest)
  sum = tonumber(redis.call('GET', b .. ':sum'))
end
for _, list in ipairs({':sizes', ':order', ':sum', ':uses'}) do
  redis.call('PEXPIRE', b .. list, ${listsKeptMs})
end
return 1
`

const flush = `${begin}
local before = redis.call('GET', KEYS[1])
if before then redis.call('INCR', KEYS[1]) else renew() end
return before
`

const resize = `${begin}
local size = redis.call('GET', KEYS[1] .. ':size') or ''
if size == ARGV[1] and ARGV[2] ~= '1' then return nil end
if ARGV[1] == '' then redis.call('DEL', KEYS[1] .. ':size')
else redis.call('SET', KEYS[1] .. ':size', ARGV[1]) end
local before = redis.call('GET', KEYS[1])
if before then redis.call('INCR', KEYS[1]) else renew() end
return before
`

const sweep = `${begin}
local b = base(ARGV[1])
local entries = redis.call('ZRANGE', b .. ':order', 0, ${sweptAtOnce - 1})
for _, entry in ipairs(entries) do
  redis.call('UNLINK', b .. ':e:' .. entry)
  redis.call('ZREM', b .. ':order', entry)
end
if #entries == 0 then redis.call('UNLINK', b .. ':sizes', b .. ':sum', b .. ':uses') end
return #entries
`

/** The scripts, with their names. */
export function stageCacheScripts(): StageCacheScripts {
  return {
    read: script(read),
    write: script(write),
    flush: script(flush),
    resize: script(resize),
    sweep: script(sweep),
  }
}

function script(source: string): RedisScript {
  return { source, sha1: createHash('sha1').update(source).digest('hex') }
}
