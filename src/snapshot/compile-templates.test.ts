import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTemplatesCompiler } from './compile-templates.ts'
import { NotRun } from './not-run.ts'

const long = '#foreach($i in [1..3])#if($i == 2)$i#end#end\n'.repeat(1000)

test('prepare() compiles a long template in many steps, and compile() in none then', () => {
  const compiler = createTemplatesCompiler()
  const steps = [...compiler.prepare({ 'application/json': long, 'text/plain': null })]
  assert.ok(steps.length > 20, `${steps.length} steps`)
  const one = compiler.compile({ 'application/json': long }, 'requestTemplates')
  const other = compiler.compile({ '*/*': long }, 'responseTemplates')
  const template = one.get('application/json')
  assert.ok(template?.kind === 'rendered')
  assert.equal(template, other.get('*/*'))
})

test('prepare() throws nothing for what is no template, and compile() does', () => {
  const compiler = createTemplatesCompiler()
  const text = `${long}#if(`
  assert.doesNotThrow(() => [...compiler.prepare({ 'application/json': text })])
  assert.throws(
    () => compiler.compile({ 'application/json': text }, 'requestTemplates'),
    (error) =>
      error instanceof NotRun && /application\/json: line 1001, column/.test(error.message),
  )
})
