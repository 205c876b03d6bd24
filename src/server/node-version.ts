import manifest from '../../package.json' with { type: 'json' }

/**
 * What is wrong with a version of Node (`process.versions.node`), for whoever started it; undefined: it is what
 * package.json asks for. npm only warns of it, and an older Node ends at the first thing that it does not know.
 */
export function findOldNode(version: string): string | undefined {
  const wanted = manifest.engines.node.replace('>=', '')
  if (numberOf(version) >= numberOf(wanted)) return undefined
  return `this is Node ${version}, and it takes ${wanted} or later`
}

/** One number that orders versions. */
function numberOf(version: string): number {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number)
  return (major * 1000 + minor) * 1000 + patch
}
