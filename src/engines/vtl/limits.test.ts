import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { compileTemplate, VtlError } from './index.ts'

function failure(template: string): VtlError {
  try {
    compileTemplate(template).render(new Map())
  } catch (error) {
    if (error instanceof VtlError) return error
    throw error
  }
  assert.fail(`no error: ${template.slice(0, 100)}`)
}

describe('a bound ends a rendering with its place', () => {
  const nested = (open: string, inner: string, close: string, count: number) =>
    open.repeat(count) + inner + close.repeat(count)
  const cases: readonly (readonly [string, string, string])[] = [
    ['turns of a loop', '\n #foreach($i in [1..1001])x#end', '2:2'],
    ['members of a list', '#set($l = [1..2000000000])', '1:1'],
    ['doubled texts', '#set($a = "xxxxxxxx")#foreach($i in [1..50])#set($a = $a + $a)#end', '1:45'],
    ['doubled output', '#set($a = "xxxxxxxx")#foreach($i in [1..50])#set($a = "$a$a")#end', '1:55'],
    ['repeat', '#set($a = "xxxxxxxx")$a.repeat(2000000000)', '1:22'],
    ['doubled lists', '#set($l = [1])#foreach($i in [1..50])#set($x = $l.addAll($l))#end', '1:38'],
    [
      'lists within lists',
      '#set($l = [1])#foreach($i in [1..50])#set($l = [$l, $l])#end$l',
      '1:61',
    ],
    ['a deep list', '#set($l = [1])#foreach($i in [1..900])#set($l = [$l])#end$l', '1:58'],
    [
      'a map within itself',
      '#set($m = {})#set($n = {"m": $m})#set($x = $m.put("n", $n))$m',
      '1:60',
    ],
    [
      'equal lists within lists',
      '#set($l = [1])#set($k = [1])#foreach($i in [1..50])#set($l = [$l, $l])#set($k = [$k, $k])#end#if($l == $k)x#end',
      '1:94',
    ],
    [
      'maps that are keys of maps',
      '#set($m = {"a": 1})#foreach($i in [1..60])#set($n = {$m: $m})#set($m = $n)#end',
      '1:43',
    ],
    ['steps', '#foreach($i in [1..1000])#foreach($j in [1..1000])x#end#end', '1:26'],
    ['macros within themselves', '#macro(m)#m()#end#m()', '1:10'],
    ['parameters that double', '#macro(m $a)#m("$a$a")$a#end#m("x")', '1:13'],
    ['evaluation within itself', `#set($e = '#evaluate($e)')#evaluate($e)`, '1:27'],
    [
      'numbers',
      '#set($n = 9223372036854775808)#foreach($i in [1..500])#set($n = $n * $n)#end',
      '1:55',
    ],
    [
      'a pattern',
      '#set($a = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!")$a.matches("(a|a)*b")',
      '1:51',
    ],
    ['blocks in one another', nested('#if(true)', 'x', '#end', 5000), '1:1346'],
    ['brackets in one another', `#set($a = ${nested('[', '1', ']', 5000)})`, '1:160'],
    ['parentheses in one another', `#if(${nested('(', 'true', ')', 5000)})#end`, '1:154'],
    ['ranges that are none', `#set($a = ${nested('[$a.b(', '1', ')]', 5000)})`, '1:461'],
    ['a template', 'x'.repeat(400 * 1024), '1:307201'],
  ]
  for (const [name, template, place] of cases) {
    test(name, () => {
      const startedAt = performance.now()
      const { kind, position } = failure(template)
      assert.equal(kind, 'limit')
      assert.equal(`${position.line}:${position.column}`, place)
      assert.ok(performance.now() - startedAt < 5000)
    })
  }
})

describe('what is long is read in time in proportion', () => {
  for (const piece of ['\\', '$', '#', '$a', '{', '"', ' ', '##', '#*', '$!', '\n', '#[[', ')']) {
    test(`${JSON.stringify(piece)} over and over`, () => {
      const text = piece.repeat(Math.floor((300 * 1024) / piece.length))
      const startedAt = performance.now()
      try {
        compileTemplate(text).render(new Map())
      } catch (error) {
        assert.ok(error instanceof VtlError)
      }
      assert.ok(performance.now() - startedAt < 5000)
    })
  }
})
