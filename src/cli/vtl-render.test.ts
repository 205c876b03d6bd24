import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { renderVtl, runVtlRender, VtlEventError } from './vtl-render.ts'

const render = (template: string, event: object = {}) =>
  renderVtl(template, JSON.stringify(event), 't.vtl')

describe('renderVtl()', () => {
  test('renders with all that an event may say', () => {
    const template =
      "$input.json('$.name') $input.params('id') $context.stage $stageVariables.kind $input.params().header.X"
    const event = {
      body: { name: 'Rex' },
      params: { path: { id: '7' }, header: { X: 'y' } },
      context: { stage: 'prod' },
      stageVariables: { kind: 'blue' },
    }
    const rendered = render(template, event)
    assert.ok(rendered.outcome === 'rendered')
    assert.equal(rendered.output, '"Rex" 7 prod blue y')
  })

  test('takes a body that is a text as it is', () => {
    const rendered = render(' $input.body ', { body: 'plain' })
    assert.ok(rendered.outcome === 'rendered')
    assert.equal(rendered.output, 'plain')
  })

  test('tells what the template set', () => {
    const rendered = render('#set($context.responseOverride.status = 418)ok')
    assert.ok(rendered.outcome === 'rendered')
    assert.deepEqual(rendered.overrides?.responseOverride, { header: {}, status: 418 })
  })

  test('points at the place of an error, tabs and all', () => {
    const rendered = render('fine\n\t#if($x\nmore')
    assert.ok(rendered.outcome === 'failed')
    const [first = '', line = '', caret = '', ...rest] = rendered.report.split('\n')
    const [, row = '', column = ''] = /^t\.vtl:(\d+):(\d+): \S/.exec(first) ?? []
    const source = 'fine\n\t#if($x\nmore'.split('\n')[Number(row) - 1] ?? ''
    assert.equal(line, `${row} | ${source}`)
    assert.equal(caret.indexOf('^'), `${row} | `.length + Number(column) - 1)
    assert.deepEqual(rest, [''])
  })

  for (const event of [
    '[]',
    '{',
    '{"bdy":""}',
    '{"params":{"query":{}}}',
    '{"stageVariables":{"a":1}}',
    '{"context":"x"}',
  ]) {
    test(`refuses the event ${event}`, () => {
      assert.throws(() => renderVtl('x', event, 't.vtl'), VtlEventError)
    })
  }
})

describe('runVtlRender()', () => {
  test('exits by what came of it', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'stagedoor-vtl-'))
    t.after(() => rmSync(folder, { recursive: true }))
    const printed = { stdout: '', stderr: '' }
    const printers = {
      stdout: { write: (text: string) => (printed.stdout += text) },
      stderr: { write: (text: string) => (printed.stderr += text) },
    }
    const run = (template: string, event?: string) => runVtlRender({ template, event }, printers)
    const file = (name: string, text: string) => {
      writeFileSync(join(folder, name), text)
      return join(folder, name)
    }
    const good = file('good.vtl', '$input.body')
    const bad = file('bad.vtl', '#if(')
    const event = file('event.json', '{"body":"hello"}')
    assert.equal(await run(good, event), 0)
    assert.deepEqual(printed, { stdout: 'hello\n', stderr: '' })
    assert.equal(await run(bad), 1)
    assert.match(printed.stderr, /bad\.vtl:1:\d+: /)
    assert.equal(await run(join(folder, 'none')), 2)
    assert.match(printed.stderr, /^stagedoor: --template .* cannot be read: ENOENT/m)
    assert.equal(printed.stdout, 'hello\n')
  })
})
