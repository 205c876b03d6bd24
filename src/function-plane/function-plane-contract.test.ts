import type { TestContext } from 'node:test'
import { functionsContract, type FunctionsUnderTest } from '../../test/contracts/functions.ts'
import {
  functionArn,
  functionDeclaration,
  functionVersion,
} from '../../test/support/function-declarations.ts'
import { recordingLog } from '../../test/support/recording-sinks.ts'
import { scriptedSandboxes, type FunctionScript } from '../../test/support/scripted-sandboxes.ts'
import { seededRandom, testSeed } from '../../test/support/seeded-random.ts'
import { MemoryLogSink } from '../adapters/memory/log-sink.ts'
import { systemClock } from '../adapters/node/clock.ts'
import { createFunctionPlane } from './function-plane.ts'

const scripts: Readonly<Record<string, FunctionScript['invoke']>> = {
  echo({ payload, clientContext }, { events }) {
    events.output('echoed', systemClock.nowMs())
    const answer = {
      event: JSON.parse(payload),
      clientContext: JSON.parse(clientContext ?? 'null'),
    }
    return { outcome: 'response', payload: JSON.stringify(answer) }
  },
  failing: () => ({
    outcome: 'error',
    payload: '{"errorType":"Broken","errorMessage":"it broke"}',
  }),
  hanging: () => new Promise(() => {}),
}

functionsContract('createFunctionPlane() as Functions', openPlane)

function openPlane(t: TestContext): FunctionsUnderTest {
  const sandboxes = scriptedSandboxes(systemClock, ({ functionName }) => ({
    init: () => ({ outcome: 'ready', initMs: 1 }),
    invoke: scripts[functionName]!,
  }))
  const plane = createFunctionPlane({
    sandboxes,
    clock: systemClock,
    random: seededRandom(testSeed()),
    logs: new MemoryLogSink(),
    log: recordingLog(),
  })
  t.after(() => plane.close())
  const versions = ['$LATEST', '1', '2'].map((version) => functionVersion(version))
  const weighted = { version: '2', weight: 0.5 }
  const aliases = [
    { name: 'live', functionVersion: '1' },
    { name: 'mixed', functionVersion: '1', additionalVersion: weighted },
  ]
  const declarations = [
    functionDeclaration({ functionName: 'echo', versions, aliases }),
    functionDeclaration({ functionName: 'failing' }),
    functionDeclaration({ functionName: 'hanging' }),
    functionDeclaration({ functionName: 'throttled', reservedConcurrency: 0 }),
  ]
  for (const declaration of declarations) plane.apply({ kind: 'function', function: declaration })
  return {
    functions: plane,
    arnOf: (functionName) => functionArn(functionName),
    runsOf: (functionName) =>
      sandboxes.started
        .filter(({ spec }) => spec.functionName === functionName)
        .reduce((sum, { invocations }) => sum + invocations.length, 0),
  }
}
