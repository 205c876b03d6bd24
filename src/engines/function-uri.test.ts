import fc from 'fast-check'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  findIntegrationService,
  isStreamingUri,
  judgeFunctionUri,
  parseFunctionUri,
} from './function-uri.ts'

const arn = 'arn:aws:lambda:us-east-1:123456789012:function:pets'
const uriOf = (functionArn: string) =>
  `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${functionArn}/invocations`
const streamingUriOf = (functionArn: string) =>
  `arn:aws:apigateway:us-east-1:lambda:path/2021-11-15/functions/${functionArn}/response-streaming-invocations`

describe('parseFunctionUri()', () => {
  const rows: Readonly<Record<string, readonly [functionArn: string, expected: string]>> = {
    'an unqualified function': [arn, arn],
    'a version': [`${arn}:3`, `${arn}:3`],
    'an alias': [`${arn}:PROD`, `${arn}:PROD`],
    'the latest version': [`${arn}:$LATEST`, `${arn}:$LATEST`],
    'no region': ['arn:aws:lambda::123456789012:function:pets', arn],
  }
  for (const [name, [functionArn, expected]] of Object.entries(rows)) {
    test(`reads ${name}`, () => {
      const target = parseFunctionUri(uriOf(functionArn)).target({})
      const found = { outcome: 'target', partition: 'aws', functionArn: expected }
      assert.deepEqual(target, { ...found, isStreaming: false })
      const streaming = parseFunctionUri(streamingUriOf(functionArn)).target({})
      assert.deepEqual(streaming, { ...found, isStreaming: true })
    })
  }

  const refused = [
    uriOf('pets'),
    uriOf('123456789012:function:pets'),
    uriOf(`${arn}:`),
    uriOf(`${arn}:a:b`),
    uriOf('arn:aws-cn:lambda:us-east-1:123456789012:function:pets'),
    uriOf(`${arn} `),
    uriOf(arn).replace('2015-03-31', '2014-01-01'),
    uriOf(arn).replace('/invocations', ''),
    uriOf(arn).replace('2015-03-31', '2021-11-15'),
    streamingUriOf(arn).replace('2021-11-15', '2015-03-31'),
    '',
  ]
  for (const text of refused) {
    test(`says what is wrong with ${JSON.stringify(text)}`, () => {
      const target = parseFunctionUri(text).target({})
      assert.equal(target.outcome, 'invalid-function')
      assert.match(
        target.outcome === 'invalid-function' ? target.detail : '',
        /Invalid function ARN/,
      )
    })
  }

  test('names the variables that are not there, and those that are empty', () => {
    const text = uriOf(
      'arn:aws:lambda:us-east-1:123456789012:function:${stageVariables.a}:${stageVariables.b}',
    )
    const target = parseFunctionUri(text).target({ a: '' })
    assert.ok(target.outcome === 'invalid-function')
    assert.match(target.detail, /; the stage has no variable a, b$/)
  })

  test('does not take what an object inherits for a variable', () => {
    const target = parseFunctionUri(uriOf(`${arn}:\${stageVariables.constructor}`)).target({})
    assert.ok(target.outcome === 'invalid-function')
    assert.match(target.detail, /no variable constructor$/)
  })

  test('tells two sets of variables apart, and remembers each', () => {
    const uri = parseFunctionUri(uriOf(`${arn}:\${stageVariables.alias}`))
    const [dev, prod] = [Object.freeze({ alias: 'DEV' }), Object.freeze({ alias: 'PROD' })]
    assert.equal(uri.target(dev), uri.target(dev))
    const [one, other] = [uri.target(dev), uri.target(prod)]
    assert.ok(one.outcome === 'target' && other.outcome === 'target')
    assert.deepEqual([one.functionArn, other.functionArn], [`${arn}:DEV`, `${arn}:PROD`])
  })

  test('reads any text within any variable, and quickly', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 512 }), (value) => {
        const { outcome } = parseFunctionUri(uriOf('${stageVariables.v}')).target({ v: value })
        assert.ok(outcome === 'target' || outcome === 'invalid-function')
      }),
    )
  })
})

describe('judgeFunctionUri()', () => {
  const possible = [
    uriOf(arn),
    uriOf(`${arn}:PROD`),
    uriOf(`${arn}:\${stageVariables.alias}`),
    uriOf('${stageVariables.fn}'),
    uriOf('arn:aws:lambda:${stageVariables.r}:${stageVariables.a}:function:f'),
    uriOf(arn).replace('us-east-1', '${stageVariables.region}'),
    uriOf(arn).replace('path/', 'path//'),
    `arn:aws:apigateway:us-east-1:lambda:path/2021-11-15/functions/${arn}/response-streaming-invocations`,
    'arn:aws:apigateway:us-east-1:lambda:${stageVariables.function}',
  ]
  for (const text of possible) {
    test(`takes ${text}`, () => assert.equal(judgeFunctionUri(text), 'function'))
  }

  const impossible = [
    uriOf('pets'),
    uriOf(uriOf(arn)),
    uriOf('arn:aws:lambda:us-east-1:77170032698:function:pets'),
  ]
  for (const text of impossible) {
    test(`finds no function in ${text}`, () => assert.equal(judgeFunctionUri(text), 'no-function'))
  }

  const others = [
    uriOf(arn).replace('/invocations', ''),
    uriOf(arn).replace('2015-03-31', '2021-11-15'),
    'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/',
    'arn:aws:apigateway:us-east-1:lambda:action/Invoke',
  ]
  for (const text of others) {
    test(`finds another call in ${text}`, () =>
      assert.equal(judgeFunctionUri(text), 'another-call'))
  }
})

test('findIntegrationService() finds the service, whatever stands for the region', () => {
  assert.equal(findIntegrationService(uriOf(arn)), 'lambda')
  assert.equal(
    findIntegrationService(uriOf(arn).replace('us-east-1', '${stageVariables.r}')),
    'lambda',
  )
  assert.equal(findIntegrationService('arn:aws:apigateway:us-east-1:sqs:action/SendMessage'), 'sqs')
  assert.equal(findIntegrationService(arn), undefined)
})

test('isStreamingUri() knows the second form of the URI', () => {
  assert.ok(!isStreamingUri(uriOf(arn)))
  assert.ok(
    isStreamingUri(
      `arn:aws:apigateway:us-east-1:lambda:path/2021-11-15/functions/${arn}/response-streaming-invocations`,
    ),
  )
})
