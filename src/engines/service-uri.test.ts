import fc from 'fast-check'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseServiceUri, queryParametersOf } from './service-uri.ts'

const noParameters = new Map<string, string>()
const prefix = 'arn:aws:apigateway:us-east-1:'

function targetOf(
  call: string,
  variables = {},
  parameters: ReadonlyMap<string, string> = noParameters,
) {
  const uri = parseServiceUri(`${prefix}${call}`)
  assert.ok(uri, call)
  return uri.target(variables, parameters)
}

describe('parseServiceUri()', () => {
  test('finds the service, its subdomain and its region', () => {
    for (const [text, partition, region, subdomain, service] of [
      ['arn:aws:apigateway:eu-west-1:sqs:action/A', 'aws', 'eu-west-1', undefined, 'sqs'],
      ['arn:aws-cn:apigateway::s3:path/', 'aws-cn', '', undefined, 's3'],
      ['arn:aws:apigateway:r:a.b.s3:path/k', 'aws', 'r', 'a.b', 's3'],
      ['arn:aws:apigateway:r:id.appsync-api:path/graphql', 'aws', 'r', 'id', 'appsync-api'],
    ] as const) {
      const uri = parseServiceUri(text)
      assert.deepEqual(
        [uri?.partition, uri?.region, uri?.subdomain, uri?.service],
        [partition, region, subdomain, service],
      )
    }
  })

  test('is undefined for what is no call of a service', () => {
    for (const text of ['', 'http://a/', `${prefix}sqs`, `${prefix}sqs:A`, `${prefix}:path/a`]) {
      assert.equal(parseServiceUri(text), undefined)
    }
  })

  test('reads paths with the query that is in them', () => {
    const target = targetOf(
      's3:path//{bucket}/{key}?versionId={v}',
      {},
      new Map([
        ['bucket', 'a'],
        ['key', 'b/c d'],
        ['v', '1&x=2'],
      ]),
    )
    assert.deepEqual(target, {
      outcome: 'target',
      action: undefined,
      path: '/a/b/c%20d',
      query: [['versionId', '1&x=2']],
    })
  })

  test('reads actions, each value staying one', () => {
    const parameters = new Map([['q', 'https://a/b?c=d&Action=Delete']])
    assert.deepEqual(targetOf('sqs:action/Send&QueueUrl={q}&Empty&n=a+b%2B', {}, parameters), {
      outcome: 'target',
      action: 'Send',
      path: '/',
      query: [
        ['Action', 'Send'],
        ['QueueUrl', 'https://a/b?c=d&Action=Delete'],
        ['Empty', ''],
        ['n', 'a b+'],
      ],
    })
  })

  test('names what a stage lacks, and what nothing filled', () => {
    for (const [call, expected] of [
      ['sqs:${stageVariables.call}', /path or action, not ; the stage has no variable call/],
      ['sqs:action/${stageVariables.name}', /"" is no action; .* no variable name/],
      ['s3:path/{key}', /illegal character in \{key\}/],
      ['sqs:action/ Send', /illegal character/],
    ] as const) {
      const target = targetOf(call)
      assert.equal(target.outcome, 'invalid-service')
      assert.match(target.outcome === 'invalid-service' ? target.detail : '', expected)
    }
  })

  test('lets no value of a request add a parameter, change the action or leave the path', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (value) => {
        const parameters = new Map([['v', value]])
        const action = targetOf('sqs:action/Send&a={v}&b=1', {}, parameters)
        assert.ok(action.outcome === 'target')
        assert.deepEqual(
          action.query.map(([name]) => name),
          ['Action', 'a', 'b'],
        )
        assert.equal(action.action, 'Send')
        const path = targetOf('s3:path/x/{v}', {}, parameters)
        assert.ok(path.outcome === 'target' && path.path.startsWith('/x/'))
        assert.deepEqual(path.query, [])
      }),
      { numRuns: 100 },
    )
  })
})

test('queryParametersOf() reads what is no escape as it is written', () => {
  assert.deepEqual(queryParametersOf('&a=%zz&&=b'), [
    ['a', '%zz'],
    ['', 'b'],
  ])
})
