import fc from 'fast-check'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ServiceError } from '../../../aws/service-error.ts'
import { checkIntegrationUri } from './integration-uri.ts'

describe('checkIntegrationUri() for HTTP', () => {
  const taken = [
    'http://example.com',
    'HTTPS://Example.com:8443/a/{b}?c={d}&e=${stageVariables.e}',
    'http://127.0.0.1:3000/pets',
    'http://[::1]:3000/',
    'http://my_service/pets',
    'http://${stageVariables.a}${stageVariables.b}/x',
    'http://${stageVariables.host}:${stageVariables.port}',
    'https://{bucket}.s3.amazonaws.com/{key}',
  ]
  for (const uri of taken) {
    test(`takes ${uri}`, () => {
      checkIntegrationUri('HTTP', uri)
      checkIntegrationUri('HTTP_PROXY', uri)
    })
  }

  const refused = [
    '',
    '/',
    '//example.com',
    'http:/example.com',
    'http://',
    'http://:80',
    'http://a:0',
    'http://a:65536',
    'http://a:b',
    'http://user@example.com',
    'ws://example.com',
    'http://exa mple.com',
    'http://example.com/\n',
    'http://example.com/é',
    'http://example.com/${stageVariables.}',
    'http://example.com/${stageVariables.a-b}',
    'arn:aws:apigateway:us-east-1:lambda:path/x',
    '${stageVariables.url}',
    '${stageVariables.scheme}://example.com',
  ]
  for (const uri of refused) {
    test(`refuses ${JSON.stringify(uri)}`, () => {
      assert.throws(
        () => checkIntegrationUri('HTTP', uri),
        new ServiceError('BadRequestException', 400, 'Invalid HTTP endpoint specified for URI'),
      )
    })
  }

  test('answers or refuses any text, and quickly', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^(https?:\/\/)?[\w${}.:/?[\]@#%-]{0,300}$/),
        fc.constantFrom('HTTP', 'AWS', 'AWS_PROXY', 'MOCK'),
        (uri, type) => {
          try {
            checkIntegrationUri(type, uri)
          } catch (error) {
            assert.ok(error instanceof ServiceError)
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('checkIntegrationUri() for AWS services', () => {
  const lambda =
    'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:' +
    '000000000000:function:${stageVariables.fn}/invocations'
  const taken = [
    lambda,
    'arn:aws-cn:apigateway:cn-north-1:sqs:action/SendMessage',
    'arn:aws:apigateway:us-east-1:bucket.s3:path/{key}',
    'arn:aws:apigateway:us-east-1:sqs:${stageVariables.action}',
  ]
  for (const uri of taken) test(`takes ${uri}`, () => checkIntegrationUri('AWS', uri))

  test('takes only functions and delivery streams for AWS_PROXY', () => {
    checkIntegrationUri('AWS_PROXY', lambda)
    checkIntegrationUri('AWS_PROXY', 'arn:aws:apigateway:us-east-1:firehose:action/PutRecord')
    assert.throws(
      () => checkIntegrationUri('AWS_PROXY', 'arn:aws:apigateway:us-east-1:sqs:action/SendMessage'),
      { message: /^Integrations of type 'AWS_PROXY' currently only supports/ },
    )
  })

  test('takes for a function only what may come to its ARN', () => {
    const arn = 'arn:aws:lambda:us-east-1:000000000000:function:${stageVariables.fn}'
    const refusal = { message: 'Invalid function ARN or invalid uri' }
    for (const type of ['AWS', 'AWS_PROXY'] as const) {
      checkIntegrationUri(type, lambda.replace(arn, '${stageVariables.fn}'))
      assert.throws(() => checkIntegrationUri(type, lambda.replace(arn, 'pets')), refusal)
    }
  })

  test('takes other calls of Lambda for AWS alone', () => {
    const list = 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/'
    checkIntegrationUri('AWS', list)
    assert.throws(() => checkIntegrationUri('AWS_PROXY', list), {
      message: 'Invalid function ARN or invalid uri',
    })
  })

  test('tells what is no ARN from an ARN of something else', () => {
    for (const uri of ['', 'http://example.com', '${stageVariables.fn}']) {
      assert.throws(() => checkIntegrationUri('AWS', uri), { message: /^Invalid ARN specified/ })
    }
    for (const uri of [
      'arn:aws:lambda:us-east-1:000000000000:function:pets',
      'arn:aws:apigateway:us-east-1:lambda:functions/x',
      'arn:aws:apigateway:us-east-1::path/x',
    ]) {
      assert.throws(() => checkIntegrationUri('AWS', uri), { message: /^AWS ARN for integration/ })
    }
  })
})

test('checkIntegrationUri() takes anything, or nothing, for MOCK', () => {
  checkIntegrationUri('MOCK', undefined)
  checkIntegrationUri('MOCK', 'whatever')
})
