import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readJsonDocument } from '../json-document/read-json.ts'
import { JavaMap } from '../vtl/values.ts'
import { compileJsonPath } from './compile-json-path.ts'
import { JsonPathSyntaxError } from './json-path-error.ts'

test('compileJsonPath() gives what is in the document, not a copy', () => {
  const document = readJsonDocument('{"a":{"b":1}}')
  const read = compileJsonPath('$.a').read(document)
  assert.ok(read.outcome === 'found' && document instanceof JavaMap)
  assert.equal(read.value, document.get('a'))
})

test('compileJsonPath() says where a path breaks', () => {
  const positions = [
    ['$a.b', 1],
    ['$.a[]', 3],
    ['$.a[x]', 3],
    ['$.a.', 0],
  ] as const
  for (const [path, position] of positions) {
    assert.throws(() => compileJsonPath(path), { name: 'JsonPathSyntaxError', position })
  }
})

test('a path fails when it visits too many values', () => {
  const wide = readJsonDocument(`[${'[1,1,1,1,1,1,1,1,1,1],'.repeat(2_000)}1]`)
  const read = compileJsonPath('$[?(@..[?(@ == $..[0])])]').read(wide)
  assert.deepEqual(read, { outcome: 'failed', detail: 'The path visits too many values' })
})

test('a path fails when a function or a comparison goes over too much, again and again', () => {
  const long = readJsonDocument(`{"l":[${'1,'.repeat(20_000)}1]}`)
  for (const condition of [
    '$.l.sum() > 1',
    '2 in $.l',
    '$.l subsetof $.l',
    '@ == 2 || $.l[:15000] == $.l[0:15000]',
  ]) {
    assert.equal(compileJsonPath(`$.l[?(${condition})]`).read(long).outcome, 'failed', condition)
  }
})

test('a path fails when a pattern takes too many steps', () => {
  const document = readJsonDocument(`["${'a'.repeat(200)}b"]`)
  const read = compileJsonPath('$[?(@ =~ /(?=a)(a*)*c/)]').read(document)
  assert.deepEqual(read, { outcome: 'failed', detail: 'A pattern takes too many steps' })
})

test('a scan of a map that holds itself fails', () => {
  const map = new JavaMap()
  map.set('self', map)
  assert.equal(compileJsonPath('$..x').read(map).outcome, 'failed')
})

test('compileJsonPath() refuses what is nested too deep or too long', () => {
  const filters = `$${'[?(@'.repeat(50)}${')]'.repeat(50)}`
  assert.throws(() => compileJsonPath(filters), JsonPathSyntaxError)
  assert.throws(() => compileJsonPath(`$${'.a'.repeat(3_000)}`), JsonPathSyntaxError)
  assert.throws(
    () => compileJsonPath(`$[?(${'('.repeat(1_000)}@${')'.repeat(1_000)})]`),
    JsonPathSyntaxError,
  )
  assert.throws(() => compileJsonPath(`$[?(${'!'.repeat(10_000)}(@))]`), JsonPathSyntaxError)
})

test('a path reaches nothing of JavaScript', () => {
  const document = readJsonDocument('{"a":"text","l":[1],"n":1}')
  for (const path of [
    '$.constructor',
    '$.__proto__',
    '$.a.length',
    '$.l.constructor',
    '$.n.toString',
  ]) {
    assert.equal(compileJsonPath(path).read(document).outcome, 'not-found', path)
  }
  for (const path of ['$.a.constructor()', '$.toString()', '$.__proto__()']) {
    assert.equal(compileJsonPath(path).read(document).outcome, 'failed', path)
  }
})
