import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { SchemaCase } from './generate-json-schema.ts'

/** Whether Java and Maven are installed. Maven fetches the judge's library. */
export function hasMaven(): boolean {
  return ['mvn', 'javac'].every((name) => spawnSync(name, ['-version']).status === 0)
}

/** Messages of json-schema-validator 2.2.14, in the order of the cases; null: it has no verdict. */
export function askSchemaValidator(
  cases: readonly SchemaCase[],
): readonly (readonly string[] | null)[] {
  const jars = mkdtempSync(join(tmpdir(), 'json-schema-judge-'))
  try {
    const pom = fileURLToPath(new URL('json-schema-judge.xml', import.meta.url))
    const copy = ['-q', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${jars}`]
    run('mvn', copy, '')
    const program = fileURLToPath(new URL('JsonSchemaJudge.java', import.meta.url))
    const lines = cases.map(([schema, instance]) => `{"schema":${schema},"instance":${instance}}\n`)
    const output = run('java', ['-cp', `${jars}/*`, program], lines.join(''))
    return output
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as readonly string[] | null)
  } finally {
    rmSync(jars, { recursive: true })
  }
}

function run(command: string, args: readonly string[], input: string): string {
  const result = spawnSync(command, args, { input, encoding: 'utf8', maxBuffer: 2 ** 29 })
  if (result.status !== 0) throw new Error(`${command} failed: ${result.stderr}`)
  return result.stdout
}
