/**
 * The child of `function-code-crash.test.ts`: stores and unpacks zips, and prints the hash of each once
 * it was stored, until it is killed.
 *
 * Argument: the root of the store.
 */
import { randomBytes } from 'node:crypto'
import { writeSync } from 'node:fs'
import { createFunctionCode } from '../../src/adapters/function-code/function-code.ts'
import { zipOf } from '../support/zip.ts'

const code = createFunctionCode({ root: process.argv[2] ?? '' })

async function write(): Promise<never> {
  for (;;) {
    const files = Array.from({ length: 20 }, (_, i) => [`lib/${i}.js`, randomBytes(9_000)] as const)
    const stored = await code.put(zipOf(Object.fromEntries(files)))
    if (stored.outcome !== 'stored') throw new Error(JSON.stringify(stored))
    writeSync(1, `${stored.sha256}\n`)
    await code.codeDirectory(stored.sha256)
  }
}

await Promise.all([write(), write(), write()])
