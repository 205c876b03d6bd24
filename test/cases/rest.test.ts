import assert from 'node:assert/strict'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createRequestTraces } from '../../src/data-plane/request-traces.ts'
import { decodeDefinition, encodeDefinition } from '../../src/snapshot/definition-codec.ts'
import type { ApiDefinition } from '../../src/snapshot/definition.ts'
import { outcomes, parseRestCase, printRestCase, runRestCase } from '../support/rest-case.ts'

const folder = join(dirname(fileURLToPath(import.meta.url)), 'rest')
const paths = globSync('**/*.http', { cwd: folder }).toSorted()
const isUpdate = process.env['STAGEDOOR_UPDATE_CASES'] === '1'

const passes: Readonly<Record<string, (definition: ApiDefinition) => ApiDefinition>> = {
  'as it is': (definition) => definition,
  'stored and read back': (definition) => decodeDefinition(encodeDefinition(definition)),
}

for (const [pass, transform] of Object.entries(passes)) {
  describe(`a request, with the definition ${pass}`, () => {
    for (const path of paths) {
      test(path.replace(/\.http$/, ''), async () => {
        const golden = parseRestCase(readFileSync(join(folder, path), 'utf8'))
        const came = await runRestCase(golden, transform)
        if (isUpdate) {
          const kept = Object.entries(golden.sections).filter(
            ([name]) => !outcomes.some((outcome) => outcome === name),
          )
          const sections = { ...Object.fromEntries(kept), ...came }
          writeFileSync(join(folder, path), printRestCase({ ...golden, sections }))
          return
        }
        const expected = Object.fromEntries(
          outcomes.flatMap((name) => {
            const text = golden.sections[name]
            return text === undefined ? [] : [[name, text]]
          }),
        )
        assert.deepEqual(came, expected)
      })
    }
  })
}

describe('a request that is traced', () => {
  const asItIs = (definition: ApiDefinition) => definition

  for (const path of paths) {
    test(`is answered as one that is not: ${path.replace(/\.http$/, '')}`, async () => {
      const golden = parseRestCase(readFileSync(join(folder, path), 'utf8'))
      const traces = createRequestTraces(10)
      assert.deepEqual(
        await runRestCase(golden, asItIs, traces),
        await runRestCase(golden, asItIs),
      )
      const [trace] = traces.list()
      if (trace === undefined) return
      const found = traces.find(trace.requestId)
      assert.ok(JSON.stringify(found).includes(`Method completed with status: ${trace.status}`))
    })
  }
})

test('there are cases', () => assert.ok(paths.length >= 60, `${paths.length}`))
