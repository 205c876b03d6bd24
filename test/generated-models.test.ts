import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, test } from 'node:test'
import { generateModels } from '../scripts/generate-models.ts'

describe('generated models', () => {
  test('the committed files are what the installed SDK and the constraints generate', async () => {
    for (const { path, text } of await generateModels()) {
      const committed = await readFile(new URL(`../${path}`, import.meta.url), 'utf8')
      assert.equal(committed, text, `${path} is stale: npm run generate`)
    }
  })

  const operationCounts = { apigateway: 124, lambda: 88 }
  for (const [service, count] of Object.entries(operationCounts)) {
    test(`the table of ${service} has every operation of the SDK`, async () => {
      const files = await generateModels()
      const table = files.find(({ path }) => path === `src/aws/models/${service}.json`)
      assert.equal(Object.keys(JSON.parse(table?.text ?? '{}').operations).length, count)
    })
  }
})
