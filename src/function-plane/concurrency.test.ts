import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { functionScope } from '../../test/support/function-declarations.ts'
import { createConcurrency } from './concurrency.ts'

const place = (functionName: string) => ({ ...functionScope, functionName })
const limits = { accountConcurrency: 10, unreservedConcurrencyMin: 2 }
const reservedMet = 'ReservedFunctionConcurrentInvocationLimitExceeded'
const accountMet = 'ConcurrentInvocationLimitExceeded'

describe('createConcurrency()', () => {
  test('gives a function exactly its reservation', () => {
    const concurrency = createConcurrency(limits)
    const seats = concurrency.declare(place('a'), 2)
    assert.equal(concurrency.take(seats), undefined)
    assert.equal(concurrency.take(seats), undefined)
    assert.equal(concurrency.take(seats), reservedMet)
    concurrency.give(seats)
    assert.equal(concurrency.take(seats), undefined)
  })

  test('leaves to the others what is not reserved', () => {
    const concurrency = createConcurrency(limits)
    concurrency.declare(place('a'), 7)
    const others = concurrency.declare(place('b'), undefined)
    for (let i = 0; i < 3; i += 1) assert.equal(concurrency.take(others), undefined)
    assert.equal(concurrency.take(others), accountMet)
  })

  test('leaves to the others their least, and never gives more than the account has', () => {
    const concurrency = createConcurrency(limits)
    const reserved = concurrency.declare(place('a'), 10)
    const others = concurrency.declare(place('b'), undefined)
    assert.equal(concurrency.take(others), undefined)
    assert.equal(concurrency.take(others), undefined)
    assert.equal(concurrency.take(others), accountMet)
    for (let i = 0; i < 8; i += 1) assert.equal(concurrency.take(reserved), undefined)
    assert.equal(concurrency.take(reserved), accountMet)
  })

  test('counts what runs where it belongs when a reservation comes and goes', () => {
    const concurrency = createConcurrency(limits)
    const seats = concurrency.declare(place('a'), undefined)
    const others = concurrency.declare(place('b'), undefined)
    for (let i = 0; i < 4; i += 1) concurrency.take(seats)
    concurrency.declare(place('a'), 4)
    assert.equal(concurrency.take(seats), reservedMet)
    for (let i = 0; i < 6; i += 1) assert.equal(concurrency.take(others), undefined)
    assert.equal(concurrency.take(others), accountMet)
    concurrency.declare(place('a'), undefined)
    concurrency.give(seats)
    assert.equal(concurrency.take(others), undefined)
    assert.equal(concurrency.take(others), accountMet)
  })

  test('goes on counting what a removed function runs', () => {
    const concurrency = createConcurrency(limits)
    const seats = concurrency.declare(place('a'), 10)
    for (let i = 0; i < 9; i += 1) concurrency.take(seats)
    concurrency.undeclare(place('a'))
    const others = concurrency.declare(place('b'), undefined)
    assert.equal(concurrency.take(others), undefined)
    assert.equal(concurrency.take(others), accountMet)
    const again = concurrency.declare(place('a'), 1)
    assert.equal(concurrency.take(again), reservedMet)
  })

  test('counts each account and region by itself', () => {
    const concurrency = createConcurrency({ ...limits, accountConcurrency: 1 })
    const seats = concurrency.declare(place('a'), undefined)
    // A region of the right form.
    const elsewhere = { ...place('a'), region: 'eu-west-1' as typeof functionScope.region }
    assert.equal(concurrency.take(seats), undefined)
    assert.equal(concurrency.take(concurrency.declare(elsewhere, undefined)), undefined)
    assert.equal(concurrency.take(seats), accountMet)
  })

  test('fails when a seat is given back twice', () => {
    const concurrency = createConcurrency(limits)
    const seats = concurrency.declare(place('a'), 1)
    assert.throws(() => concurrency.give(seats), { name: 'InvariantError' })
  })
})
