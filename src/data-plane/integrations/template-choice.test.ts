import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { CompiledTemplate } from '../../snapshot/compiled-deployment.ts'
import type { PassthroughBehavior } from '../../snapshot/definition.ts'
import { GatewayError } from '../gateway-error.ts'
import { chooseRequestTemplate, chooseResponseTemplate, mediaTypeOf } from './template-choice.ts'

function templatesOf(texts: readonly (readonly [string, string | null])[]) {
  return new Map<string, CompiledTemplate | null>(
    texts.map(([key, text]) => [
      key,
      text === null ? null : { kind: 'constant', text, statusCode: undefined },
    ]),
  )
}

function textOf(chosen: CompiledTemplate | null): string {
  return chosen?.kind === 'constant' ? chosen.text : 'passthrough'
}

function requestOutcome(
  passthroughBehavior: PassthroughBehavior,
  templates: readonly [string, string | null][],
  contentType: string | undefined,
): string {
  const headers = contentType === undefined ? [] : ['content-TYPE', contentType]
  try {
    const choice = { passthroughBehavior, templates: templatesOf(templates) }
    return textOf(chooseRequestTemplate(choice, headers))
  } catch (error) {
    return error instanceof GatewayError ? error.errorName : String(error)
  }
}

describe('chooseRequestTemplate()', () => {
  const json: readonly [string, string | null][] = [['application/json', 'J']]
  const refused = 'UNSUPPORTED_MEDIA_TYPE'
  const cases: readonly [
    PassthroughBehavior,
    readonly [string, string | null][],
    string | undefined,
    string,
  ][] = [
    ['WHEN_NO_MATCH', json, 'application/json', 'J'],
    ['WHEN_NO_MATCH', json, undefined, 'J'],
    ['WHEN_NO_MATCH', json, '', 'J'],
    ['WHEN_NO_MATCH', json, 'APPLICATION/json ; charset=utf-8', 'J'],
    ['WHEN_NO_MATCH', json, 'text/plain', 'passthrough'],
    ['WHEN_NO_MATCH', [], 'text/plain', 'passthrough'],
    ['WHEN_NO_TEMPLATES', json, 'application/json', 'J'],
    ['WHEN_NO_TEMPLATES', json, 'text/plain', refused],
    ['WHEN_NO_TEMPLATES', [], 'text/plain', 'passthrough'],
    ['NEVER', json, 'application/json', 'J'],
    ['NEVER', json, 'text/plain', refused],
    ['NEVER', [], 'text/plain', refused],
    ['NEVER', [['$default', 'D']], 'text/plain', 'D'],
    ['NEVER', [['$default', 'D'], ...json], 'application/json', 'J'],
    ['NEVER', [['application/json', null]], 'application/json', 'passthrough'],
    [
      'NEVER',
      [
        ['application/json', null],
        ['$default', 'D'],
      ],
      'application/json',
      'passthrough',
    ],
    ['NEVER', [['application/json', '']], 'application/json', ''],
  ]
  for (const [behavior, templates, contentType, expected] of cases) {
    const keys = templates.map(([key, text]) => `${key}=${text}`).join(' ') || 'no templates'
    test(`${behavior}, ${keys}, ${contentType ?? 'no type'}: ${expected}`, () => {
      assert.equal(requestOutcome(behavior, templates, contentType), expected)
    })
  }

  test('reads the last of several types', () => {
    const templates = templatesOf([
      ['a/b', 'first'],
      ['c/d', 'last'],
    ])
    const headers = ['Content-Type', 'a/b', 'content-type', 'c/d']
    const choice = { passthroughBehavior: 'NEVER', templates } as const
    assert.equal(textOf(chooseRequestTemplate(choice, headers)), 'last')
  })
})

describe('chooseResponseTemplate()', () => {
  const choose = (templates: readonly [string, string | null][], accept: string | undefined) => {
    const response = {
      status: 200,
      pattern: undefined,
      responseParameters: [],
      templates: templatesOf(templates),
      contentHandling: undefined,
    }
    return textOf(chooseResponseTemplate(response, accept === undefined ? [] : ['Accept', accept]))
  }
  const both: readonly [string, string][] = [
    ['application/xml', 'X'],
    ['application/json', 'J'],
  ]
  const cases: readonly [readonly [string, string | null][], string | undefined, string][] = [
    [[], 'application/json', 'passthrough'],
    [both, 'application/xml', 'X'],
    [both, 'text/html, application/xml;q=0.9, */*', 'X'],
    [both, undefined, 'J'],
    [both, '*/*', 'J'],
    [both, 'text/html', 'J'],
    [
      [
        ['text/a', 'A'],
        ['text/b', 'B'],
      ],
      'text/html',
      'A',
    ],
    [[['application/json', null]], 'application/json', 'passthrough'],
  ]
  for (const [templates, accept, expected] of cases) {
    test(`${templates.map(([key]) => key).join(' ') || 'no template'} for ${accept}: ${expected}`, () => {
      assert.equal(choose(templates, accept), expected)
    })
  }
})

describe('mediaTypeOf()', () => {
  test('is lower case and without parameters', () => {
    assert.equal(mediaTypeOf(' Text/HTML ; q=1'), 'text/html')
    assert.equal(mediaTypeOf(''), '')
  })
})
