import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import { ConfigurationError } from './configuration/configuration.ts'

/**
 * The authorities of `--upstream-ca`, as PEM text; undefined when none are named.
 *
 * Rejects with `ConfigurationError` when the file cannot be read or holds none: better at the start than at every request.
 */
export async function readUpstreamCa(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined
  const pem = await readFile(file, 'utf8').catch((error: unknown) => {
    throw refusal(file, reasonOf(error))
  })
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) throw refusal(file, 'it holds no certificate')
  try {
    createSecureContext({ ca: pem })
  } catch (error) {
    throw refusal(file, reasonOf(error))
  }
  return pem
}

function refusal(file: string, reason: string): ConfigurationError {
  return new ConfigurationError(`--upstream-ca ${file}: expected certificates in PEM; ${reason}`)
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
