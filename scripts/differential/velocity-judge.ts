import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A template and the names that it is rendered with, as JSON text. */
export interface TemplateCase {
  readonly template: string
  readonly names: string
}

/** What Velocity made of a case: its output, or the class of its error. */
export type Verdict =
  | { readonly outcome: 'rendered'; readonly output: string }
  | { readonly outcome: 'failed'; readonly error: string }

const jars = ['velocity', 'commons-lang', 'commons-collections3'].map(
  (name) => `/usr/share/java/${name}.jar`,
)

/** Whether Debian's `velocity` and a Java compiler are installed. */
export function hasVelocity(): boolean {
  return jars.every((jar) => existsSync(jar)) && spawnSync('javac', ['-version']).status === 0
}

/** Runs the judge on lines; `mode` is what it is told on its command line. */
export function runJudge(lines: readonly string[], mode: readonly string[] = []): string[] {
  const program = fileURLToPath(new URL('VelocityJudge.java', import.meta.url))
  const result = spawnSync('java', ['-Xmx1g', '-cp', jars.join(':'), program, ...mode], {
    input: lines.map((line) => `${line}\n`).join(''),
    encoding: 'utf8',
    maxBuffer: 2 ** 29,
  })
  if (result.status !== 0) throw new Error(`the judge failed: ${result.stderr}`)
  return result.stdout.trimEnd().split('\n')
}

/** Apache Velocity's verdicts, in the order of the cases. */
export function askVelocity(cases: readonly TemplateCase[]): Verdict[] {
  const lines = cases.map(({ template, names }) => `${encode(template)} ${encode(names)}`)
  return runJudge(lines).map((line) =>
    line.startsWith('=')
      ? { outcome: 'rendered', output: decode(line.slice(1)) }
      : { outcome: 'failed', error: line.slice(1) },
  )
}

/** Hexadecimal UTF-16 units. */
export function encode(text: string): string {
  let units = ''
  for (let i = 0; i < text.length; i += 1) units += text.charCodeAt(i).toString(16).padStart(4, '0')
  return units
}

function decode(units: string): string {
  let text = ''
  for (let i = 0; i < units.length; i += 4) {
    text += String.fromCharCode(Number.parseInt(units.slice(i, i + 4), 16))
  }
  return text
}
