import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { lambdaTable } from '../../aws/lambda-model.ts'
import { functionSettings } from './function-settings.ts'

describe('functionSettings', () => {
  const said = new Set(
    functionSettings.flatMap(({ members }) => members.flatMap((member) => member.split(/[ .]/))),
  )

  for (const structure of [
    'CreateFunctionRequest',
    'UpdateFunctionCodeRequest',
    'UpdateFunctionConfigurationRequest',
    'FunctionCode',
  ]) {
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
