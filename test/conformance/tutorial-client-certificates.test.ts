import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { testTutorial } from '../support/tutorial-test.ts'

if (spawnSync('openssl', ['version']).status === 0) testTutorial('client-certificates')
else test('docs/tutorials/client-certificates.md is true', { skip: 'openssl is not installed' })
