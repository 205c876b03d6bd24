import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { FunctionInvocation } from '../../src/ports/functions.ts'
import type { InitOutcome, SandboxOutcome } from '../../src/ports/sandboxes.ts'
import { functionDeclaration } from '../support/function-declarations.ts'
import { functionPlaneScene } from '../support/function-plane-scene.ts'

interface FunctionCase {
  readonly behaviour: string
  readonly provenance: { readonly kind: string; readonly source: string }
  readonly reservedConcurrency?: number
  /** Absent: ready after 100 ms. */
  readonly init?: InitOutcome
  /** What the code writes. */
  readonly output?: readonly string[]
  /** After 1.5 ms. Absent: the event is answered. */
  readonly outcome?: SandboxOutcome
  readonly invocation?: Partial<FunctionInvocation> & { readonly payloadBytes?: number }
  /** `{requestId}` stands for the request's id. */
  readonly answer: { readonly [member: string]: unknown; readonly messageStart?: string }
  readonly log?: readonly string[]
}

const folder = join(dirname(fileURLToPath(import.meta.url)), 'functions')

describe('functions', () => {
  for (const file of globSync('*.json', { cwd: folder }).toSorted()) {
    const given: FunctionCase = JSON.parse(readFileSync(join(folder, file), 'utf8'))
    test(`${basename(file, '.json')}: ${given.behaviour}`, async () => {
      assert.match(given.provenance.kind, /^(Documented|Observed|Chosen)$/)
      await run(given)
    })
  }
})

async function run(given: FunctionCase): Promise<void> {
  const scene = functionPlaneScene((_spec, clock) => ({
    ...(given.init && { init: () => given.init! }),
    async invoke({ payload }, { events }) {
      await clock.sleep(1.5)
      for (const line of given.output ?? []) events.output(line, clock.nowMs())
      return given.outcome ?? { outcome: 'response', payload }
    },
  }))
  const { reservedConcurrency } = given
  scene.declare(functionDeclaration({ ...(reservedConcurrency !== undefined && { reservedConcurrency }) }))
  const { payloadBytes, ...changes } = given.invocation ?? {}
  const payload = payloadBytes === undefined ? undefined : `"${'x'.repeat(payloadBytes - 2)}"`
  const outcome = await scene.invoke({ ...changes, ...(payload !== undefined && { payload }) })
  const requestId = outcome.outcome === 'answered' ? outcome.requestId : ''
  const filled = (value: unknown) =>
    JSON.parse(JSON.stringify(value).replaceAll('{requestId}', requestId))
  const { messageStart, ...expected } = given.answer
  if (messageStart !== undefined && outcome.outcome === 'refused') {
    assert.ok(outcome.message.startsWith(messageStart), outcome.message)
    assert.deepEqual({ ...outcome, message: undefined }, { ...expected, message: undefined })
  } else assert.deepEqual(outcome, filled(expected))
  if (given.log !== undefined) assert.deepEqual(scene.messages(), filled(given.log))
}
