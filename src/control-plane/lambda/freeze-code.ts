import { checkUnzippedSize, zipCode } from './code-source.ts'
import { configurationHashOf } from './configuration.ts'
import type { LambdaContext } from './context.ts'
import { refusals } from './errors.ts'
import type { FunctionCodeRecord, FunctionVersionRecord } from './records.ts'

/** Answers `$LATEST` as a version keeps it: what may still change, a folder, as what it is now. */
export type FreezeCode = (latest: FunctionVersionRecord) => Promise<FunctionVersionRecord>

/**
 * Makes a `FreezeCode` for one call: what a folder holds is read once, however often the transaction is run
 * that publishes it.
 *
 * It rejects with the InvalidParameterValueException of a folder that cannot be a zip.
 */
export function codeFreezer(context: Pick<LambdaContext, 'functionCode' | 'log'>): FreezeCode {
  const frozen = new Map<string, Promise<FunctionCodeRecord>>()
  return async (latest) => {
    if (latest.code.kind === 'zip') return latest
    const { path } = latest.code
    const freezing = frozen.get(path) ?? freezeFolder(path, context)
    frozen.set(path, freezing)
    const version = { ...latest, ...(await freezing) }
    checkUnzippedSize([version, ...version.layers])
    return { ...version, configurationHash: configurationHashOf(version) }
  }
}

async function freezeFolder(
  path: string,
  { functionCode, log }: Pick<LambdaContext, 'functionCode' | 'log'>,
): Promise<FunctionCodeRecord> {
  const stored = await functionCode.freezeFolder(path)
  switch (stored.outcome) {
    case 'invalid':
      log.info('function-folder-not-frozen', { path, detail: stored.detail })
      throw refusals.folderNotFrozen(path, stored.detail)
    case 'unzipped-too-large':
      throw refusals.unzippedTooLarge(stored.bytesMax)
    case 'stored':
      return zipCode(stored)
  }
}
