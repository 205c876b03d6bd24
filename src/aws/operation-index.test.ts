import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { apiGatewayTable } from './apigateway-model.ts'
import { indexOperations } from './operation-index.ts'
import { compileModel } from './operation-model.ts'

const model = compileModel(apiGatewayTable)
const operations = [...model.operations.values()]
const index = indexOperations(operations)

/** What the index must equal: every template as a regular expression, the most literal one first. */
const oracle = operations
  .map(({ name, method, uri }) => {
    const [path = '', query = ''] = uri.split('?')
    const literals = path.split('/').map((segment) => (segment.startsWith('{') ? '1' : '0'))
    return {
      name,
      method,
      rank: `${literals.join('')} ${query === '' ? 1 : 0}`,
      query: [...new URLSearchParams(query)],
      expression: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '([^/]+)')}$`, 's'),
    }
  })
  .toSorted((a, b) => (a.rank < b.rank ? -1 : 1))

function ask(method: string, path: string, query = new URLSearchParams()) {
  return index.find(method, path.slice(1).split('/'), query)?.operation.name
}

function askOracle(method: string, path: string, query = new URLSearchParams()) {
  return oracle.find(
    (candidate) =>
      candidate.method === method &&
      candidate.expression.test(path) &&
      candidate.query.every(([name, value]) => query.get(name) === value),
  )?.name
}

describe('indexOperations()', () => {
  test('finds each of the 124 operations at its own template, with its labels', () => {
    for (const { name, method, uri } of operations) {
      const [path = '', query] = uri.split('?')
      const match = index.find(method, path.slice(1).split('/'), new URLSearchParams(query))
      assert.equal(match?.operation.name, name)
      const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, label]) => label)
      assert.deepEqual([...match.labels.keys()], names)
      assert.deepEqual(
        [...match.labels.values()],
        names.map((label) => `{${label}}`),
      )
    }
  })

  test('agrees with a search through regular expressions on any path', () => {
    const literals = operations.flatMap(({ uri }) => uri.split('?')[0]!.split('/'))
    const segment = fc.oneof(fc.constantFrom(...literals), fc.string({ maxLength: 3 }))
    const path = fc
      .array(segment, { maxLength: 9 })
      .map((parts) => `/${parts.map((part) => part.replaceAll('/', '')).join('/')}`)
    const templates = fc
      .constantFrom(...operations)
      .map(({ uri }) => uri.split('?')[0]!.replaceAll(/\{\w+\}/g, 'x'))
    fc.assert(
      fc.property(
        fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'HEAD'),
        fc.oneof(path, templates),
        fc.constantFrom('', 'mode=import', 'mode=other'),
        (method, anyPath, rawQuery) => {
          const query = new URLSearchParams(rawQuery)
          assert.equal(ask(method, anyPath, query), askOracle(method, anyPath, query))
        },
      ),
      { numRuns: 2_000 },
    )
  })

  test('takes a literal segment before a label', () => {
    assert.equal(ask('GET', '/restapis/a/models/b/default_template'), 'GetModelTemplate')
    const { restApi, both } = {
      restApi: { method: 'GET', status: 200, input: 'In' },
      both: { service: 's', errors: {}, types: {}, structures: { In: {} } },
    }
    const tricky = compileModel({
      ...both,
      operations: {
        Label: { ...restApi, uri: '/a/{x}/c' },
        Literal: { ...restApi, uri: '/a/b/d' },
      },
    })
    const trickyIndex = indexOperations(tricky.operations.values())
    const find = (path: string) =>
      trickyIndex.find('GET', path.split('/'), new URLSearchParams())?.operation.name
    assert.equal(find('a/b/d'), 'Literal')
    assert.equal(find('a/b/c'), 'Label')
  })

  test('finds nothing where a label would be empty', () => {
    assert.equal(ask('GET', '/restapis/'), undefined)
    assert.equal(ask('GET', '/restapis//stages'), undefined)
  })
})
