import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ServiceError } from '../../aws/service-error.ts'
import { pageOf } from './paging.ts'
import type { PageRequest } from './paging.ts'

const listing = { name: 'letters', orderOf: (letter: string) => letter }
const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => String(index).padStart(4, '0'))

function allPages(items: readonly string[], request: PageRequest): string[][] {
  const pages: string[][] = []
  let position: string | undefined
  do {
    const page = pageOf(items, listing, { ...request, position })
    pages.push([...page.items])
    position = page.position
  } while (position !== undefined)
  return pages
}

describe('pageOf()', () => {
  test('answers 25 entries when no limit is given, and no position when that was all', () => {
    assert.equal(pageOf(numbered(26), listing, {}).items.length, 25)
    assert.deepEqual(pageOf(numbered(25), listing, {}), { items: numbered(25) })
    assert.deepEqual(pageOf([], listing, {}), { items: [] })
  })

  test('takes a limit above 500 as 500, and one below 1 as none', () => {
    assert.equal(pageOf(numbered(600), listing, { limit: 501 }).items.length, 500)
    assert.equal(pageOf(numbered(600), listing, { limit: 0 }).items.length, 25)
    assert.equal(pageOf(numbered(600), listing, { limit: -1 }).items.length, 25)
  })

  test('gives every entry once, in order, over all pages', () => {
    const shuffled = ['d', 'a', 'e', 'c', 'b']
    assert.deepEqual(allPages(shuffled, { limit: 2 }), [['a', 'b'], ['c', 'd'], ['e']])
  })

  test('goes on behind an entry that is gone, and shows what came meanwhile', () => {
    const { position } = pageOf(['a', 'b', 'd'], listing, { limit: 2 })
    assert.deepEqual(pageOf(['a', 'c', 'd'], listing, { limit: 2, position }), {
      items: ['c', 'd'],
    })
  })

  test('carries any text in a position that a query string takes as it is', () => {
    const { position } = pageOf(['\u0000ü€😀', 'x'], listing, { limit: 1 })
    assert.match(position ?? '', /^[A-Za-z0-9_-]+$/)
    assert.deepEqual(pageOf(['\u0000ü€😀', 'x'], listing, { position }), { items: ['x'] })
  })

  test('takes an empty position as none', () => {
    assert.deepEqual(pageOf(['a'], listing, { position: '' }), { items: ['a'] })
  })

  const strange = [
    'x',
    '!',
    'bm90IGpzb24',
    btoa('%5B%22letters%22'),
    btoa('["letters"]'),
    btoa('["letters",1]'),
    btoa('["others","a"]'),
    btoa('%'),
    'a'.repeat(10_000),
  ]
  for (const position of strange) {
    test(`refuses a position that is not of this list: ${position.slice(0, 20)}`, () => {
      assert.throws(
        () => pageOf(['a'], listing, { position }),
        new ServiceError('BadRequestException', 400, 'Invalid position parameter specified'),
      )
    })
  }
})
