import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')

test('docs/life-of-a-request.md has every phase, in the order of the pipeline', () => {
  const pipeline = read('src/data-plane/pipeline.ts')
  const imported = [...pipeline.matchAll(/^import \{ (\w+)\b.* from '\.\/phases\//gm)]
  // Where a phase is called twice, a short way out comes before the whole way.
  const called = imported
    .map(([, phase = '']) => ({ phase, at: pipeline.lastIndexOf(`${phase}(`) }))
    .toSorted((one, other) => one.at - other.at)
  const rows = [...read('docs/life-of-a-request.md').matchAll(/^\| `(\w+)` \|/gm)]
  assert.deepEqual(
    rows.map(([, phase]) => phase),
    called.map(({ phase }) => phase),
  )
})
