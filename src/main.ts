#!/usr/bin/env node
import { runCommandLine } from './cli/command-line.ts'
import { settings } from './server/configuration/settings.ts'
import { findOldNode } from './server/node-version.ts'
import { version } from './server/version.ts'

// Who reads may have seen enough: `stagedoor --help | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

// The server is loaded when it is started: help and version are there at once.
process.exitCode = await runCommandLine(process.argv.slice(2), {
  version,
  startOptions: settings,
  async start(flags) {
    const problem = findOldNode(process.versions.node)
    if (problem === undefined) return (await import('./server/start.ts')).startServer(flags)
    process.stderr.write(`stagedoor: ${problem}\n`)
    return 1
  },
})
