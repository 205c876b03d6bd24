import { refusals } from '../errors.ts'
import { patchRow, type PatchTable } from '../patches/patch-operations.ts'
import { refuseQuoted } from '../patches/patch-refusals.ts'
import { textValue } from '../patches/patch-value-types.ts'
import type { ResourceRecord } from '../records.ts'
import { checkPathPart } from './path-part.ts'

/** What the rows of UpdateResource's table ask of the API around the resource. */
export interface ResourcePatchEnvironment {
  /** @throws {ServiceError} NotFoundException when the API has no resource of this id. */
  getResource(id: string): Promise<ResourceRecord>
}

/**
 * What UpdateResource accepts: another parent and another name. Paths, clashes and cycles are looked at
 * when all operations are applied, so that a resource may take a new parent and a new name at once.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
 * Observed: management/update-resource-*
 */
export const resourcePatchTable: PatchTable<ResourceRecord, ResourcePatchEnvironment> = {
  rows: [
    patchRow({
      path: '/parentId',
      ops: ['replace'],
      type: { ...textValue, example: 'res002' },
      async set(draft, value, { environment }) {
        if (draft.parentId === undefined) throw refusals.rootUpdate('parentId')
        draft.parentId = (await environment.getResource(value)).id
      },
    }),
    patchRow({
      path: '/pathPart',
      ops: ['replace'],
      type: { ...textValue, example: 'dogs' },
      set(draft, value) {
        if (draft.pathPart === undefined) throw refusals.rootUpdate('pathPart')
        checkPathPart(value)
        draft.pathPart = value
      },
    }),
  ],
  refuse: refuseQuoted(['/parentId', '/pathPart']),
}
