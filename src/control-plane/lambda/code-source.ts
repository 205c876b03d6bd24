import { unzippedCodeBytesMax, zippedCodeBytesMax } from '../../aws/limits.ts'
import type { FunctionCode as CodeInput } from '../../aws/models/lambda-types.ts'
import { sha256Base64 } from '../../aws/sha256.ts'
import { writeBase64 } from '../../base/base64.ts'
import type { StoredCode } from '../../ports/function-code.ts'
import type { LambdaContext } from './context.ts'
import { refusals } from './errors.ts'
import type { FunctionCodeRecord } from './records.ts'

/**
 * The bucket whose keys are folders of the server's machine: the convention of LocalStack's users.
 *
 * Documented: https://docs.localstack.cloud/aws/tooling/lambda-tools/hot-reloading/
 */
export const folderBucket = 'hot-reload'

type Ports = Pick<LambdaContext, 'functionCode' | 'log'>

/**
 * Takes the code that a caller gives, a zip or a folder, and says what a version keeps of it. A zip is in
 * the store of code then, whether a function comes to name it or not.
 *
 * @throws {ServiceError} for code that is none, too large or nowhere; for what is not built.
 */
export async function storeCode(source: CodeInput, ports: Ports): Promise<FunctionCodeRecord> {
  refuseUnimplementedCode(source)
  const { ZipFile, S3Bucket, S3Key = '' } = source
  if (ZipFile !== undefined && (S3Bucket !== undefined || S3Key !== '')) throw refusals.manyCodes()
  if (ZipFile !== undefined) return zipCode(await storeZip(ZipFile, ports))
  if (S3Bucket === undefined) throw refusals.noCode()
  if (S3Bucket !== folderBucket) throw refusals.noSuchBucket()
  return findFolder(S3Key, ports)
}

/** Members of Code that are refused, and why; for docs/compatibility.md too. */
export const refusedCodeMembers = [
  { member: 'ImageUri', why: 'functions are run from zips and folders, not from container images' },
  { member: 'S3ObjectVersion', why: 'a folder has no versions' },
  { member: 'S3ObjectStorageMode', why: 'the code is always copied' },
  { member: 'SourceKMSKeyArn', why: 'code is not encrypted' },
] as const satisfies readonly { readonly member: keyof CodeInput; readonly why: string }[]

function refuseUnimplementedCode(source: CodeInput): void {
  const refused = refusedCodeMembers.find(({ member }) => (source[member] ?? '') !== '')
  if (refused !== undefined) throw refusals.refusedMember(refused.member, refused.why)
}

/** A zip that is in the store of code. */
export type StoredZip = Extract<StoredCode, { readonly outcome: 'stored' }>

/**
 * Takes a zip that came with a request into the store of code.
 *
 * @throws {ServiceError} when it is none or too large, zipped or unzipped.
 */
export async function storeZip(zip: Uint8Array, { functionCode, log }: Ports): Promise<StoredZip> {
  if (zip.length >= zippedCodeBytesMax) throw refusals.zipTooLarge(zippedCodeBytesMax)
  const stored = await functionCode.put(zip)
  switch (stored.outcome) {
    case 'invalid':
      log.info('function-code-refused', { detail: stored.detail })
      throw refusals.noZip()
    case 'unzipped-too-large':
      throw refusals.unzippedTooLarge(stored.bytesMax)
    case 'stored':
      return stored
  }
}

/** What a version keeps of its zip. */
export function zipCode({ sha256, zippedBytes, unzippedBytes }: StoredZip): FunctionCodeRecord {
  return {
    code: { kind: 'zip', sha256 },
    codeSha256: base64OfHex(sha256),
    codeSize: zippedBytes,
    unzippedBytes,
  }
}

/** Where a zip can be read by a GET without a signature, as AWS's URL is presigned. */
export function zipLocation(endpoint: string, sha256: string): string {
  return `${endpoint}/_stagedoor/functions/code/${sha256}`
}

async function findFolder(path: string, { functionCode }: Ports): Promise<FunctionCodeRecord> {
  if (!(await functionCode.findFolder(path))) throw refusals.noSuchFolder(path)
  return {
    code: { kind: 'folder', path },
    codeSha256: sha256Base64(path),
    codeSize: 0,
    unzippedBytes: 0,
  }
}

/** A hash as AWS answers it, from lower-case hexadecimal. */
export function base64OfHex(hex: string): string {
  const bytes = hex.match(/../g) ?? []
  return writeBase64(Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 16)))
}

/**
 * Refuses code that is too large together with its layers.
 *
 * @throws {ServiceError} InvalidParameterValueException.
 */
export function checkUnzippedSize(parts: readonly { readonly unzippedBytes: number }[]): void {
  const bytes = parts.reduce((sum, { unzippedBytes }) => sum + unzippedBytes, 0)
  if (bytes > unzippedCodeBytesMax) throw refusals.layersTooLarge(bytes, unzippedCodeBytesMax)
}
