import { mkdtempSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeTree } from '../../adapters/function-code/remove-tree.ts'
import { findStartToken, machineToken } from '../../adapters/sandboxes/process-table.ts'
import { findRunRoot } from '../../adapters/sandboxes/run-directory.ts'
import type { Configuration } from '../configuration/configuration.ts'

/** Where the code of functions is kept. */
export interface FunctionDirectory {
  readonly path: string
  /** Deletes it when nothing of it is to outlive the server. */
  close(): Promise<void>
}

/** `code-PID-START-…`: names the server that keeps its code there. */
const codeNameForm = /^code-(\d{1,10})-([\w.]{1,80})-\w+$/

/**
 * The directory below the state's own; for state in memory a temporary one, made now, which a server that
 * is killed leaves behind for the next (`removeAbandonedCode`).
 */
export function openFunctionDirectory(state: Configuration['state']): FunctionDirectory {
  if (state.kind === 'sqlite') {
    return { path: join(state.directory, 'functions'), close: async () => {} }
  }
  // Without a directory of this user's own, the parent is everyone's; what is made in it is not.
  const parent = findRunRoot() ?? tmpdir()
  const token = findStartToken(process.pid) ?? '0'
  const path = mkdtempSync(join(parent, `code-${process.pid}-${token}-`))
  return { path, close: () => removeTree(path) }
}

/** Deletes what servers without state on disk have left behind that are themselves gone. */
export async function removeAbandonedCode(runRoot: string): Promise<void> {
  for (const name of await readdir(runRoot).catch(() => [])) {
    const [, pid, token = ''] = codeNameForm.exec(name) ?? []
    if (pid === undefined || !isOfThisMachine(token)) continue
    if (findStartToken(Number(pid)) === token) continue
    await removeTree(join(runRoot, name))
  }
}

/** Ids of another namespace mean other processes here. */
function isOfThisMachine(token: string): boolean {
  return token.split('.').at(-1) === machineToken().split('.').at(-1)
}
