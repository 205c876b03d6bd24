import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { compileMediaRanges } from './media-ranges.ts'

describe('compileMediaRanges()', () => {
  const rows: readonly (readonly [ranges: readonly string[], mediaType: string, isIn: boolean])[] =
    [
      [['image/png'], 'image/png', true],
      [['IMAGE/PNG '], 'image/png', true],
      [['image/png'], 'image/*', false],
      [['image/png'], '*/*', false],
      [['image/png'], '', false],
      [['image/*'], 'image/webp', true],
      [['image/*'], 'image/*', true],
      [['image/*'], 'image', false],
      [['image/*'], 'images/png', false],
      [['*/png'], 'image/png', false],
      [['*/*'], '', true],
      [['*/*'], 'text/plain', true],
      [[], 'text/plain', false],
    ]
  for (const [ranges, mediaType, isIn] of rows) {
    test(`says ${isIn} of ${mediaType || '(none)'} when asked for ${ranges.join(', ') || '(none)'}`, () => {
      assert.equal(compileMediaRanges(ranges).match(mediaType), isIn)
    })
  }
})
