import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  parseGatewayResponseTarget,
  parseGatewayResponseTemplate,
} from './gateway-response-template.ts'

/** References as `<kind name>`, text as it is. */
function shown(text: string): string {
  return parseGatewayResponseTemplate(text)
    .map((part) =>
      typeof part === 'string' ? part : `<${part.kind} ${'name' in part ? part.name : ''}>`,
    )
    .join('')
}

describe('parseGatewayResponseTemplate()', () => {
  const cases: readonly [template: string, parts: string][] = [
    ['', ''],
    ['{"message":$context.error.messageString}', '{"message":<context error.messageString>}'],
    ['${context.stage}}', '<context stage>}'],
    ['$context.stage.', '<context stage>.'],
    ['$stageVariables.host.example.com', '<stageVariables host>.example.com'],
    ['$method.request.header.X-Amz.Date,', '<method.request.header X-Amz.Date>,'],
    [
      '$method.request.querystring.q$method.request.path.p',
      '<method.request.querystring q><method.request.path p>',
    ],
    [
      '$method.request.body $input.path("$") #set($a = 1)',
      '$method.request.body $input.path("$") #set($a = 1)',
    ],
    ['$contextual $context $ {$} ${context.stage', '$contextual $context $ {$} ${context.stage'],
    ['$$context.stage', '$<context stage>'],
  ]
  for (const [template, parts] of cases) {
    test(`reads ${template || 'nothing'}`, () => assert.equal(shown(template), parts))
  }

  test('is linear in a template of nothing but beginnings', () => {
    const template = '$method.request.header.'.repeat(10_000)
    assert.equal(shown(template), template)
  })
})

describe('parseGatewayResponseTarget()', () => {
  test('takes headers alone', () => {
    assert.equal(parseGatewayResponseTarget('gatewayresponse.header.X-A.b_$1'), 'X-A.b_$1')
    for (const text of [
      'gatewayresponse.header.',
      'gatewayresponse.header.a b',
      'gatewayresponse.path.a',
      'method.response.header.a',
    ]) {
      assert.equal(parseGatewayResponseTarget(text), undefined)
    }
  })
})
