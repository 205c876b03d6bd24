import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { LogTail } from './log-tail.ts'

describe('LogTail', () => {
  test('keeps what fits', () => {
    const tail = new LogTail()
    tail.add('one')
    tail.add('two')
    assert.equal(tail.text(), 'one\ntwo\n')
  })

  test('gives the last 4 KB of much', () => {
    const tail = new LogTail()
    for (let i = 0; i < 10_000; i += 1) tail.add(`line ${i}`)
    assert.equal(tail.text().length, 4_096)
    assert.ok(tail.text().endsWith('line 9998\nline 9999\n'))
  })

  test('counts bytes and leaves out a character that is cut', () => {
    const tail = new LogTail()
    tail.add(`${'€'.repeat(2_000)}x`)
    const text = tail.text()
    assert.ok(new TextEncoder().encode(text).length <= 4_096)
    assert.match(text, /^€+x\n$/)
  })
})
