/**
 * Compiles each distinct piece once: equal definitions get the same compiled value. An API of thousands
 * of methods repeats a few mappings, templates and responses; compiled once they cost neither time nor
 * memory again. What is remembered is let go with the function.
 */
export function shareEqual<Definition, Compiled>(
  compile: (definition: Definition) => Compiled,
): (definition: Definition) => Compiled {
  const known = new Map<string, { readonly compiled: Compiled }>()
  return (definition) => {
    const text = JSON.stringify(definition) ?? ''
    const before = known.get(text)
    if (before !== undefined) return before.compiled
    const compiled = compile(definition)
    known.set(text, { compiled })
    return compiled
  }
}
