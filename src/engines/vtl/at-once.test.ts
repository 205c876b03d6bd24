import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { compileJsonPath } from '../json-path/compile-json-path.ts'
import {
  compileMappingTemplate,
  compileTemplate,
  compileTemplateSteps,
  type MappingInput,
  VtlError,
} from './index.ts'

/** A million turns of something. */
function often(work: string, before = ''): string {
  return `${before}#foreach($i in [1..1000])#foreach($j in [1..1000])${work}#end#end`
}

const megabyte = '#set($b = "0123456789")#set($s = $b.repeat(100000))'
const manyItems =
  '#set($l = [])#foreach($i in [1..1000])#set($q = $l.addAll([1,2,3,4,5,6,7,8,9]))#end'
const manyNames = '#set($m = {})#foreach($i in [1..1000])#set($q = $m.put($i, $i))#end'

describe('renderAtOnce() gives up', () => {
  const templates: Readonly<Record<string, string>> = {
    'many turns': often('$i'),
    'a long text made capital again and again': often('#set($a = $s.toUpperCase())', megabyte),
    'a long text put into another': often('#set($a = "$s ")', megabyte),
    'texts compared in any case': often('#if($s.equalsIgnoreCase("$s"))#end', megabyte),
    'patterns read anew each time': often('$b.matches("(\\p{L}+|\\d)*\\s?")', megabyte),
    'what shows a map, counted': often('#set($q = $m.keySet().size())', manyNames),
    'a loop over a map that is left': often('#foreach($e in $m)#break#end', manyNames),
    'lists compared': often('#if($l.equals($k))#end', `${manyItems}#set($k = $l.subList(0, 9000))`),
    'items taken out in front': often('#set($q = $l.remove(0))#set($q = $l.add(1))', manyItems),
    'a list as a key': often('#set($m[$k] = 1)', `${manyItems}#set($k = $l.subList(0, 900))`),
    'a long list made': often(`#set($a = [1${',1'.repeat(4000)}])`),
    'a long sum': often(`#set($a = 1${'+1'.repeat(2000)})`),
    'a long condition': often(`#if(true${' && true'.repeat(2000)})#end`),
    'many branches': often(`#if($i == 0)${'#elseif($i == 0)'.repeat(1900)}#end`),
    formats: often('$b.format("%5.2f %s", 1.5, $i)', megabyte),
    'templates in texts': often('#evaluate("$i x")'),
    'macros in one another': `#macro(a $x)#b($x)#end#macro(b $x)$x $x#end${often('#a($i)')}`,
  }
  for (const [name, template] of Object.entries(templates)) {
    test(name, () => {
      assert.equal(compileTemplate(template).renderAtOnce(new Map()), undefined)
    })
  }
})

test('renderAtOnce() gives up when there is much JSON to write', () => {
  const template = compileMappingTemplate(
    `#set($l = [])#foreach($i in [1..25])#set($l = [$l, $l])#end$input.path('$').put('x', $l)$input.json('$')`,
    { compileJsonPath },
  )
  assert.equal(template.renderAtOnce(inputOf('{}')), undefined)
})

describe('what is within itself twice, forty times, comes to an end', () => {
  const doubled = (seed: string) =>
    `#set($l = ${seed})#foreach($i in [1..40])#set($l = [$l, $l])#end`
  const uses: Readonly<Record<string, string>> = {
    'printed, with nothing in it': '$l',
    'its hash code': '$l.hashCode()',
    'as a key': '#set($m = {})#set($m[$l] = 1)',
    'compared with its like':
      '#set($k = [[]])#if($k.equals($l))#end#if($l.equals([$l]))#end$l.contains($k)',
    'as an override': '#set($context.requestOverride.header.x = $l)',
    'as JSON': `#set($q = $input.path('$').put('x', $l))$input.json('$')`,
  }
  for (const [name, use] of Object.entries(uses)) {
    test(name, () => {
      const limits = { outputLengthMax: 200_000 }
      const template = compileMappingTemplate(doubled('[]') + use, { compileJsonPath, limits })
      try {
        template.render(inputOf('{}'))
      } catch (error) {
        assert.ok(error instanceof VtlError && error.kind === 'limit', String(error))
      }
    })
  }
})

describe('a payload', () => {
  const large = `{"x":[${'1,'.repeat(200_000)}1]}`

  test('that is large is not read at once, and is read otherwise', () => {
    const template = compileMappingTemplate(`$input.path('$.x').size()`, { compileJsonPath })
    assert.equal(template.renderAtOnce(inputOf(large)), undefined)
    assert.equal(template.render(inputOf(large)).output, '200001')
    assert.equal(template.renderAtOnce(inputOf('{"x":[1]}'))?.output, '1')
  })

  test('that nobody reads as JSON is handed on at once, however large', () => {
    const template = compileMappingTemplate('{"b":$input.body}', { compileJsonPath })
    assert.equal(template.renderAtOnce(inputOf(large))?.output, `{"b":${large}}`)
  })
})

describe('compileTemplateSteps()', () => {
  test('pauses within blocks and within texts that are templates', () => {
    const block = '$a.b #if($c)x#end '.repeat(2000)
    for (const template of [block, `#foreach($i in $l)${block}#end`, `#set($t = "${block}")`]) {
      assert.ok([...compileTemplateSteps(template)].length > 20)
    }
  })

  test('refuses a statement that is too long for one step', () => {
    const templates = [
      `#set($a = [1${',1'.repeat(7000)}])`,
      `#if($a)x${'#elseif($a)x'.repeat(2500)}#end`,
      '$'.repeat(70_000),
    ]
    for (const template of templates) {
      assert.throws(() => compileTemplate(template), { name: 'VtlError', kind: 'limit' })
    }
  })
})

function inputOf(body: string): MappingInput {
  return {
    body,
    params: { path: {}, querystring: {}, header: {} },
    context: {},
    stageVariables: {},
  }
}
