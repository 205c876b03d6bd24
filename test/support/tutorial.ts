import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { environmentWithoutAws } from './aws-command.ts'

/** A step of a tutorial: commands, and what the page shows of what they print. */
export interface TutorialStep {
  /** As the page has them. */
  readonly commands: string
  /** Line of the page, from one. */
  readonly line: number
  /** `json`: members that must be printed, others may; `text`: lines. `…` stands for anything. */
  readonly shown?: { readonly language: 'json' | 'text'; readonly content: string }
}

/** The steps of a page: blocks of `sh`, each perhaps with a block of `json` or `text` behind it. */
export function parseTutorial(page: string): readonly TutorialStep[] {
  const steps: TutorialStep[] = []
  const blocks = page.matchAll(/^```(sh|json|text)\n(.*?)^```$/gms)
  for (const { index, 1: language, 2: content = '' } of blocks) {
    const line = page.slice(0, index).split('\n').length
    if (language === 'sh') {
      steps.push({ commands: content, line })
      continue
    }
    const step = steps.pop()
    assert.ok(
      step !== undefined && step.shown === undefined,
      `line ${line} shows what no step prints`,
    )
    steps.push({ ...step, shown: { language: language === 'json' ? 'json' : 'text', content } })
  }
  return steps
}

/**
 * Runs the steps one after the other in one shell, as a reader does, and hands each with what it printed to
 * `step`. Rejects when a command fails.
 *
 * `aws`: path of the command; `variables`: of the shell; `signal`: ends it.
 */
export async function runTutorial(
  steps: readonly TutorialStep[],
  given: {
    readonly aws: string
    readonly variables: Readonly<Record<string, string>>
    readonly signal: AbortSignal
  },
  step: (step: TutorialStep, printed: string) => void,
): Promise<void> {
  assert.equal(basename(given.aws), 'aws', 'a page calls the command by its name')
  const folder = mkdtempSync(join(tmpdir(), 'stagedoor-tutorial-'))
  try {
    const file = (i: number) => join(folder, String(i))
    const script = steps.map(({ commands }, i) => `{\n${commands}} > '${file(i)}'\necho ${i} >&3\n`)
    const shell = spawn('bash', ['-eu', '-o', 'pipefail', '-c', script.join('')], {
      cwd: folder,
      signal: given.signal,
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      env: {
        ...environmentWithoutAws(),
        ...given.variables,
        PATH: `${dirname(given.aws)}${delimiter}${process.env['PATH']}`,
        HOME: folder,
      },
    })
    const exited = new Promise<number | null>((resolve, reject) => {
      shell.once('error', reject).once('close', resolve)
    })
    // Standard error and the third file are pipes.
    const [status, errors, done] = await Promise.all([
      exited,
      text(shell.stderr as NonNullable<typeof shell.stderr>),
      text(shell.stdio[3] as NonNullable<typeof shell.stderr>),
    ])
    const count = done.split('\n').length - 1
    for (const [i, one] of steps.slice(0, count).entries()) step(one, readFileSync(file(i), 'utf8'))
    const failed = steps[count]
    assert.equal(status, 0, `line ${failed?.line}: ${failed?.commands}\n${errors}`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Fails unless what a step printed is what the page shows. */
export function assertShown({ shown, line, commands }: TutorialStep, printed: string): void {
  if (shown === undefined) return
  const where = `line ${line}: ${commands}\nprinted:\n${printed}`
  if (shown.language === 'text') {
    const pattern = linePattern(shown.content.trimEnd())
    assert.match(printed.trimEnd(), pattern, where)
    return
  }
  assertMembers(JSON.parse(printed), JSON.parse(shown.content), where)
}

/** `…` stands for anything within a line; on a line of its own, for any lines. */
function linePattern(shown: string): RegExp {
  const lines = shown
    .split('\n')
    .map((line) => (line === '…' ? '(?:.*\\n)*?.*' : line.split('…').map(escapePattern).join('.*')))
  return new RegExp(`^${lines.join('\\n')}$`)
}

function escapePattern(literal: string): string {
  return literal.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

/** `printed` has every member of `shown`, with its value. */
function assertMembers(printed: unknown, shown: unknown, where: string): void {
  if (typeof shown === 'string' && shown.includes('…')) {
    assert.match(String(printed), linePattern(shown), where)
    return
  }
  if (typeof shown !== 'object' || shown === null) {
    assert.deepEqual(printed, shown, where)
    return
  }
  assert.ok(typeof printed === 'object' && printed !== null, where)
  if (Array.isArray(shown)) assert.equal(Object.keys(printed).length, shown.length, where)
  for (const [name, value] of Object.entries(shown)) {
    // An object, as it was just seen to be.
    assertMembers((printed as Record<string, unknown>)[name], value, `${name}: ${where}`)
  }
}
