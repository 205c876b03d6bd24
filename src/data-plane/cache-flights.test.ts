import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { VirtualClock } from '../../test/support/virtual-clock.ts'
import { createCacheFlights, type Boarding, type CacheFlights } from './cache-flights.ts'

const wait = { waitMs: 1000, signal: undefined }
const bytes = new Uint8Array([1, 2, 3])

function lead(flights: CacheFlights, id = 'a') {
  const boarding = flights.board(id, wait)
  assert.ok(boarding.role === 'leader')
  return boarding.flight
}

function follow(boarding: Boarding): Promise<Uint8Array | 'left' | undefined> {
  assert.ok(boarding.role === 'follower')
  return boarding.landed
}

describe('createCacheFlights()', () => {
  test('lets the first fetch and the others wait for what it has', async () => {
    const flights = createCacheFlights(new VirtualClock())
    const flight = lead(flights)
    const followers = [1, 2, 3].map(() => follow(flights.board('a', wait)))
    lead(flights, 'b')
    flight.land(bytes)
    for (const landed of await Promise.all(followers)) assert.equal(landed, bytes)
    lead(flights)
  })

  test('shares no failure: those that waited go on with nothing, and the next one fetches', async () => {
    const flights = createCacheFlights(new VirtualClock())
    const flight = lead(flights)
    const follower = follow(flights.board('a', wait))
    flight.land(undefined)
    assert.equal(await follower, undefined)
    lead(flights)
  })

  test('says when who fetched it has gone away, and the next one fetches', async () => {
    const flights = createCacheFlights(new VirtualClock())
    const flight = lead(flights)
    const follower = follow(flights.board('a', wait))
    flight.leave()
    assert.equal(await follower, 'left')
    lead(flights)
  })

  test('keeps nobody longer than asked, and a leader that is never done keeps nobody again', async () => {
    const clock = new VirtualClock()
    const flights = createCacheFlights(clock)
    const late = lead(flights)
    const follower = follow(flights.board('a', wait))
    await clock.advance(1000)
    assert.equal(await follower, undefined)
    const second = lead(flights)
    // The first one lands after all, and takes nothing from the second.
    late.land(bytes)
    const other = follow(flights.board('a', wait))
    second.land(bytes)
    assert.equal(await other, bytes)
  })

  test('lets a client go that goes away, and nobody else', async () => {
    const clock = new VirtualClock()
    const flights = createCacheFlights(clock)
    const flight = lead(flights)
    const client = new AbortController()
    const gone = follow(flights.board('a', { waitMs: 1000, signal: client.signal }))
    const other = follow(flights.board('a', wait))
    client.abort()
    assert.equal(await gone, undefined)
    flight.land(bytes)
    assert.equal(await other, bytes)
    assert.equal(clock.sleepersCount, 0)
  })
})
