import type { FunctionSetting } from './function-settings.ts'

/** What becomes of each member of PublishLayerVersion and TagResource, for docs/compatibility.md. */
export const layerSettings: readonly FunctionSetting[] = [
  {
    members: ['LayerName', 'Content', 'ZipFile'],
    status: 'enforced',
    note: 'In /opt of the functions that name the version, later layers over earlier ones.',
  },
  {
    members: ['S3Bucket', 'S3Key', 'S3ObjectVersion', 'S3ObjectStorageMode'],
    status: 'refused',
    note: 'No bucket is there; a folder of `hot-reload` changes, and a layer version never does.',
  },
  {
    members: ['CompatibleRuntimes', 'CompatibleArchitectures'],
    status: 'kept',
    note: 'Lists may be narrowed to them. Any function may use any layer, as on AWS.',
  },
  { members: ['Description', 'LicenseInfo'], status: 'kept', note: '' },
  {
    members: ['Resource', 'Tags'],
    status: 'kept',
    note: 'Tags of functions: 50, none of them `aws:`. They have no effect on invocations.',
  },
]
