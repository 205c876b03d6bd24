import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exitStatus } from './exit-status.ts'

test('exitStatus() uses the words of AWS', () => {
  assert.equal(exitStatus(0, null), 'exit status 0')
  assert.equal(exitStatus(127, null), 'exit status 127')
  assert.equal(exitStatus(null, 'SIGKILL'), 'signal: killed')
  assert.equal(exitStatus(null, 'SIGABRT'), 'signal: aborted')
  assert.equal(exitStatus(null, 'SIGXCPU'), 'signal: sigxcpu')
})
