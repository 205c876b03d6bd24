import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createOutputBudget, outputBurstBytes } from './output-budget.ts'
import { createOutputLines, lineBytesMax } from './output-lines.ts'

function linesOf(pieces: readonly Buffer[]): string[] {
  const told: string[] = []
  const lines = createOutputLines((line) => void told.push(line))
  for (const piece of pieces) lines.push(piece)
  lines.flush()
  return told
}

describe('createOutputLines()', () => {
  const text = Buffer.from('one\n\ngrün €\n😀\nend')
  test('tells the same lines of pieces of any size', () => {
    for (let size = 1; size <= text.length; size += 1) {
      const pieces: Buffer[] = []
      for (let at = 0; at < text.length; at += size) pieces.push(text.subarray(at, at + size))
      assert.deepEqual(linesOf(pieces), ['one', '', 'grün €', '😀', 'end'])
    }
  })

  test('cuts a line that is too long between two characters', () => {
    const long = `a${'€'.repeat(200_000)}`
    const told = linesOf([Buffer.from(`${long}\nnext`)])
    assert.equal(told.pop(), 'next')
    assert.equal(told.join(''), long)
    for (const line of told) assert.ok(Buffer.byteLength(line) <= lineBytesMax)
    assert.equal(told.length, 3)
  })

  test('cuts what is no text at all', () => {
    const told = linesOf([Buffer.alloc(lineBytesMax * 2 + 1, 0x80)])
    assert.equal(told.length, 3)
  })
})

describe('createOutputBudget()', () => {
  test('takes a burst, drops what is beyond and counts it, and takes again later', () => {
    let nowMs = 0
    const budget = createOutputBudget(() => nowMs)
    const length = 100_000
    let taken = 0
    while (budget.takes(length)) taken += 1
    assert.equal(taken, Math.floor(outputBurstBytes / (length + 128)))
    assert.equal(budget.takes(length), false)
    assert.deepEqual(budget.dropped(), { lines: 2, characters: 2 * length })
    assert.equal(budget.dropped(), undefined)
    nowMs += 1_000
    assert.equal(budget.takes(length), true)
  })

  test('counts empty lines too', () => {
    const budget = createOutputBudget(() => 0)
    let taken = 0
    while (budget.takes(0)) taken += 1
    assert.equal(taken, outputBurstBytes / 128)
  })
})
