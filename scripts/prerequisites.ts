import { spawnSync } from 'node:child_process'
import { devNull } from 'node:os'

/** A program of somebody else's that some suites drive. */
interface Prerequisite {
  /** Environment variable that tells the suites how to call it. */
  readonly variable: string
  readonly what: string
  /** Tried in this order; the first that works is taken (a machine may have a shim that does not). */
  readonly candidates: readonly string[]
  readonly probe: readonly string[]
  /** The probe must print this, when given. */
  readonly prints?: RegExp
  /** What the probe is given to read. */
  readonly probeInput?: string
  /** Debian packages that bring it. */
  readonly debianPackages: readonly string[]
}

const prerequisites: readonly Prerequisite[] = [
  {
    variable: 'STAGEDOOR_TEST_AWS',
    what: 'the aws command line',
    candidates: ['/usr/bin/aws', 'aws'],
    probe: ['--version'],
    prints: /^aws-cli\//,
    debianPackages: ['awscli'],
  },
  {
    variable: 'STAGEDOOR_TEST_PYTHON',
    what: 'python3 with boto3',
    candidates: ['python3', '/usr/bin/python3'],
    probe: ['-c', 'import boto3'],
    debianPackages: ['python3-boto3'],
  },
  {
    variable: 'STAGEDOOR_TEST_PYTHON3',
    what: 'python3',
    candidates: ['python3', '/usr/bin/python3'],
    probe: ['-c', ''],
    debianPackages: ['python3-minimal'],
  },
  {
    variable: 'STAGEDOOR_TEST_CC',
    what: 'a C compiler that links static programs',
    candidates: ['gcc', 'cc', 'clang'],
    probe: ['-static', '-x', 'c', '-o', devNull, '-'],
    probeInput: '#include <stdio.h>\nint main(void) { return puts("") < 0; }\n',
    debianPackages: ['gcc', 'libc6-dev'],
  },
  {
    variable: 'STAGEDOOR_TEST_REDIS',
    what: 'redis-server or valkey-server',
    candidates: ['redis-server', 'valkey-server'],
    probe: ['--version'],
    prints: /^(?:Redis|Valkey) server v=/,
    debianPackages: ['redis-server'],
  },
]

/**
 * Finds the programs that the suites with real clients need, installs what is missing where this
 * process may (root, apt-get), and sets the variables that the suites read. Returns a line for each
 * that could not be had: its suites skip.
 */
export function installPrerequisites(): string[] {
  const missing: string[] = []
  for (const prerequisite of prerequisites) {
    const found = findOrInstall(prerequisite)
    if (found === undefined) {
      missing.push(
        `suites that need ${prerequisite.what}: install it ` +
          `(Debian: apt-get install ${prerequisite.debianPackages.join(' ')})`,
      )
    } else process.env[prerequisite.variable] = found
  }
  return missing
}

function findOrInstall(prerequisite: Prerequisite): string | undefined {
  const found = prerequisite.candidates.find((path) => works(path, prerequisite))
  if (found !== undefined || !canInstall()) return found
  const { debianPackages } = prerequisite
  process.stdout.write(`installing ${debianPackages.join(' ')} …\n`)
  if (!apt(['install', '-y', '--no-install-recommends', ...debianPackages])) {
    apt(['update'])
    apt(['install', '-y', '--no-install-recommends', ...debianPackages])
  }
  return prerequisite.candidates.find((path) => works(path, prerequisite))
}

function works(path: string, { probe, probeInput = '', prints }: Prerequisite): boolean {
  const result = spawnSync(path, probe, { encoding: 'utf8', input: probeInput })
  if (result.status !== 0) return false
  return prints === undefined || prints.test(`${result.stdout}${result.stderr}`.trim())
}

function canInstall(): boolean {
  const isRoot = process.getuid?.() === 0
  return isRoot && spawnSync('apt-get', ['--version']).status === 0
}

function apt(args: readonly string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  return spawnSync('apt-get', ['-q', ...args], { env, stdio: ['ignore', 2, 2] }).status === 0
}
