import { writeFile } from 'node:fs/promises'
import { behavioursPage } from './docs/behaviours.ts'
import { compatibilityPage } from './docs/compatibility.ts'
import { errorsPage } from './docs/errors.ts'

/** Writes the pages that are made from the tables of the code. `npm run docs` runs it. */

/** A generated page: path from the root of the repository, and its content. */
export interface GeneratedPage {
  readonly path: string
  readonly text: string
}

/** What the generated pages should hold. Writes nothing. */
export function generatePages(): readonly GeneratedPage[] {
  return [
    { path: 'docs/behaviours.md', text: `${behavioursPage()}\n` },
    { path: 'docs/compatibility.md', text: `${compatibilityPage()}\n` },
    { path: 'docs/errors.md', text: `${errorsPage()}\n` },
  ]
}

if (import.meta.main) {
  for (const { path, text } of generatePages()) {
    await writeFile(new URL(`../${path}`, import.meta.url), text)
  }
}
