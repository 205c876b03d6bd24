/**
 * Runs one sandbox until it is killed: `node sandbox-host.ts RUN_PARENT SCRIPT`. The script is what a
 * runtime named by a command runs; it never asks for an event. Says `started` when it runs.
 */
import { createRuntimes } from '../../src/adapters/sandboxes/runtimes.ts'
import { createSandboxes } from '../../src/adapters/sandboxes/sandboxes.ts'
import { recordingSandboxEvents, sandboxSpec } from './sandbox-scene.ts'

const [runParent = '', script = ''] = process.argv.slice(2)
const recorded = recordingSandboxEvents()
const sandboxes = createSandboxes({
  runtimes: createRuntimes({
    configured: new Map([['ruby3.4', ['/bin/sh', '-c', script]]]),
    searchPath: '',
  }),
  codeDirectoryOf: async () => ({ taskRoot: runParent }),
  runParent,
  log: { info: () => undefined, warn: () => undefined, error: () => undefined },
})
const { events } = recorded
sandboxes.start(sandboxSpec({ runtime: 'ruby3.4' }), {
  ...events,
  output: (text) => void process.stdout.write(`${text}\n`),
})
