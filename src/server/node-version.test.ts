import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { findOldNode } from './node-version.ts'

describe('findOldNode()', () => {
  test('has nothing against what runs this, and what package.json asks for', () => {
    for (const version of [process.versions.node, '24.18.0', '24.100.0', '25.0.0']) {
      assert.equal(findOldNode(version), undefined, version)
    }
  })

  test('names what is too old, and what would do', () => {
    for (const version of ['20.20.2', '24.17.9', '4.100.0']) {
      assert.equal(findOldNode(version), `this is Node ${version}, and it takes 24.18.0 or later`)
    }
  })
})
