import { readFile } from 'node:fs/promises'
import { sealKeyBytes } from '../../adapters/node/sealed-stage-caches.ts'
import { ConfigurationError } from '../configuration/configuration.ts'

/**
 * The key of `--cache-key-file`: 64 hexadecimal digits, or 32 bytes; undefined when no file is named.
 *
 * Rejects with `ConfigurationError` when the file cannot be read or holds something else.
 */
export async function readCacheKey(file: string | undefined): Promise<Uint8Array | undefined> {
  if (file === undefined) return undefined
  const bytes = await readFile(file).catch((error: unknown) => {
    throw refusal(file, error instanceof Error ? error.message : String(error))
  })
  const text = bytes.toString('latin1').trim()
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, 'hex')
  if (bytes.length === sealKeyBytes) return bytes
  throw refusal(file, `it has ${bytes.length} bytes`)
}

function refusal(file: string, reason: string): ConfigurationError {
  return new ConfigurationError(
    `--cache-key-file ${file}: expected 64 hexadecimal digits, as openssl rand -hex 32 gives them; ${reason}`,
  )
}
