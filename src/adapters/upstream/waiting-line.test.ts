import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { seededRandom, testSeed } from '../../../test/support/seeded-random.ts'
import type { Exchange } from './exchange.ts'
import { WaitingLine } from './waiting-line.ts'

// The line looks at identity only.
const someone = () => ({}) as Exchange

describe('WaitingLine', () => {
  test('gives first who came first, without those who left', () => {
    const line = new WaitingLine()
    const [a, b, c, d] = [someone(), someone(), someone(), someone()]
    for (const one of [a, b, c]) line.add(one)
    line.remove(b)
    line.remove(b)
    assert.equal(line.size, 2)
    assert.equal(line.shift(), a)
    line.add(d)
    assert.deepEqual([line.shift(), line.shift(), line.shift()], [c, d, undefined])
    line.remove(a)
    assert.equal(line.size, 0)
  })

  test('does as a plain array does, whatever comes', (t) => {
    const random = seededRandom(testSeed())
    t.diagnostic(`seed ${random.seed}`)
    const line = new WaitingLine()
    const plain: Exchange[] = []
    for (let i = 0; i < 20_000; i += 1) {
      // Waves: the line grows long and empties again.
      const isGrowing = Math.floor(i / 2000) % 2 === 0
      const choice = random.integer(10)
      if (choice < (isGrowing ? 6 : 3)) {
        const one = someone()
        line.add(one)
        plain.push(one)
      } else if (choice < 8) {
        assert.equal(line.shift(), plain.shift())
      } else if (plain.length > 0) {
        const [left] = plain.splice(random.integer(plain.length), 1)
        line.remove(left!)
      }
      assert.equal(line.size, plain.length)
    }
    while (plain.length > 0) assert.equal(line.shift(), plain.shift())
  })
})
