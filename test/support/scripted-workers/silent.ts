import { runScripted } from './run-scripted.ts'

// Begins as it should, and acknowledges nothing afterwards.
runScripted((count) => (count === 1 ? [] : undefined))
