import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { compileTemplate, fromJson, VtlError } from './index.ts'
import type { RenderLimits } from './budget.ts'

const list = [{ a: 'x' }, { a: 2 }, { a: 2.5 }, { a: null }, { a: [1, 'b'] }]

function render(template: string, limits: Partial<RenderLimits> = {}): string {
  return compileTemplate(template, { limits }).render(new Map([['list', fromJson(list)]]))
}

describe('a loop over plain references', () => {
  test('prints each kind of value, and what has none as it is written', () => {
    const template = '#foreach($e in $list)$e.a#if($foreach.hasNext), #end#end'
    assert.equal(render(template), 'x, 2, 2.5, $e.a, [1, b]')
  })

  test('prints what follows a condition, whether it holds or not', () => {
    const template = '#foreach($e in $list)<#if($foreach.first)!#end $foreach.count>#end'
    assert.equal(render(template), '<! 1>< 2>< 3>< 4>< 5>')
  })

  test('shows the item and the loop to a block that it prints', () => {
    const template =
      '#define($d)[$e.a $foreach.index]#end#foreach($e in $list)$foreach.count$d #end'
    assert.equal(render(template), '1[x 0] 2[2 1] 3[2.5 2] 4[$e.a 3] 5[[1, b] 4] ')
  })

  test('keeps what stands before a block that stops the template', () => {
    const template =
      '#define($d)#if($foreach.count == 2)#stop#end.#end#foreach($e in $list)<$e.a $d>#end'
    assert.equal(render(template), '<x .><2 ')
  })

  test('leaves the name of the item as it was', () => {
    assert.equal(render('#set($e = 1)#foreach($e in $list)$foreach.index#end $e'), '01234 1')
  })

  const limits: Readonly<Record<string, Partial<RenderLimits>>> = {
    'more turns than it may take': { loopTurnsMax: 4 },
    'an output that is too long': { outputLengthMax: 12 },
    'too many steps': { stepsMax: 10 },
  }
  for (const [name, limit] of Object.entries(limits)) {
    test(`ends with ${name}`, () => {
      const work = () => render('#foreach($e in $list)<$!e.a> #end', limit)
      assert.throws(work, (error) => error instanceof VtlError && error.kind === 'limit')
    })
  }
})
