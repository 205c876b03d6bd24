import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { lambdaTable } from '../../aws/lambda-model.ts'
import { layerSettings } from './layer-settings.ts'

describe('layerSettings', () => {
  const said = new Set(layerSettings.flatMap(({ members }) => members))
  const structures = [
    'PublishLayerVersionRequest',
    'LayerVersionContentInput',
    'TagResourceRequest',
  ] as const

  for (const structure of structures) {
    test(`say of every member of ${structure} what becomes of it`, () => {
      const members = Object.keys(lambdaTable.structures[structure] ?? {})
      assert.ok(members.length > 1)
      assert.deepEqual(
        members.filter((member) => !said.has(member)),
        [],
      )
    })
  }
})
