import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { compileMappingTemplate, compileTemplate, fromJson, VtlError } from './index.ts'

const names = () =>
  new Map([
    ['s', fromJson('text')],
    ['l', fromJson([1, 2])],
    ['m', fromJson({ a: 1 })],
    ['n', fromJson(5)],
    ['b', fromJson(true)],
  ])

const targets = ['$s', '$l', '$m', '$n', '$b', '$l.iterator()', '$m.entrySet()', '$m.keySet()']

/** Ways out of template engines, of Java's and of JavaScript's. */
const ways = [
  '.class',
  '.getClass()',
  '.class.forName("java.lang.Runtime")',
  '.getClass().forName("java.lang.Runtime").getRuntime().exec("id")',
  '.class.classLoader',
  '.declaringClass',
  '.constructor',
  '.constructor("return process")()',
  '.constructor.constructor("return process")',
  '.__proto__',
  '.__proto__.polluted',
  '["__proto__"]',
  '["constructor"]',
  '["constructor"]["prototype"]',
  '.prototype',
  '.get("__proto__")',
  '.get("constructor")',
  '.__defineGetter__("a", 1)',
  '.valueOf.call()',
  '.hasOwnProperty("a")',
  '.toString.constructor',
  '.items',
  '.kind',
  '.values.constructor',
  '.notify()',
]

describe('no way leads out of the values of templates', () => {
  for (const way of ways) {
    test(way, () => {
      for (const target of targets) {
        const template = `${target}${way}`
        let output: string
        try {
          output = compileTemplate(template).render(names())
        } catch (error) {
          assert.ok(error instanceof VtlError, template)
          continue
        }
        assert.doesNotMatch(output, /function|native code|\[object|class /, template)
      }
    })
  }

  test('a name of JavaScript is a name like any other', () => {
    const template =
      '#set($m["__proto__"] = 5)#set($m.constructor = 6)$m $m["__proto__"] $m.constructor'
    const output = compileTemplate(template).render(names())
    assert.equal(output, '{a=1, __proto__=5, constructor=6} 5 6')
    assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false)
  })

  test('overrides named as parts of JavaScript stay data', () => {
    const template = compileMappingTemplate(
      '#set($context.requestOverride.header["__proto__"] = "x")$input.constructor|$util.constructor|$context.constructor|$stageVariables.toString',
      { compileJsonPath: () => ({ read: (value) => ({ outcome: 'found', value }) }) },
    )
    const { output, overrides } = template.render({
      body: '',
      params: { path: {}, querystring: {}, header: {} },
      context: {},
      stageVariables: {},
    })
    assert.equal(output, '|||')
    assert.equal(
      JSON.stringify(overrides?.requestOverride),
      '{"header":{"__proto__":"x"},"path":{},"querystring":{}}',
    )
  })
})
