import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { callStage, publishStagedFunction } from '../support/staged-function.ts'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** What `npm pack` makes, installed elsewhere: compiled, with nothing of the clone around it. */
describe('the published package', () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'stagedoor-package-'))
  const installed = join(elsewhere, 'node_modules', 'stagedoor')

  before(() => {
    execFileSync(process.execPath, [join(root, 'scripts', 'build.ts')], { stdio: 'inherit' })
    const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', elsewhere]
    execFileSync('npm', pack, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
    const [archive = ''] = readdirSync(elsewhere).filter((name) => name.endsWith('.tgz'))
    mkdirSync(installed, { recursive: true })
    execFileSync('tar', ['-xzf', join(elsewhere, archive), '-C', installed, '--strip-components=1'])
    linkDependencies(join(elsewhere, 'node_modules'))
  })

  after(() => rmSync(elsewhere, { recursive: true, force: true }))

  /** The registry is not needed: what the package depends on is here already. */
  function linkDependencies(target: string): void {
    const { dependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
    for (const name of Object.keys(dependencies)) {
      mkdirSync(dirname(join(target, name)), { recursive: true })
      symlinkSync(join(root, 'node_modules', name), join(target, name), 'dir')
    }
  }

  test('carries compiled code and no source, test or tool', () => {
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' })
    assert.ok(files.includes(join('dist', 'main.js')))
    const strays = files.filter((file) =>
      /\.ts$|\.test\.|^(test|bench|scripts|toolchain)/.test(file),
    )
    assert.deepEqual(strays, [])
    assert.match(
      readFileSync(join(installed, 'dist', 'main.js'), 'utf8'),
      /^#!\/usr\/bin\/env node\n/,
    )
  })

  test('starts, answers, runs a function and stops', async () => {
    const child = spawn(
      process.execPath,
      [
        join(installed, 'dist', 'main.js'),
        'start',
        '--memory',
        '--port',
        '0',
        '--log-level',
        'warn',
      ],
      { cwd: elsewhere, stdio: ['ignore', 'pipe', 'inherit'] },
    )
    let output = ''
    const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
    const isReady = new Promise<void>((resolve) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        output += text
        if (/^Ready\.$/m.test(output)) resolve()
      })
    })
    await Promise.race([isReady, exited.then((code) => assert.fail(`ended with ${code}`))])
    const endpoint = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0] ?? ''
    const health = await fetch(`${endpoint}/_stagedoor/health`)
    assert.equal(health.status, 200)
    await health.text()
    await publishStagedFunction(endpoint)
    const { status, greeting } = await callStage(endpoint, 'prod')
    assert.deepEqual([status, greeting.edition], [200, 'one'])
    child.kill('SIGTERM')
    assert.equal(await exited, 0)
  })
})
