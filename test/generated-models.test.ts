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

  test('the table has every operation of API Gateway', async () => {
    const [table] = await generateModels()
    assert.equal(table?.path, 'src/aws/models/apigateway.json')
    assert.equal(Object.keys(JSON.parse(table.text).operations).length, 124)
  })
})
