import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { lambdaTable } from '../../aws/lambda-model.ts'
import { invocationSettings } from './invocation-settings.ts'

describe('invocationSettings', () => {
  const said = new Set(invocationSettings.flatMap(({ members }) => members))

  for (const structure of ['AddPermissionRequest', 'InvocationRequest']) {
    test(`say of every member of ${structure} what becomes of it`, () => {
      const members = Object.keys(lambdaTable.structures[structure] ?? {})
      assert.ok(members.length > 5)
      assert.deepEqual(
        members.filter((member) => !said.has(member)),
        [],
      )
    })
  }
})
